import { z } from 'zod';
import type { Db } from './db.ts';
import type { RawQuote } from './records.ts';

/** Bytes of a quote's digest in a confirmation: enough that nobody finds another quote with the same ones. */
export const PREFIX_BYTES = 10;
/** One routine quote per host and this long is kept whole; others only while they are the newest. */
const KEEP_EVERY_MS = 24 * 60 * 60 * 1000;

export const QUOTED_COLUMNS = 'num, quote_kept_at_ms AS keptAtMs';
export const quotedSchema = z.object({ num: z.number(), keptAtMs: z.number().nullable() });
/** Number of the host whose quote it is, and when one of its was kept for good. */
export type Quoted = z.infer<typeof quotedSchema>;

export type QuoteWriter = {
  /** Keeps the quote of an observation: as the newest, and for good where it begins a span or none was kept for a day. */
  readonly keep: (of: Quoted, atMs: number, quote: RawQuote, began: boolean) => void;
  /** Forgets what a transaction that failed had noted. */
  readonly beginBatch: () => void;
  /** Writes who was confirmed when, by which quote, since `beginBatch`. */
  readonly writeBatch: () => void;
};

/** Zigzag and LEB128: small differences take one byte. */
const pushVarint = (out: number[], value: number): void => {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest > 0x7f) {
    out.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
};

export const createQuoteWriter = (db: Db): QuoteWriter => {
  const latest = db.prepare(
    'INSERT INTO latest_quote (num, sha256, bytes) VALUES (@num, @sha256, @bytes) ON CONFLICT (num) DO UPDATE SET sha256 = @sha256, bytes = @bytes',
  );
  const insert = db.prepare('INSERT INTO quote (num, at_ms, sha256, bytes) VALUES (@num, @atMs, @sha256, @bytes)');
  const mark = db.prepare('UPDATE pulse SET quote_kept_at_ms = @atMs WHERE num = @num');
  const batch = db.prepare('INSERT INTO confirmation (at_ms, count, rows) VALUES (@atMs, @count, @rows)');
  let bytes: number[] = [];
  let count = 0;
  let first = { num: 0, atMs: 0 };
  let last = first;
  return {
    keep: ({ num, keptAtMs }, atMs, quote, began) => {
      const row = { num, atMs, sha256: quote.sha256, bytes: quote.packed };
      latest.run(row);
      if (began || keptAtMs === null || Math.abs(atMs - keptAtMs) >= KEEP_EVERY_MS) {
        insert.run(row);
        mark.run(row);
      }
      if (count === 0) {
        first = { num: 0, atMs };
        last = first;
      }
      pushVarint(bytes, num - last.num);
      pushVarint(bytes, atMs - last.atMs);
      for (const byte of Buffer.from(quote.sha256.slice(0, 2 * PREFIX_BYTES), 'hex')) bytes.push(byte);
      last = { num, atMs };
      count += 1;
    },
    beginBatch: () => {
      bytes = [];
      count = 0;
    },
    writeBatch: () => {
      if (count > 0) batch.run({ atMs: first.atMs, count, rows: Buffer.from(bytes) });
    },
  };
};
