import { describe, expect, it } from 'vitest';
import { ALL_HOSTS, type HostsView } from '../../app/navigation.ts';
import { askOf, filterOf, readSearch } from './host-query.ts';

const view = (over: Partial<HostsView>): HostsView => ({ ...ALL_HOSTS, ...over });

describe('one box for words and for the language', () => {
  it.each(['', 'web', 'ber1 shim', "o'brien", 'zz?', 'db-*', '100%', 'a.b/c', 'android', 'island inn', 'verdict'])(
    '%j are words',
    (text) => {
      expect(readSearch(text)).toEqual({ kind: 'words', words: text });
    },
  );

  it.each([
    ['verdict = failed', 'verdict = failed'],
    ['VERDICT=failed AND (country in (DE,FR))', 'verdict = failed and country in (DE, FR)'],
    ['web and not db', 'web and not db'],
    ['"hall 3"', '"hall 3"'],
    ['name like web-*', 'name like web-*'],
  ])('%j is a filter, and is shown as %j', (text, canonical) => {
    expect(readSearch(text)).toMatchObject({ kind: 'filter', canonical });
  });

  it.each([
    ['verdict = faild', 10],
    ['verdict:failed', 0],
    ['web and', 7],
    ['name = "x', 7],
  ])('%j is neither, and the problem is at character %i', (text, at) => {
    expect(readSearch(text)).toMatchObject({ kind: 'problem', problem: { at } });
  });

  it('asks for words as before, and for a filter as it was typed', () => {
    expect(askOf(view({ text: ' ber1  shim ', country: 'DE' }))).toEqual({ query: { country: 'DE', text: 'ber1  shim' } });
    expect(askOf(view({ text: 'verdict = failed', disagreement: true }))).toEqual({
      query: { disagreement: true },
      filter: 'verdict = failed',
    });
  });
});

describe('everything that a view filters by, as one filter', () => {
  it.each<[Partial<HostsView>, string | null]>([
    [{}, ''],
    [{ verdicts: ['failed'] }, 'verdict = failed'],
    [{ verdicts: ['failed', 'stale'], country: 'DE' }, 'verdict in (failed, stale) and country = DE'],
    [{ country: 'ZZ', link: 'boot-loader' }, 'broken_link = boot-loader and country is unknown'],
    [{ endpoint: 'dc 1', disagreement: true }, 'endpoint = "dc 1" and disagreement = true'],
    [{ olderThanMs: 600_000, text: 'web' }, '(evidence_at > 10m or evidence_at is unknown) and web'],
    [{ text: 'ber1 and' }, null],
    [{ text: 'ber1 shim' }, 'ber1 and shim'],
    [{ verdicts: ['failed'], text: 'web or db' }, 'verdict = failed and (web or db)'],
  ])('%j is %j', (over, expected) => {
    expect(filterOf(view(over))).toBe(expected);
  });
});
