import { z } from 'zod';
import { type Verdict, VERDICTS } from '../../shared/model/verdict.ts';
import type { HostSource } from './freshness.ts';
import { PERIOD_SQL } from './period-facts.ts';
import { createStatements } from './statements.ts';
import type { Db } from './db.ts';

type ChangedHost = { readonly id: string; readonly name: string; readonly before: Verdict; readonly now: Verdict };
export type PostureChanges = {
  readonly better: number;
  readonly worse: number;
  readonly fresh: number;
  readonly firstBetter: ChangedHost[];
  readonly firstWorse: ChangedHost[];
};

export type PostureReader = {
  /** Hosts of now against those of the moment that `asOf` shows at this time. */
  readonly changes: (limit: number) => PostureChanges;
  readonly detect: (
    fromMs: number,
    toMs: number,
  ) => { readonly findings: number; readonly medianMs: number | null; readonly worstMs: number | null };
  readonly resolve: (fromMs: number, toMs: number) => { readonly findings: number; readonly medianMs: number | null };
  /** When the first host was recorded; null where there is none. */
  readonly beganAtMs: () => number | null;
};

const verdict = z.enum(VERDICTS);
const sumsSchema = z.object({ better: z.number(), worse: z.number(), fresh: z.number() });
const hostsSchema = z.array(z.object({ id: z.string(), name: z.string(), before: verdict, now: verdict }));
const detectSchema = z.object({ n: z.number(), median: z.number().nullable(), worst: z.number().nullable() });
const resolvedSchema = z.object({ n: z.number(), ms: z.number().nullable() });
const beganSchema = z.object({ ms: z.number().nullable() });

/** Severity is least where a host is worst. */
const BOTH = (from: HostSource): string => `${from} h LEFT JOIN as_of_host t ON t.id = h.id`;
/** What is asked, as SQL, so that a test can look at how it is answered. */
export const POSTURE_SQL = {
  sums: (from: HostSource): string => `SELECT coalesce(sum(t.severity < h.severity), 0) AS better,
    coalesce(sum(t.severity > h.severity), 0) AS worse, coalesce(sum(t.id IS NULL), 0) AS fresh FROM ${BOTH(from)}`,
  hosts: (from: HostSource, which: '<' | '>'): string => `SELECT h.id, h.name, t.verdict AS before, h.verdict AS now FROM ${BOTH(from)}
    WHERE t.severity ${which} h.severity ORDER BY h.severity, h.name, h.id LIMIT @limit`,
  /** The span before the finding ended with the last confirmation before it. */
  detect: `WITH gap AS MATERIALIZED (
      SELECT max(0, f.opened_at_ms - p.to_ms) AS ms FROM finding f
        JOIN span s ON s.host_id = f.host_id AND s.from_ms = f.opened_at_ms
        JOIN span p ON p.id = (SELECT max(b.id) FROM span b WHERE b.host_id = f.host_id AND b.id < s.id)
      WHERE f.opened_at_ms >= @from AND f.opened_at_ms < @to AND f.host_id IS NOT NULL AND f.severity <> 'info')
    SELECT count(*) AS n, (SELECT ms FROM gap ORDER BY ms LIMIT 1 OFFSET ((SELECT count(*) FROM gap) - 1) / 2) AS median, max(ms) AS worst FROM gap`,
} as const;

export const createPostureReader = (db: Db, source: () => HostSource): PostureReader => {
  const statement = createStatements(db);
  const detect = db.prepare(POSTURE_SQL.detect);
  const resolved = db.prepare(PERIOD_SQL.resolved);
  const began = db.prepare(PERIOD_SQL.began);
  return {
    changes: (limit) => {
      const hosts = (which: '<' | '>'): ChangedHost[] => hostsSchema.parse(statement(POSTURE_SQL.hosts(source(), which)).all({ limit }));
      return { ...sumsSchema.parse(statement(POSTURE_SQL.sums(source())).get()), firstBetter: hosts('<'), firstWorse: hosts('>') };
    },
    detect: (from, to) => {
      const { n, median, worst } = detectSchema.parse(detect.get({ from, to }));
      return { findings: n, medianMs: median, worstMs: worst };
    },
    resolve: (from, to) => {
      const { n, ms } = resolvedSchema.parse(resolved.get({ from, to }));
      return { findings: n, medianMs: ms };
    },
    beganAtMs: () => beganSchema.parse(began.get()).ms,
  };
};
