import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { LINKS, type LinkVerdict, VERDICTS } from '../../shared/model/verdict.ts';
import type { Db } from './open.ts';
import { unpackChain } from './records.ts';

const MAX_STANDING_BYTES = 16 * 1024 * 1024;

/** Where a host stands, as recorded: what was decided, and what it was decided by. */
export type RecordedStanding = {
  readonly id: string;
  readonly name: string;
  readonly verdict: (typeof VERDICTS)[number];
  readonly brokenLink: (typeof LINKS)[number] | null;
  readonly reason: string;
  readonly chain: readonly LinkVerdict[] | null;
  readonly evidenceAtMs: number | null;
  /** JSON; null where none was kept. */
  readonly standing: string | null;
};

export type StandingReader = {
  readonly count: () => number;
  /** Hosts as they are now, in the order of their ids, behind `afterId`. */
  readonly now: (afterId: string, limit: number) => readonly RecordedStanding[];
  /** Hosts as they were known at a moment. Their chains were not kept. */
  readonly asOf: (atMs: number, afterId: string, limit: number) => readonly RecordedStanding[];
  /** Ids of hosts that another version of the manifest decided last. */
  readonly decidedByOthers: (version: number, afterId: string, limit: number) => readonly string[];
  readonly one: (
    id: string,
  ) => { readonly standing: string | null; readonly detail: string; readonly name: string; readonly reported: string } | null;
};

const common = {
  id: z.string(),
  name: z.string(),
  verdict: z.enum(VERDICTS),
  broken_link: z.enum(LINKS).nullable(),
  reason: z.string(),
};
const nowSchema = z.object({ ...common, chain: z.string(), evidence_at_ms: z.number().nullable(), standing: z.string().nullable() });
const thenSchema = z.object({ ...common, to_ms: z.number(), standing: z.instanceof(Uint8Array).nullable() });
const oneSchema = z.object({ standing: z.string().nullable(), detail: z.string(), name: z.string(), reported: z.string() }).optional();
const idSchema = z.object({ id: z.string() });
const countSchema = z.object({ n: z.number() });

export const createStandingReader = (db: Db): StandingReader => {
  const count = db.prepare('SELECT count(*) AS n FROM host');
  // Evidence that counts at no age, because newer results cannot be recorded or it lies in the future, counts under no manifest.
  const now = db.prepare(`
    SELECT h.id, h.name, h.verdict, h.broken_link, h.reason, h.chain, s.standing,
      CASE WHEN is_fresh(h.evidence_at_ms, h.endpoint, ${Number.MAX_SAFE_INTEGER}) THEN h.evidence_at_ms END AS evidence_at_ms
    FROM fresh_host h JOIN host_state s ON s.host_id = h.id WHERE h.id > ? ORDER BY h.id LIMIT ?`);
  const asOf = db.prepare(`
    SELECT h.id, h.name, s.verdict, s.broken_link, s.reason, min(s.to_ms, @at) AS to_ms, s.standing
    FROM host h JOIN span s ON s.id = (SELECT max(id) FROM span WHERE host_id = h.id AND from_ms <= @at)
    WHERE h.id > @after ORDER BY h.id LIMIT @limit`);
  const others = db.prepare('SELECT id FROM host WHERE decided_by <> ? AND id > ? ORDER BY id LIMIT ?');
  const one = db.prepare(
    'SELECT s.standing, s.detail, h.name, h.reported FROM host h JOIN host_state s ON s.host_id = h.id WHERE h.id = ?',
  );
  return {
    count: () => countSchema.parse(count.get()).n,
    now: (afterId, limit) =>
      now.all(afterId, limit).map((raw) => {
        const row = nowSchema.parse(raw);
        const { id, name, verdict, reason, standing } = row;
        return {
          id,
          name,
          verdict,
          reason,
          standing,
          brokenLink: row.broken_link,
          chain: unpackChain(row.chain),
          evidenceAtMs: row.evidence_at_ms,
        };
      }),
    asOf: (at, after, limit) =>
      asOf.all({ at, after, limit }).map((raw) => {
        const row = thenSchema.parse(raw);
        const { id, name, verdict, reason } = row;
        // Confirmed until then, except where it was stale: how old the evidence was is not kept, and it never counts again.
        const evidenceAtMs = verdict === 'stale' ? null : row.to_ms;
        const standing =
          row.standing === null ? null : inflateRawSync(row.standing, { maxOutputLength: MAX_STANDING_BYTES }).toString('utf8');
        return { id, name, verdict, reason, standing, brokenLink: row.broken_link, chain: null, evidenceAtMs };
      }),
    decidedByOthers: (version, afterId, limit) => others.all(version, afterId, limit).map((raw) => idSchema.parse(raw).id),
    one: (id) => oneSchema.parse(one.get(id)) ?? null,
  };
};
