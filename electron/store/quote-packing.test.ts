import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditEvidence } from './audit/evidence.ts';
import type { HostRecord, RawQuote } from './records.ts';
import { openStore, type Store } from './store.ts';
import { quotesBeforePacking } from './testing/before-packing.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const DAY = 24 * 60 * 60_000;

/** What of a quote stays the same from one to the next, and what does not. */
const SAME = randomBytes(900).toString('base64');
type Quote = RawQuote & { readonly text: string };
const quoteOf = (text: string): Quote => ({ text, sha256: createHash('sha256').update(text).digest('hex'), packed: deflateRawSync(text) });
const fresh = (same = SAME): Quote => quoteOf(`${randomBytes(20).toString('hex')} ${same} ${randomBytes(64).toString('base64')}`);

let folder: string;
let store: Store;
const file = (): string => path.join(folder, 'plumbline.db');
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};
const record = (day: number, quote: Quote, over: Partial<HostRecord> = {}): Quote => {
  const atMs = T0 + day * DAY;
  store.write.recordHosts([hostRecord({ seenAtMs: atMs, evidenceAtMs: atMs, quotedAtMs: atMs, steady: 'as before', quote, ...over })]);
  return quote;
};
type Kept = { id: number; sha256: string; bytes: Buffer; base_id: number | null };
const kept = (): Kept[] => inFile((db) => db.prepare<[], Kept>('SELECT id, sha256, bytes, base_id FROM quote ORDER BY id').all());
const inFile = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(file());
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const audited = (quotes: readonly Quote[]): string[] => inFile((db) => quotes.map(({ sha256 }) => auditEvidence(db)(sha256)));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-quotes-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the quotes of a host that are kept', () => {
  it('take about what is new of each, and are given back byte by byte', () => {
    const quotes = Array.from({ length: 20 }, (_, day) => record(day, fresh()));
    const [base, ...others] = kept();
    if (base === undefined) throw new Error('none was kept');
    expect(base.base_id).toBeNull();
    const dictionary = inflateRawSync(base.bytes);
    expect(others.map(({ bytes }) => inflateRawSync(bytes, { dictionary }).toString())).toEqual(quotes.slice(1).map(({ text }) => text));
    for (const { bytes, base_id } of others) {
      expect(base_id).toBe(base.id);
      expect(bytes.length).toBeLessThan(base.bytes.length / 4);
    }
    expect(new Set(audited(quotes))).toEqual(new Set(['present']));
  });

  it('stand alone again after thirty days, where a span begins, and where one has little in common with those before', () => {
    for (let day = 0; day < 32; day += 1) record(day, fresh());
    record(33, fresh(), { verdict: 'failed', reason: 'Boot loader changed.', steady: 'now failed' });
    const other = randomBytes(900).toString('base64');
    record(34, fresh(other), { verdict: 'failed', reason: 'Boot loader changed.', steady: 'now failed' });
    record(35, fresh(other), { verdict: 'failed', reason: 'Boot loader changed.', steady: 'now failed' });
    const alone = kept().flatMap(({ base_id }, index) => (base_id === null ? [index] : []));
    expect(alone).toEqual([0, 30, 32, 33]);
  });

  it('are packed with no quote that is not what its digest says: damage does not spread', () => {
    record(0, fresh());
    inFile((db) => db.prepare('UPDATE quote SET bytes = ?').run(fresh().packed));
    const second = record(1, fresh());
    expect(kept().map(({ base_id }) => base_id)).toEqual([null, null]);
    inFile((db) => db.exec("UPDATE quote SET bytes = x'ff'"));
    const third = record(2, fresh());
    expect(kept()[2]?.bytes).toEqual(third.packed);
    expect(audited([second, third])).toEqual(['mismatch', 'present']);
  });

  it('are found to be others where any byte was changed, of themselves or of what they are packed with', () => {
    const quotes = [0, 1, 2].map((day) => record(day, fresh()));
    record(2.5, fresh());
    const [base, first] = kept();
    if (base === undefined || first === undefined) throw new Error('none was kept');
    const put = (id: number, bytes: Buffer): void =>
      inFile((db) => void db.prepare('UPDATE quote SET bytes = ? WHERE id = ?').run(bytes, id));
    for (let at = 0; at < first.bytes.length; at += 1) {
      const changed = Buffer.from(first.bytes);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      put(first.id, changed);
      expect([at, ...audited(quotes)]).toEqual([at, 'present', 'mismatch', 'present']);
    }
    put(first.id, first.bytes);
    const changed = Buffer.from(base.bytes);
    changed[400] = (changed[400] ?? 0) ^ 0x40;
    put(base.id, changed);
    expect(audited(quotes)).toEqual(['mismatch', 'mismatch', 'mismatch']);
    inFile((db) => db.exec(`PRAGMA foreign_keys = OFF; DELETE FROM quote WHERE id = ${base.id}`));
    expect(audited(quotes)).toEqual(['missing', 'mismatch', 'mismatch']);
  });

  it('cannot be deleted while others are packed with them', () => {
    for (const day of [0, 1]) record(day, fresh());
    expect(() => inFile((db) => db.pragma('foreign_keys = ON') && db.exec('DELETE FROM quote WHERE base_id IS NULL'))).toThrow(
      'FOREIGN KEY',
    );
  });

  it('of an earlier version stay as they are, and later ones are packed with them', () => {
    const before = record(0, fresh());
    store.close();
    inFile(quotesBeforePacking);
    expect(audited([before])).toEqual(['present']);
    store = open();
    const after = record(1, fresh());
    expect(kept().map(({ id, base_id }) => [id, base_id])).toEqual([
      [1, null],
      [2, 1],
    ]);
    expect(audited([before, after])).toEqual(['present', 'present']);
  });
});
