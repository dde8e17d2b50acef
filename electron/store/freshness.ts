import { isFresh } from '../../shared/model/fresh.ts';
import type { Db } from './open.ts';

/** Decides at the moment of reading whether trusted evidence still counts. */
export type Freshness = { readonly nowMs: () => number; readonly isRecording: (endpoint: string) => boolean };

/**
 * What every reader sees as a host: `trusted` only while its evidence is fresh and newer results can be recorded. Decided on reading, so
 * that no missed update, stopped clock or full disk can leave a host looking trusted.
 */
export const createFreshHosts = (db: Db): { use: (freshness: Freshness) => void } => {
  let current: Freshness | null = null;
  db.function('is_fresh', (evidenceAtMs: unknown, endpoint: unknown, maxAgeMs: unknown) => {
    if (current === null) return 1;
    if (typeof evidenceAtMs !== 'number' || typeof endpoint !== 'string' || typeof maxAgeMs !== 'number') return 0;
    return isFresh(evidenceAtMs, maxAgeMs, current.nowMs()) && current.isRecording(endpoint) ? 1 : 0;
  });
  db.exec(`
    CREATE TEMP VIEW fresh_host AS
    SELECT id, agent_id, endpoint, name, host_class, address,
      CASE WHEN aged THEN 'stale' ELSE verdict END AS verdict,
      CASE WHEN aged THEN 2 ELSE severity END AS severity,
      CASE WHEN aged THEN 'stale' ELSE verified END AS verified,
      reported,
      CASE WHEN aged THEN 0 ELSE disagreement END AS disagreement,
      broken_link, broken_order,
      CASE WHEN aged THEN 'The evidence no longer counts; the host was trusted before.' ELSE reason END AS reason,
      CASE WHEN aged THEN replace(chain, 't', 'i') ELSE chain END AS chain,
      country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
      policy_class, CASE WHEN aged THEN 0 ELSE covered END AS covered, required
    FROM (SELECT *, verdict = 'trusted' AND NOT is_fresh(evidence_at_ms, endpoint, max_age_ms) AS aged FROM main.host)`);
  return {
    use: (freshness) => {
      current = freshness;
    },
  };
};
