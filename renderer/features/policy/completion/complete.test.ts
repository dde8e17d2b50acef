import { describe, expect, it } from 'vitest';
import { completeManifest } from './complete.ts';

/** Offers at the mark “|”. */
const at = (marked: string) => {
  const cursor = marked.indexOf('|');
  return completeManifest(marked.replace('|', ''), cursor);
};
const labels = (marked: string): readonly string[] => at(marked)?.offers.map(({ label }) => label) ?? [];
/** The text once an offer is taken, with the cursor as “|”. */
const taken = (marked: string, label: string): string => {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completeManifest(text, cursor);
  const offer = found?.offers.find((one) => one.label === label);
  if (found === null || found === undefined || offer === undefined) return 'not offered';
  return `${text.slice(0, found.from)}${offer.insert}|${text.slice(cursor)}`;
};

describe('completion of a manifest: keys', () => {
  it('at the top, all that are not there yet, with what they are for', () => {
    const offers = at('apiVersion: plumbline/v1\n|\nkind: TrustManifest\n');
    expect(offers?.offers.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['metadata', 'freshness', 'classes', 'workloads', 'activation']),
    );
    expect(offers?.offers.map(({ label }) => label)).not.toContain('kind');
    expect(offers?.offers.find(({ label }) => label === 'freshness')?.doc).toBe('How old evidence may be.');
  });
  it('in a mapping, those of the mapping and no others', () => {
    expect(labels('freshness:\n  |')).toEqual(['maxAge']);
    expect(labels('chain:\n  secureBoot:\n    |')).toEqual(['require', 'state']);
    expect(labels('chain:\n  kernel:\n    commandLine:\n      |')).toEqual(['require', 'forbid']);
    expect(labels('metadata: { name: x, |')).toEqual(['note']);
  });
  it('in an item of a sequence, indented or not, on the line of the dash or below', () => {
    expect(labels('places:\n  - name: eu\n    |')).toEqual(['countries', 'subdivisions', 'sites', 'polygons', 'note']);
    expect(labels('places:\n- name: eu\n  |')).not.toContain('name');
    expect(labels('places:\n  - |')).toContain('name');
    expect(labels('places:\n  - { name: eu, |')).toContain('countries');
    expect(labels('classes:\n  - name: db\n    chain:\n      |')).toContain('bootLoader');
  });
  it('what another item has can be said again', () => {
    expect(labels('places:\n  - name: eu\n    note: a\n  - name: us\n    |')).toContain('note');
    expect(labels('places:\n  - name: eu\n    |\n  - name: us\n    note: b\n')).toContain('note');
  });
  it('after a mapping has ended, those of the one around it', () => {
    expect(labels('freshness:\n  maxAge: 15m\n|')).toContain('chain');
    expect(labels('freshness:\n  maxAge: 15m\n|')).not.toContain('freshness');
    expect(labels('metadata: { name: x }\n|')).toContain('chain');
  });
  it('is put in with what follows it', () => {
    expect(taken('fre|', 'freshness')).toBe('freshness:\n  |');
    expect(taken('freshness:\n  ma|', 'maxAge')).toBe('freshness:\n  maxAge: |');
    expect(taken('pla|', 'places')).toBe('places:\n  - |');
    expect(taken('places: [{ name: eu, co|', 'countries')).toBe('places: [{ name: eu, countries: [|');
  });
});

describe('completion of a manifest: words', () => {
  it('of an enumeration, and of one branch of several', () => {
    expect(labels('chain:\n  firmware: { require: |')).toEqual(['required', 'when-present', 'not-required']);
    expect(labels('quote:\n  hashes: [sha256, |')).toContain('sha512');
    expect(labels('unmatched: |')).toEqual(['inconclusive', 'failed', 'defaults']);
    expect(labels('doubt:\n  holdRacesFor: |')).toEqual(['off']);
  });
  it('countries by their code, with their name', () => {
    const found = at('places:\n  - name: eu\n    countries: [FR, |');
    expect(found?.offers.find(({ label }) => label === 'DE')?.doc).toBe('Germany');
    expect(labels('places:\n  - name: eu\n    countries:\n      - |')).toContain('DE');
    expect(labels('locations:\n  - hosts: name = x\n    country: |')).toContain('JP');
  });
  it('places that the text itself defines, wherever in it', () => {
    const places = '\nplaces:\n  - { name: eu, countries: [DE] }\n  - name: us-east\n    countries: [US]\n';
    expect(labels(`location: { places: [|${places}`)).toEqual(['eu', 'us-east']);
    expect(labels(`workloads:\n  - name: payments-*\n    places:\n      - |${places}`)).toEqual(['eu', 'us-east']);
  });
  it('the query language after “when” and “hosts”, word by word', () => {
    expect(labels('classes:\n  - name: db\n    when: |')).toContain('country');
    expect(labels('classes:\n  - name: db\n    when: country |')).toContain('in');
    expect(taken('classes:\n  - name: db\n    when: country = DE and assur|', 'assurance')).toContain('when: country = DE and assurance |');
    expect(taken("locations:\n  - hosts: 'assurance = tpm|", 'tpm-certified')).toContain("'assurance = tpm-certified |");
  });
});

describe('completion of a manifest: nothing', () => {
  it.each([
    ['in a comment', '# fre|'],
    ['behind a comment on a line', 'unmatched: failed # inc|'],
    ['in a text of several lines', 'metadata:\n  note: |-\n    fre¦'],
    ['under a key that is no key', 'nonsense:\n  |'],
  ])('%s', (_where, marked) => {
    const text = marked.includes('¦') ? marked.replace('|', '\u0000').replace('¦', '|') : marked;
    const cursor = text.indexOf('|');
    const found = completeManifest(text.replace('|', '').replace('\u0000', '|'), cursor);
    expect(found?.offers ?? []).toEqual([]);
  });
  it('and never throws, whatever is cut off and wherever the cursor is', () => {
    const text = 'a: [{ b: "c\n - - : }] ]\n\t{ x\nplaces:\n  - {\nclasses: [{ when: \'country = \n';
    for (let cursor = 0; cursor <= text.length; cursor += 1) expect(() => completeManifest(text.slice(0, cursor), cursor)).not.toThrow();
    expect(completeManifest('', 0)?.offers.length).toBeGreaterThan(5);
  });
});
