import { z } from 'zod';
import { type EndpointStatus, type Overview, problemSchema, type Tally } from '../../shared/contract/schemas.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import type { HostSource } from './host-list.ts';
import type { Db } from './open.ts';
import { unpackChain } from './records.ts';

/** An endpoint as recorded; what is going on right now is known to the engine only. */
export type StoredEndpoint = Omit<EndpointStatus, 'state' | 'nextSweepAtMs'>;

export type FleetReaders = {
  readonly tally: () => Tally;
  readonly trend: (points: number) => Overview['trend'];
  readonly freshness: (nowMs: number, maxAgeMs: number) => Overview['freshness'];
  readonly links: () => Overview['links'];
  readonly places: () => Overview['places'];
  readonly disagreements: () => number;
  readonly endpoints: () => StoredEndpoint[];
  readonly demoHosts: () => number;
};

const count = z.object({ n: z.number() });
const tallySchema = z.object({
  inventory: z.number(),
  trusted: z.number(),
  failed: z.number(),
  stale: z.number(),
  inconclusive: z.number(),
});
const TALLY = `count(*) AS inventory, coalesce(sum(verdict = 'trusted'), 0) AS trusted, coalesce(sum(verdict = 'failed'), 0) AS failed,
  coalesce(sum(verdict = 'stale'), 0) AS stale, coalesce(sum(verdict = 'inconclusive'), 0) AS inconclusive`;
const pointSchema = tallySchema.extend({ atMs: z.number() });
const placeSchema = tallySchema.extend({ country: z.string().nullable() });
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
const chainRow = z.object({ chain: z.string(), broken_link: z.string().nullable(), n: z.number() });

export const createFleetReaders = (db: Db, source: HostSource = 'fresh_host'): FleetReaders => {
  const sql = {
    tally: db.prepare(`SELECT ${TALLY} FROM ${source}`),
    // The newest point of each bucket. Thinned, not averaged: every point shown was recorded.
    trend: db.prepare(`
      WITH span AS (SELECT max(1, (max(at_ms) - min(at_ms)) / CAST(@points AS INTEGER)) AS bucket, max(at_ms) AS newest FROM trend)
      SELECT at_ms AS atMs, inventory, trusted, failed, stale, inconclusive FROM trend
      WHERE at_ms IN (SELECT max(at_ms) FROM trend, span GROUP BY (span.newest - at_ms) / span.bucket) ORDER BY at_ms`),
    extremes: db.prepare(
      `SELECT max(evidence_at_ms) AS newest, min(CASE WHEN verdict = 'trusted' THEN evidence_at_ms END) AS oldest FROM ${source}`,
    ),
    younger: db.prepare(`SELECT count(*) AS n FROM ${source} WHERE evidence_at_ms >= ?`),
    chains: db.prepare(`SELECT chain, broken_link, count(*) AS n FROM ${source} GROUP BY chain, broken_link`),
    places: db.prepare(
      `SELECT country, ${TALLY} FROM ${source} GROUP BY country ORDER BY sum(verdict = 'failed') DESC, count(*) DESC, country`,
    ),
    disagreements: db.prepare(`SELECT count(*) AS n FROM ${source} WHERE disagreement = 1`),
    endpoints: db.prepare('SELECT * FROM endpoint ORDER BY name'),
    demoHosts: db.prepare(`SELECT count(*) AS n FROM ${source} WHERE demo = 1`),
  };
  return {
    tally: () => tallySchema.parse(sql.tally.get()),
    trend: (points) => sql.trend.all({ points }).map((raw) => pointSchema.parse(raw)),
    freshness: (nowMs, maxAgeMs) => {
      const { newest, oldest } = z.object({ newest: z.number().nullable(), oldest: z.number().nullable() }).parse(sql.extremes.get());
      const total = tallySchema.parse(sql.tally.get()).inventory;
      const bounds = [...new Set([60_000, 300_000, maxAgeMs, 3_600_000, 86_400_000])].sort((a, b) => a - b);
      let before = 0;
      const ages: Overview['freshness']['ages'] = bounds.map((upToMs) => {
        const within = count.parse(sql.younger.get(nowMs - upToMs)).n;
        const hosts = Math.max(0, within - before);
        before = within;
        return { upToMs, hosts };
      });
      ages.push({ upToMs: null, hosts: Math.max(0, total - before) });
      return { newestEvidenceAtMs: newest, oldestTrustedEvidenceAtMs: oldest, maxAgeMs, ages };
    },
    links: () => {
      const result = LINKS.map((link) => ({ link, trusted: 0, failed: 0, inconclusive: 0, notRequired: 0, firstBroken: 0 }));
      for (const raw of sql.chains.all()) {
        const row = chainRow.parse(raw);
        unpackChain(row.chain).forEach((verdict, index) => {
          const slot = result[index];
          if (!slot) return;
          slot[verdict === 'not-required' ? 'notRequired' : verdict] += row.n;
          if (slot.link === row.broken_link) slot.firstBroken += row.n;
        });
      }
      return result;
    },
    places: () =>
      sql.places.all().map((raw) => {
        const { inventory, ...place } = placeSchema.parse(raw);
        return { ...place, hosts: inventory };
      }),
    disagreements: () => count.parse(sql.disagreements.get()).n,
    endpoints: () =>
      sql.endpoints.all().map((raw) => {
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
    demoHosts: () => count.parse(sql.demoHosts.get()).n,
  };
};
