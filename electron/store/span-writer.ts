import { deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Db } from './open.ts';

const spanIdSchema = z.object({ id: z.number() }).optional();

export type SpanStart = {
  readonly id: string;
  readonly at: number;
  readonly verdict: string;
  readonly reported: string;
  readonly brokenLink: string | null;
  readonly reason: string;
  /** JSON of what the verdict rests on, kept once per span; null where nothing new was learnt. */
  readonly standing: string | null;
  /** Number of the manifest version that decided. */
  readonly manifest: number | null;
};

export type SpanWriter = { readonly extendOrStart: (same: boolean, start: SpanStart) => void };

/** Spans instead of rows per poll: one is extended while nothing changes. */
export const createSpanWriter = (db: Db): SpanWriter => {
  const last = db.prepare('SELECT id FROM span WHERE host_id = ? ORDER BY id DESC LIMIT 1');
  const extend = db.prepare('UPDATE span SET to_ms = @at, confirmations = confirmations + 1 WHERE id = @id');
  const insert = db.prepare(
    'INSERT INTO span (host_id, from_ms, to_ms, verdict, reported, broken_link, reason, confirmations, standing, manifest) VALUES (@id, @at, @at, @verdict, @reported, @brokenLink, @reason, 1, @standing, @manifest)',
  );
  return {
    extendOrStart: (same, start) => {
      const known = same ? spanIdSchema.parse(last.get(start.id)) : undefined;
      if (known) extend.run({ at: start.at, id: known.id });
      else insert.run({ ...start, standing: start.standing === null ? null : deflateRawSync(start.standing) });
    },
  };
};
