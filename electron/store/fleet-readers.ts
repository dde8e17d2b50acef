import { z } from 'zod';
import { type EndpointStatus, type Overview, problemSchema, type Tally } from '../../shared/contract/schemas.ts';
import { disagreementsOf, type Group, groupsSchema, groupsSql, linksOf, placesOf, tallyOf } from './fleet-groups.ts';
import type { HostSource } from './freshness.ts';
import type { Db } from './db.ts';
import { createStatements } from './statements.ts';

/** An endpoint as recorded; what is going on right now is known to the engine only. */
export type StoredEndpoint = Omit<EndpointStatus, 'state' | 'nextSweepAtMs'>;

export type FleetReaders = {
  /** What the overview counts, of one moment. */
  readonly summary: () => Pick<Overview, 'tally' | 'disagreements' | 'links' | 'places'>;
  readonly tally: () => Tally;
  /** Recorded points only, since then. */
  readonly trend: (points: number, sinceMs?: number) => Overview['trend'];
  readonly freshness: (nowMs: number, maxAgeMs: number) => Overview['freshness'];
  readonly links: () => Overview['links'];
  readonly places: () => Overview['places'];
  readonly disagreements: () => number;
  readonly endpoints: () => StoredEndpoint[];
  readonly demoHosts: () => number;
};

const count = z.object({ n: z.number() });
const pointSchema = z.object({
  atMs: z.number(),
  inventory: z.number(),
  trusted: z.number(),
  failed: z.number(),
  stale: z.number(),
  inconclusive: z.number(),
});
const endsSchema = z.object({ oldest: z.number().nullable(), newest: z.number().nullable() });
const endpointRow = z.object({
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  problem: z.string().nullable(),
  hosts: z.number(),
  last_sweep_at_ms: z.number().nullable(),
  last_success_at_ms: z.number().nullable(),
  last_duration_ms: z.number().nullable(),
  interval_ms: z.number(),
  demo: z.number(),
});

/** What is asked, as SQL, so that a test can look at how it is answered. */
export const FLEET_SQL = {
  ends: 'SELECT (SELECT min(at_ms) FROM trend) AS oldest, (SELECT max(at_ms) FROM trend) AS newest',
  point: `SELECT at_ms AS atMs, inventory, trusted, failed, stale, inconclusive FROM trend
    WHERE at_ms > @after AND at_ms <= @to ORDER BY at_ms DESC LIMIT 1`,
  demoHosts: (from: HostSource): string => `SELECT count(*) AS n FROM ${from} WHERE demo = 1`,
  newest: (from: HostSource): string => `SELECT max(evidence_at_ms) AS atMs FROM ${from}`,
  oldestTrusted: (from: HostSource): string =>
    `SELECT evidence_at_ms AS atMs FROM ${from} WHERE evidence_at_ms IS NOT NULL AND +verdict = 'trusted' ORDER BY evidence_at_ms LIMIT 1`,
  between: (from: HostSource): string => `SELECT count(*) AS n FROM ${from} WHERE evidence_at_ms >= @from AND evidence_at_ms < @to`,
} as const;
const momentSchema = z.object({ atMs: z.number().nullable() }).optional();

export const createFleetReaders = (db: Db, source: () => HostSource): FleetReaders => {
  const statement = createStatements(db);
  const ends = db.prepare(FLEET_SQL.ends);
  const point = db.prepare(FLEET_SQL.point);
  const endpoints = db.prepare('SELECT * FROM endpoint ORDER BY name');
  const groups = (): readonly Group[] => groupsSchema.parse(statement(groupsSql(source())).all());
  const moment = (sql: string): number | null => momentSchema.parse(statement(sql).get())?.atMs ?? null;
  return {
    summary: () => {
      const all = groups();
      return { tally: tallyOf(all), disagreements: disagreementsOf(all), links: linksOf(all), places: placesOf(all) };
    },
    tally: () => tallyOf(groups()),
    links: () => linksOf(groups()),
    places: () => placesOf(groups()),
    disagreements: () => disagreementsOf(groups()),
    // The newest point of each bucket, each found by one look. Thinned, not averaged: every point shown was recorded.
    trend: (points, sinceMs = 0) => {
      const { oldest: first, newest } = endsSchema.parse(ends.get());
      if (first === null || newest === null) return [];
      const oldest = Math.max(first, sinceMs);
      const bucket = Math.max(1, Math.floor((newest - oldest) / points));
      const found: Overview['trend'] = [];
      for (let to = newest; to >= oldest; to -= bucket) {
        const raw = point.get({ to, after: to - bucket });
        const at = raw === undefined ? null : pointSchema.parse(raw);
        if (at !== null && at.atMs >= oldest) found.push(at);
      }
      return found.reverse();
    },
    freshness: (nowMs, maxAgeMs) => {
      const from = source();
      const bounds = [...new Set([60_000, 300_000, maxAgeMs, 3_600_000, 86_400_000])].sort((a, b) => a - b);
      let rest = count.parse(statement(`SELECT count(*) AS n FROM ${from}`).get()).n;
      let to = Number.MAX_SAFE_INTEGER;
      const ages: Overview['freshness']['ages'] = [];
      for (const upToMs of bounds) {
        // Once all are counted, nothing older is looked for.
        const hosts = rest === 0 ? 0 : count.parse(statement(FLEET_SQL.between(from)).get({ from: nowMs - upToMs, to })).n;
        ages.push({ upToMs, hosts });
        rest -= hosts;
        to = nowMs - upToMs;
      }
      ages.push({ upToMs: null, hosts: rest });
      return {
        newestEvidenceAtMs: moment(FLEET_SQL.newest(from)),
        oldestTrustedEvidenceAtMs: moment(FLEET_SQL.oldestTrusted(from)),
        maxAgeMs,
        ages,
      };
    },
    endpoints: () =>
      endpoints.all().map((raw) => {
        const row = endpointRow.parse(raw);
        return {
          name: row.name,
          kind: row.kind,
          url: row.url,
          problem: row.problem === null ? null : problemSchema.parse(JSON.parse(row.problem)),
          hosts: row.hosts,
          lastSweepAtMs: row.last_sweep_at_ms,
          lastSuccessAtMs: row.last_success_at_ms,
          lastDurationMs: row.last_duration_ms,
          intervalMs: row.interval_ms,
          demo: row.demo === 1,
        };
      }),
    demoHosts: () => count.parse(statement(FLEET_SQL.demoHosts(source())).get()).n,
  };
};
