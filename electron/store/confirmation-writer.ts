import type { Db } from './db.ts';

/** Bytes of a quote's digest in a confirmation: enough that nobody finds another quote with the same ones. */
export const PREFIX_BYTES = 10;
/** Four rows of this size fill a page of the database; one longer and a fourth of every page stays empty. */
const ROW_BYTES = 1_000;
/** A row is of no longer than this, so that whoever looks for a moment knows where to look. */
export const ROW_MS = 30_000;
/** Two numbers of eight bytes at most, and the digest. */
const MAX_ENTRY = 16 + PREFIX_BYTES;

export type ConfirmationWriter = {
  /** Notes who was confirmed when, by which quote; `flush` writes it. Inside of a transaction. */
  readonly add: (num: number, atMs: number, quoteSha256: string) => void;
  /** Writes what was noted: before the transaction ends. */
  readonly flush: () => void;
  /** The next confirmation begins a row. Where an entry of the ledger covers what is there, and where a transaction failed. */
  readonly endRow: () => void;
};

type Place = { readonly num: number; readonly atMs: number };
type Row = {
  /** Null until it is in the database. */
  readonly id: number | bigint | null;
  readonly fromMs: number;
  readonly last: Place;
  readonly count: number;
  readonly length: number;
};

/** Zigzag and LEB128: small differences take one byte. Returns where it ends. */
const putVarint = (out: Buffer, at: number, value: number): number => {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let end = at;
  for (; rest > 0x7f; end += 1) {
    out[end] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[end] = rest;
  return end + 1;
};

/**
 * Who was confirmed when, by which quote, many in a row of the database. A row that is not full is gone on with by the next transaction, so that
 * hosts that are recorded one by one take no more room than many at once. After a restart another row begins.
 */
export const createConfirmationWriter = (db: Db): ConfirmationWriter => {
  const insert = db.prepare('INSERT INTO confirmation (at_ms, count, rows) VALUES (?, ?, ?)');
  const update = db.prepare('UPDATE confirmation SET count = ?, rows = ? WHERE id = ?');
  const bytes = Buffer.alloc(ROW_BYTES + MAX_ENTRY);
  let row: Row | null = null;
  let isWritten = true;

  const put = (length: number, last: Place, next: Place, quoteSha256: string): number => {
    const end = putVarint(bytes, putVarint(bytes, length, next.num - last.num), next.atMs - last.atMs);
    return end + bytes.write(quoteSha256, end, PREFIX_BYTES, 'hex');
  };
  const flush = (): void => {
    if (row === null || isWritten) return;
    const rows = bytes.subarray(0, row.length);
    if (row.id === null) row = { ...row, id: insert.run(row.fromMs, row.count, rows).lastInsertRowid };
    else update.run(row.count, rows, row.id);
    isWritten = true;
  };
  return {
    add: (num, atMs, quoteSha256) => {
      const next = { num, atMs };
      // A row says the moment of its first confirmation: none before it is put there.
      if (row !== null && atMs >= row.fromMs && atMs - row.fromMs < ROW_MS) {
        const length = put(row.length, row.last, next, quoteSha256);
        if (length <= ROW_BYTES) {
          row = { ...row, last: next, count: row.count + 1, length };
          isWritten = false;
          return;
        }
      }
      flush();
      row = { id: null, fromMs: atMs, last: next, count: 1, length: put(0, { num: 0, atMs }, next, quoteSha256) };
      isWritten = false;
    },
    flush,
    endRow: () => {
      row = null;
      isWritten = true;
    },
  };
};
