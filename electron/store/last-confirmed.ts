import { z } from 'zod';
import type { Db } from './db.ts';
import { readConfirmations } from './confirmation-reader.ts';

/** How far back a confirmation is looked for; a host that was not confirmed for so long had grown stale by any manifest. */
const LOOK_BACK_MS = 8 * 24 * 60 * 60 * 1000;
/** Batches that are written at the same time overlap by less than this. */
const OVERLAP_MS = 60_000;
const PAGE = 50;

const openSchema = z.array(z.object({ num: z.number(), id: z.string() }));
const batchesSchema = z.array(z.object({ id: z.number(), atMs: z.number(), count: z.number(), rows: z.instanceof(Uint8Array) }));

/**
 * Spans that were open at a moment do not say when their host was last confirmed until then; the notes of confirmations do. Corrects the hosts
 * of `past_host` by them, as far as the notes are kept, in steps.
 */
export const createLastConfirmed = (db: Db): ((atMs: number) => Generator<void>) => {
  const open = db.prepare(`
    SELECT p.num, h.id FROM past_host h JOIN pulse p ON p.host_id = h.id WHERE h.last_seen_ms = @at AND h.evidence_at_ms = @at`);
  const page = db.prepare(`
    SELECT id, at_ms AS atMs, count, rows FROM confirmation
    WHERE at_ms >= @since AND (at_ms, id) < (@beforeAt, @beforeId) ORDER BY at_ms DESC, id DESC LIMIT ${PAGE}`);
  const correct = db.prepare('UPDATE past_host SET evidence_at_ms = @atMs, last_seen_ms = @atMs WHERE id = @id');
  const write = db.transaction((found: Iterable<{ id: string; atMs: number }>) => {
    for (const one of found) correct.run(one);
  });
  return function* lastConfirmed(at) {
    const ids = new Map(openSchema.parse(open.all({ at })).map(({ num, id }) => [num, id]));
    const found = new Map<number, number>();
    let oldest = at;
    let cursor = { beforeAt: at + 1, beforeId: 0 };
    for (;;) {
      const batches = batchesSchema.parse(page.all({ since: at - LOOK_BACK_MS, ...cursor }));
      for (const batch of batches)
        for (const { num, atMs } of readConfirmations(batch.rows, batch.count, batch.atMs)) {
          if (atMs > at || !ids.has(num) || (found.get(num) ?? -Infinity) >= atMs) continue;
          found.set(num, atMs);
          oldest = Math.min(oldest, atMs);
        }
      const last = batches.at(-1);
      if (last === undefined || batches.length < PAGE) break;
      if (found.size === ids.size && last.atMs < oldest - OVERLAP_MS) break;
      cursor = { beforeAt: last.atMs, beforeId: last.id };
      yield;
    }
    write(Array.from(found, ([num, atMs]) => ({ id: ids.get(num) ?? '', atMs })));
  };
};
