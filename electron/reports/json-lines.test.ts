import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry, type LedgerEntry } from '../ledger/entry.ts';
import { jsonLines } from './json-lines.ts';
import type { EntryRow } from './port.ts';
import { headOf, hostRow, written } from './testing/source.ts';

const linesOf = (text: string): readonly unknown[] => {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line): unknown => JSON.parse(line));
};
const entryRow = (entry: LedgerEntry): EntryRow => {
  const bytes = encodeEntry(entry);
  if (!bytes.ok) throw new Error(bytes.problem.message);
  return { seq: entry.seq, bytes: bytes.value, entry, sentence: '' };
};
const entry: LedgerEntry = {
  v: 1,
  seq: 7,
  at: '2026-01-31T09:30:00.000Z',
  who: { kind: 'os-user', name: 'ann' },
  kind: 'settings.changed',
  subject: 'retention',
  body: { detail: 'Zürich' },
};

describe('JSON Lines', () => {
  it('begin with the head, then have each row, and lose nothing', async () => {
    const rows = ['=1', 'a\nb', '\uD800', 'nul\0', '\u202E', '😀', 'x'.repeat(10_000)].map((name, at) => hostRow({ id: `dc/${at}`, name }));
    const [head, ...read] = linesOf(await written(jsonLines, { of: 'hosts', each: rows }));
    expect(head).toMatchObject({
      v: 1,
      product: 'Plumbline',
      query: 'verdict = failed',
      cutOff: '2027-01-15T08:00:00.000Z',
      timeZone: 'UTC',
    });
    expect(read).toEqual(rows);
  });

  it('show a terminal nothing that it would obey or hide', async () => {
    const text = await written(
      jsonLines,
      { of: 'hosts', each: [hostRow({ name: '\u001B[2J\u202E\u200B\u{E0041}😀ü' })] },
      headOf({ query: '\u202E' }),
    );
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain('😀ü');
  });

  it('keep any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('\uD83D', '\uDE00', '\u2028', '"', '\\', '\n', 'ü') }),
        async (name, reason) => {
          const row = hostRow({ name, reason });
          expect(linesOf(await written(jsonLines, { of: 'hosts', each: [row] }))[1]).toEqual(row);
        },
      ),
    );
  });

  it('of the ledger are the bytes that were hashed', async () => {
    const row = entryRow(entry);
    const line = (await written(jsonLines, { of: 'ledger', each: [row] })).split('\n')[1] ?? '';
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash(Buffer.from(line))).toBe(hash(row.bytes));
  });

  it('of an entry with something that cannot be seen have the same canonical form', async () => {
    const row = entryRow({ ...entry, body: { detail: '\u202Ex' } });
    const line = (await written(jsonLines, { of: 'ledger', each: [row] })).split('\n')[1] ?? '';
    expect(line).toContain('\\u202e');
    const again = encodeEntry(JSON.parse(line));
    expect(again.ok && again.value.equals(row.bytes)).toBe(true);
  });

  it('leave out no entry that cannot be read', async () => {
    const [, line] = linesOf(
      await written(jsonLines, { of: 'ledger', each: [{ seq: 3, bytes: Buffer.from('{'), entry: null, sentence: '' }] }),
    );
    expect(line).toEqual({ seq: 3, unreadable: 'ew==' });
  });
});
