import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostRecord } from './records.ts';
import { readConfirmations } from './confirmation-reader.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const quote = (text: string): NonNullable<HostRecord['quote']> => ({
  sha256: createHash('sha256').update(text).digest('hex'),
  packed: deflateRawSync(text),
});
const seen = (atMs: number, over: Partial<HostRecord> = {}): HostRecord =>
  hostRecord({ seenAtMs: atMs, evidenceAtMs: atMs, quotedAtMs: atMs - 20, quote: quote(`at ${atMs}`), steady: 'as before', ...over });

let folder: string;
let store: Store;
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};
const inDatabase = <T>(sql: string): T[] => {
  const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
};

const noted = () =>
  inDatabase<{ at_ms: number; count: number; rows: Buffer }>('SELECT at_ms, count, rows FROM confirmation ORDER BY id').map((row) => ({
    atMs: row.at_ms,
    bytes: row.rows.length,
    confirmations: readConfirmations(row.rows, row.count, row.at_ms),
  }));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-confirmation-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an observation that only confirms', () => {
  it('moves the times of the host and its span on, and nothing else', () => {
    store.write.recordHosts([seen(T0)]);
    store.write.recordHosts([seen(T0 + MINUTE, { detail: 'not written', clock: null })]);
    expect(store.hosts.history('dc/1', 10)).toMatchObject([{ fromMs: T0, toMs: T0 + MINUTE, confirmations: 2 }]);
    expect(store.hosts.get('dc/1')).toMatchObject({
      row: { evidenceAtMs: T0 + MINUTE, lastSeenAtMs: T0 + MINUTE },
      detail: '{}',
      pulse: { evidenceAtMs: T0 + MINUTE, quotedAtMs: T0 + MINUTE - 20, seenAtMs: T0 + MINUTE },
    });
  });

  it('is a whole observation again once the clock, a manifest or anything else changed the host in between', () => {
    store.write.recordHosts([seen(T0)]);
    expect(store.write.expire(T0 + DAY)).toBe(1);
    store.write.recordHosts([seen(T0 + DAY)]);
    expect(store.hosts.get('dc/1')?.row.verdict).toBe('trusted');
    expect(store.hosts.history('dc/1', 10).map((span) => [span.verdict, span.toMs - T0])).toEqual([
      ['trusted', DAY],
      ['stale', DAY],
      ['trusted', 0],
    ]);
  });

  it('is noted with the host, the moment and the beginning of the digest of its quote, twelve bytes each', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => ({ id: `dc/${index}`, agentId: String(index) }));
    for (const round of [0, 1]) store.write.recordHosts(hosts.map((host, index) => seen(T0 + round * MINUTE + index * 10, host)));
    const rows = noted();
    expect(rows.reduce((sum, row) => sum + row.bytes, 0) / 200).toBeLessThan(13);
    const read = rows.flatMap((row) => row.confirmations);
    expect(read).toHaveLength(200);
    expect(read[107]).toEqual({ num: 8, atMs: T0 + MINUTE + 70, quotePrefix: quote(`at ${T0 + MINUTE + 70}`).sha256.slice(0, 20) });
  });

  it('goes on with the row that is there, also where hosts are recorded one by one; four full rows fill a page', () => {
    for (let n = 0; n < 400; n += 1) store.write.recordHosts([seen(T0 + n * 50, { id: `dc/${n % 100}`, agentId: String(n % 100) })]);
    const rows = noted();
    expect(rows.flatMap((row) => row.confirmations.map(({ atMs }) => atMs - T0))).toEqual(Array.from({ length: 400 }, (_, n) => n * 50));
    expect(rows).toHaveLength(5);
    for (const { bytes } of rows.slice(0, -1)) expect([bytes > 985, bytes <= 1_000]).toEqual([true, true]);
  });

  it('is in a row that says the moment of its first one, and is of no more than half a minute', () => {
    for (const at of [T0, T0 + 29_999, T0 + 20_000, T0 + 30_000, T0 + 29_999]) store.write.recordHosts([seen(at)]);
    expect(noted().map((row) => [row.atMs - T0, row.confirmations.map(({ atMs }) => atMs - T0)])).toEqual([
      [0, [0, 29_999, 20_000]],
      [30_000, [30_000]],
      [29_999, [29_999]],
    ]);
  });

  it('is added to no row that the database was closed with', () => {
    store.write.recordHosts([seen(T0)]);
    store.close();
    store = open();
    store.write.recordHosts([seen(T0 + 1_000)]);
    expect(noted().map((row) => row.confirmations.length)).toEqual([1, 1]);
  });

  it('keeps the newest quote of a host, one a day, and those with which its spans began', () => {
    for (let at = 0; at <= DAY; at += DAY / 4) store.write.recordHosts([seen(T0 + at)]);
    store.write.recordHosts([seen(T0 + DAY + MINUTE, { verdict: 'failed', reason: 'Boot loader changed.', steady: 'now failed' })]);
    store.write.recordHosts([seen(T0 + DAY + 2 * MINUTE, { verdict: 'failed', reason: 'Boot loader changed.', steady: 'now failed' })]);
    expect(inDatabase<{ at_ms: number }>('SELECT at_ms FROM quote ORDER BY id').map((row) => row.at_ms - T0)).toEqual([
      0,
      DAY,
      DAY + MINUTE,
    ]);
    expect(inDatabase('SELECT sha256 FROM latest_quote')).toEqual([{ sha256: quote(`at ${T0 + DAY + 2 * MINUTE}`).sha256 }]);
  });

  it('leaves nothing of a transaction that failed to the next one', () => {
    const lost = {
      ...seen(T0),
      blobs: {
        eventLog: null,
        ima: { sha256: '1'.repeat(64), kind: 'ima', encoding: 'stored', bytes: new Uint8Array(), size: 1 },
        runtimeReference: null,
      },
    } as const;
    expect(() => store.write.recordHosts([seen(T0, { id: 'dc/2' }), lost])).toThrow('not there');
    store.write.recordHosts([seen(T0)]);
    expect(inDatabase('SELECT count FROM confirmation')).toEqual([{ count: 1 }]);
    expect(() => store.write.recordHosts([seen(T0 + 1_000), { ...lost, steady: 'another' }])).toThrow('not there');
    store.write.recordHosts([seen(T0 + 3_000)]);
    expect(noted().flatMap((row) => row.confirmations.map(({ atMs }) => atMs - T0))).toEqual([0, 3_000]);
  });
});
