import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENTRY_KINDS, type LedgerEntry, MAX_ENTRY_BYTES, decodeEntry, encodeEntry } from './entry.ts';
import { readEntryHead } from './entry-head.ts';
import { leafHash } from './merkle.ts';

const entry: LedgerEntry = {
  v: 1,
  seq: 7,
  at: '2026-03-01T09:30:00.250Z',
  who: { kind: 'os-user', name: 'ada' },
  kind: 'verdict.changed',
  subject: 'host-1',
  body: { to: 'failed', from: 'trusted', evidence: ['00ff'] },
};
const encoded = (value: LedgerEntry): Buffer => {
  const bytes = encodeEntry(value);
  if (!bytes.ok) throw new Error(bytes.problem.message);
  return bytes.value;
};

describe('an audit entry', () => {
  it('is canonical JSON with exact keys', () => {
    expect(encoded(entry).toString()).toBe(
      '{"at":"2026-03-01T09:30:00.250Z","body":{"evidence":["00ff"],"from":"trusted","to":"failed"},"kind":"verdict.changed","seq":7,"subject":"host-1","v":1,"who":{"kind":"os-user","name":"ada"}}',
    );
    expect(decodeEntry(encoded(entry))).toEqual({ ok: true, value: entry });
  });

  it('hashes to SHA-256(0x00 || bytes), as sha256sum would say', () => {
    // printf '\000%s' '<the text above>' | sha256sum
    expect(leafHash(encoded(entry)).toString('hex')).toBe('950cb83f9024ff8101ef5166ac16374de6923121dbe0b805dec5cc32fdb8aa2d');
  });

  it('may be of a kind that this version does not know, not of a kind that is no kind', () => {
    for (const kind of [...ENTRY_KINDS, 'weather.changed', 'a.b-2.c']) expect(decodeEntry(encoded({ ...entry, kind })).ok).toBe(true);
    for (const kind of ['verdict', 'Verdict.changed', 'a..b', '.a', 'a.', 'a b.c', ''])
      expect(encodeEntry({ ...entry, kind }).ok).toBe(false);
  });

  it.each([
    ['nobody', { who: { kind: 'os-user', name: '' } }],
    ['a blank name', { who: { kind: 'os-user', name: '  \u200b ' } }],
    ['another kind of person', { who: { kind: 'ghost', name: 'x' } }],
    ['more about a person', { who: { kind: 'system', name: 'x', mail: 'y' } }],
    ['another version', { v: 2 }],
    ['a negative place', { seq: -1 }],
    ['half a place', { seq: 0.5 }],
    ['a place that cannot be counted', { seq: 2 ** 53 }],
    ['a day that does not exist', { at: '2026-02-29T00:00:00.000Z' }],
    ['April 31st', { at: '2026-04-31T00:00:00.000Z' }],
    ['a moment without milliseconds', { at: '2026-02-01T00:00:00Z' }],
    ['another time zone', { at: '2026-02-01T00:00:00.000+01:00' }],
    ['hour 24', { at: '2026-02-01T24:00:00.000Z' }],
    ['a key too many', { extra: 1 }],
    ['no body', { body: undefined }],
    ['a subject of an essay', { subject: 'x'.repeat(1025) }],
    ['a body of more than 64 KiB', { body: 'x'.repeat(MAX_ENTRY_BYTES) }],
    ['a body nested too deep', { body: JSON.parse('['.repeat(32) + ']'.repeat(32)) }],
  ])('refuses %s, in writing and in reading', (_, change) => {
    const wrong = { ...entry, ...change };
    expect(encodeEntry(wrong as LedgerEntry).ok).toBe(false);
    const json = JSON.stringify(Object.fromEntries(Object.entries(wrong).sort(([a], [b]) => (a < b ? -1 : 1))));
    expect(decodeEntry(Buffer.from(json)).ok).toBe(false);
  });

  it('refuses a body that JSON cannot say', () => {
    for (const body of [Number.NaN, { a: Number.POSITIVE_INFINITY }, '\ud800']) expect(encodeEntry({ ...entry, body }).ok).toBe(false);
  });

  it('takes a leap day and the last day of each month', () => {
    for (const day of ['2028-02-29', '2026-01-31', '2026-04-30', '2026-12-31', '2026-02-28'])
      expect(encodeEntry({ ...entry, at: `${day}T23:59:59.999Z` }).ok).toBe(true);
  });

  it('is read alike by the short way that re-checks take', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '1.0',
      '1e2',
      ' ',
      'é',
      '\u0000',
      '\u007f',
      '{"a":1}',
      '',
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(-0, 10 ** 15, -1, 0.5, { b: [], a: {} }, { '10': 1, '9': 2 }));
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(3), pieces, (body, at, cut, insert) => {
        const whole = JSON.stringify({ ...JSON.parse(encoded(entry).toString()), body });
        const bytes = encodeEntry({ ...entry, body: JSON.parse(whole).body });
        const honest = bytes.ok ? bytes.value.toString() : whole;
        for (const text of [honest, whole, honest.slice(0, at % honest.length) + insert + honest.slice((at % honest.length) + cut)]) {
          const decoded = decodeEntry(Buffer.from(text));
          const { seq, at: moment, kind, subject } = decoded.ok ? decoded.value : entry;
          const expected = decoded.ok ? { ok: true, value: { seq, at: moment, kind, subject } } : { ok: false };
          expect(readEntryHead(Buffer.from(text))).toMatchObject(expected);
          expect(readEntryHead(text)).toMatchObject(expected);
        }
      }),
      { numRuns: 2000 },
    );
    for (const depth of [30, 31, 32]) {
      const nested = Buffer.from(
        encoded({ ...entry, body: 0 })
          .toString()
          .replace('"body":0', `"body":${'['.repeat(depth)}${']'.repeat(depth)}`),
      );
      expect(readEntryHead(nested).ok).toBe(decodeEntry(nested).ok);
      expect(readEntryHead(nested.toString()).ok).toBe(decodeEntry(nested).ok);
    }
  });

  it('is refused when its bytes are not the canonical ones', () => {
    const spaced = Buffer.from(JSON.stringify(JSON.parse(encoded(entry).toString()), null, 1));
    expect(decodeEntry(spaced)).toMatchObject({ ok: false, problem: { code: 'ledger-not-canonical' } });
  });
});
