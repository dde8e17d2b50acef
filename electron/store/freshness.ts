import { z } from 'zod';
import { FUTURE_MS } from '../../shared/model/fresh.ts';
import type { Db } from './db.ts';

/** Decides at the moment of reading whether trusted evidence still counts. */
export type Freshness = {
  readonly nowMs: () => number;
  /** Endpoints of which something newer could not be recorded. */
  readonly notRecorded: () => readonly string[];
};

/** What every reader sees as a host, whichever table or view it reads. */
export const HOST_VIEW_COLUMNS = `id, agent_id, endpoint, name, host_class, address,
      CASE WHEN aged THEN 'stale' ELSE verdict END AS verdict,
      CASE WHEN aged THEN 2 ELSE severity END AS severity,
      CASE WHEN aged THEN 'stale' ELSE verified END AS verified,
      reported,
      CASE WHEN aged THEN 0 ELSE disagreement END AS disagreement,
      broken_link, broken_order,
      CASE WHEN aged THEN 'The evidence no longer counts; the host was trusted before.' ELSE reason END AS reason,
      CASE WHEN aged THEN replace(chain, 't', 'i') ELSE chain END AS chain,
      country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
      policy_class, CASE WHEN aged THEN 0 ELSE covered END AS covered, required, max_age_ms, labels`;

/**
 * What hosts are read from: as they are now; the same while all that came could be recorded, so that only time makes trust age; the same while
 * nothing has aged; or as they were known at a moment.
 */
export type HostSource = 'fresh_host' | 'aged_host' | 'plain_host' | 'as_of_host';

const IN_TIME = `evidence_at_ms IS NOT NULL AND evidence_at_ms >= now_ms() - max_age_ms AND evidence_at_ms <= now_ms() + ${FUTURE_MS}`;
const agedUnless = (fresh: string): string => `verdict = 'trusted' AND NOT (${fresh})`;

const UNFIT = `evidence_at_ms > now_ms() + ${FUTURE_MS}`;
/**
 * Whether a host that is recorded as trusted no longer is. Each question is answered from an index; the first one looks at no more hosts than
 * have evidence older than the least age that any class allows.
 */
export const ANY_AGED = `SELECT
    EXISTS (SELECT 1 FROM main.host WHERE +verdict = 'trusted' AND evidence_at_ms < now_ms() - max_age_ms
      AND evidence_at_ms < now_ms() - (SELECT min(max_age_ms) FROM main.host))
    OR EXISTS (SELECT 1 FROM main.host WHERE +verdict = 'trusted' AND ${UNFIT})
    OR EXISTS (SELECT 1 FROM main.host WHERE +verdict = 'trusted' AND evidence_at_ms IS NULL)
    OR EXISTS (SELECT 1 FROM main.host WHERE +verdict = 'trusted' AND endpoint IN (SELECT value FROM json_each(not_recorded()))) AS aged`;
const agedSchema = z.object({ aged: z.number() });

export type FreshHosts = {
  readonly use: (freshness: Freshness) => void;
  /** The view that says the truth at this moment: the plain one, which indexes serve, where nothing recorded has grown stale since. */
  readonly source: () => HostSource;
};

/**
 * What every reader sees as a host now: `trusted` only while its evidence is fresh and newer results can be recorded. Decided on reading,
 * so that no missed update, stopped clock or full disk can leave a host looking trusted. The rule is that of `isFresh`, in SQL.
 */
export const createFreshHosts = (db: Db): FreshHosts => {
  let current: Freshness | null = null;
  // Deterministic for SQLite means: once per statement, not once per host.
  db.function('now_ms', { deterministic: true }, () => current?.nowMs() ?? null);
  db.function('not_recorded', { deterministic: true }, () => JSON.stringify(current?.notRecorded() ?? []));
  db.exec(`
    CREATE TEMP VIEW fresh_host AS SELECT ${HOST_VIEW_COLUMNS}
    FROM (SELECT *, ${agedUnless(`${IN_TIME} AND endpoint NOT IN (SELECT value FROM json_each(not_recorded()))`)} AS aged FROM main.host);
    CREATE TEMP VIEW aged_host AS SELECT ${HOST_VIEW_COLUMNS} FROM (SELECT *, ${agedUnless(IN_TIME)} AS aged FROM main.host);
    CREATE TEMP VIEW plain_host AS SELECT * FROM main.host`);
  const anyAged = db.prepare(ANY_AGED);
  return {
    use: (freshness) => {
      current = freshness;
    },
    source: () => {
      if (current === null || agedSchema.parse(anyAged.get()).aged === 0) return 'plain_host';
      return current.notRecorded().length === 0 ? 'aged_host' : 'fresh_host';
    },
  };
};
