import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { LINKS, type LinkVerdict, VERDICTS } from '../../shared/model/verdict.ts';
import { FUTURE_MS } from '../../shared/model/fresh.ts';
import type { Db } from './db.ts';
import { type Pulse, unpackChain } from './records.ts';

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
  readonly pulse: Pulse;
};

export type StandingReader = {
  readonly count: () => number;
  /** Hosts as they are now, in the order of their ids, behind `afterId`. */
  readonly now: (afterId: string, limit: number) => readonly RecordedStanding[];
  /** Hosts as they were known at a moment. Their chains were not kept. */
  readonly asOf: (atMs: number, afterId: string, limit: number) => readonly RecordedStanding[];
  /** Ids of hosts that another version of the manifest decided last. */
  readonly decidedByOthers: (version: number, afterId: string, limit: number) => readonly string[];
  readonly one: (id: string) => {
    readonly standing: string | null;
    readonly detail: string;
    readonly name: string;
    readonly reported: string;
    readonly pulse: Pulse;
  } | null;
};

const common = {
  id: z.string(),
  name: z.string(),
  verdict: z.enum(VERDICTS),
  broken_link: z.enum(LINKS).nullable(),
  reason: z.string(),
};
const pulseColumns = { evidence_at_ms: z.number().nullable(), quoted_at_ms: z.number().nullable(), last_seen_ms: z.number() };
const pulseOf = (row: { evidence_at_ms: number | null; quoted_at_ms: number | null; last_seen_ms: number }): Pulse => ({
  evidenceAtMs: row.evidence_at_ms,
  quotedAtMs: row.quoted_at_ms,
  seenAtMs: row.last_seen_ms,
});
const nowSchema = z.object({ ...common, chain: z.string(), ...pulseColumns, standing: z.string().nullable() });
const thenSchema = z.object({ ...common, to_ms: z.number(), standing: z.instanceof(Uint8Array).nullable() });
const oneSchema = z
  .object({ standing: z.string().nullable(), detail: z.string(), name: z.string(), reported: z.string(), ...pulseColumns })
  .optional();
const idSchema = z.object({ id: z.string() });
const countSchema = z.object({ n: z.number() });

export const createStandingReader = (db: Db): StandingReader => {
  const count = db.prepare('SELECT count(*) AS n FROM host');
  // Evidence that counts at no age, because newer results cannot be recorded or it lies in the future, counts under no manifest.
  const now = db.prepare(`
    SELECT h.id, h.name, h.verdict, h.broken_link, h.reason, h.chain, h.last_seen_ms, p.quoted_at_ms, s.standing,
      CASE WHEN coalesce(h.evidence_at_ms <= now_ms() + ${FUTURE_MS}, 1) AND h.endpoint NOT IN (SELECT value FROM json_each(not_recorded()))
        THEN h.evidence_at_ms END AS evidence_at_ms
    FROM fresh_host h JOIN host_text s ON s.host_id = h.id JOIN pulse p ON p.host_id = h.id WHERE h.id > ? ORDER BY h.id LIMIT ?`);
  const asOf = db.prepare(`
    SELECT h.id, h.name, s.verdict, s.broken_link, s.reason, min(CASE WHEN p.span_id = s.id THEN p.to_ms ELSE s.to_ms END, @at) AS to_ms, s.standing
    FROM host h JOIN span s ON s.id = (SELECT max(id) FROM span WHERE host_id = h.id AND from_ms <= @at)
    JOIN pulse p ON p.host_id = h.id
    WHERE h.id > @after ORDER BY h.id LIMIT @limit`);
  const others = db.prepare('SELECT id FROM host WHERE decided_by <> ? AND id > ? ORDER BY id LIMIT ?');
  const one = db.prepare(
    'SELECT s.standing, s.detail, h.name, h.reported, h.evidence_at_ms, h.last_seen_ms, p.quoted_at_ms FROM host h JOIN host_text s ON s.host_id = h.id JOIN pulse p ON p.host_id = h.id WHERE h.id = ?',
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
          pulse: pulseOf(row),
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
        return {
          id,
          name,
          verdict,
          reason,
          standing,
          brokenLink: row.broken_link,
          chain: null,
          evidenceAtMs,
          pulse: { evidenceAtMs, quotedAtMs: null, seenAtMs: row.to_ms },
        };
      }),
    decidedByOthers: (version, afterId, limit) => others.all(version, afterId, limit).map((raw) => idSchema.parse(raw).id),
    one: (id) => {
      const row = oneSchema.parse(one.get(id));
      if (row === undefined) return null;
      const { standing, detail, name, reported } = row;
      return { standing, detail, name, reported, pulse: pulseOf(row) };
    },
  };
};
