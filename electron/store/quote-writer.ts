import { z } from 'zod';
import type { Db } from './db.ts';
import { packWith } from './quote-packing.ts';
import type { RawQuote } from './records.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** One routine quote per host and this long is kept; others only while they are the newest. */
const KEEP_EVERY_MS = DAY_MS;
/** So long quotes of a host are packed with the same one, which is kept for as long as they are. */
const BASE_MS = 30 * DAY_MS;

export const QUOTED_COLUMNS = 'num, quote_kept_at_ms AS keptAtMs';
export const quotedSchema = z.object({ num: z.number(), keptAtMs: z.number().nullable() });
/** Number of the host whose quote it is, and when one of its was kept for good. */
export type Quoted = z.infer<typeof quotedSchema>;

const baseSchema = z.object({ id: z.number(), atMs: z.number(), sha256: z.string(), packed: z.instanceof(Uint8Array) }).optional();

export type QuoteWriter = {
  /** Keeps the quote of an observation: as the newest, and for good where it begins a span or none was kept for a day. */
  readonly keep: (of: Quoted, atMs: number, quote: RawQuote, began: boolean) => void;
};

export const createQuoteWriter = (db: Db): QuoteWriter => {
  const renew = db.prepare('UPDATE latest_quote SET sha256 = ?, bytes = ? WHERE num = ?');
  const first = db.prepare('INSERT INTO latest_quote (sha256, bytes, num) VALUES (?, ?, ?)');
  const insert = db.prepare('INSERT INTO quote (num, at_ms, sha256, bytes, base_id) VALUES (?, ?, ?, ?, ?)');
  const newestBase = db.prepare(
    'SELECT id, at_ms AS atMs, sha256, bytes AS packed FROM quote WHERE num = ? AND base_id IS NULL ORDER BY id DESC LIMIT 1',
  );
  const mark = db.prepare('UPDATE pulse SET quote_kept_at_ms = ? WHERE num = ?');

  /** What a span begins with stands by itself: what comes after it is most like it. */
  const packedFor = (num: number, atMs: number, quote: RawQuote, began: boolean): { bytes: Uint8Array; baseId: number | null } => {
    const alone = { bytes: quote.packed, baseId: null };
    const base = began ? undefined : baseSchema.parse(newestBase.get(num));
    if (base === undefined || Math.abs(atMs - base.atMs) >= BASE_MS) return alone;
    const bytes = packWith(quote, base);
    return bytes === null ? alone : { bytes, baseId: base.id };
  };
  return {
    keep: ({ num, keptAtMs }, atMs, quote, began) => {
      if (renew.run(quote.sha256, quote.packed, num).changes === 0) first.run(quote.sha256, quote.packed, num);
      if (!began && keptAtMs !== null && Math.abs(atMs - keptAtMs) < KEEP_EVERY_MS) return;
      const { bytes, baseId } = packedFor(num, atMs, quote, began);
      insert.run(num, atMs, quote.sha256, bytes, baseId);
      mark.run(atMs, num);
    },
  };
};
