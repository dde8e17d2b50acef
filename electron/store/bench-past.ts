import type { Db } from './db.ts';
import { openDatabase } from './open.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const TREND_POINTS = 8_760;

const inDatabase = (folder: string, work: (db: Db) => void): void => {
  const opened = openDatabase(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  const { db, close } = opened.value;
  db.transaction(() => work(db))();
  close();
};

/**
 * Gives every host that is recorded a past, as large as observations over a year would have left it: so many spans, a finding that was
 * resolved for every other one, and a point of the trend an hour. Only for measuring: none of it is in the ledger.
 */
export const writePast = (folder: string, changes: number, nowMs: number): void =>
  inDatabase(folder, (db) => {
    const bound = { changes, step: Math.floor(YEAR_MS / changes), nowMs };
    const back = 'WITH RECURSIVE back (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM back WHERE i < @changes)';
    db.prepare(`${back}
      INSERT INTO span (id, host_id, from_ms, to_ms, verdict, reported, broken_link, reason, confirmations, name, host_class, verified, chain,
        country, site, assurance, covered, required, evidence_at_ms, seen_at_ms, decisive)
      SELECT -(s.id * @changes + i), s.host_id, s.from_ms - i * @step, s.from_ms - (i - 1) * @step, iif(i % 2, 'failed', 'trusted'), 'trusted',
        iif(i % 2, 'kernel', NULL), iif(i % 2, 'The kernel changed: it measures ' || i, s.reason), 4000, s.name, s.host_class, s.verified, s.chain,
        s.country, s.site, s.assurance, s.covered, s.required, s.from_ms - i * @step, s.from_ms - i * @step, s.decisive
      FROM span s, back WHERE s.id > 0 AND @nowMs > 0`).run(bound);
    db.prepare(`${back}
      INSERT INTO finding (host_id, subject, kind, severity, severity_order, title, detail, what, cause, opened_at_ms, cause_since_ms, resolved_at_ms)
      SELECT h.id, h.id, 'host-failed', 'critical', 0, 'Failed: ' || h.name, 'The kernel changed: it measures ' || i, 'The kernel changed',
        'host-failed/kernel/' || i, @nowMs - i * @step, @nowMs - i * @step, @nowMs - (i - 1) * @step
      FROM host h, back WHERE i % 2`).run(bound);
    db.prepare(`WITH RECURSIVE back (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM back WHERE i < ${TREND_POINTS})
      INSERT INTO trend SELECT @nowMs - i * ${HOUR_MS}, 10000, 9900 - i % 50, 50 + i % 50, 30, 20 FROM back`).run({ nowMs });
  });

/** Makes so many hosts of each that is recorded, alike but for name, id and when they changed. Only for measuring: they have no history. */
export const multiplyHosts = (folder: string, times: number): void =>
  inDatabase(folder, (db) => {
    db.prepare(`WITH RECURSIVE more (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM more WHERE i < @times - 1)
      INSERT INTO host (id, agent_id, endpoint, name, host_class, address, verdict, severity, verified, reported, disagreement, broken_link,
        broken_order, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
        policy_class, covered, required, max_age_ms, decided_by, labels)
      SELECT h.id || '-' || i, h.agent_id || '-' || i, h.endpoint, h.name || '-' || i, h.host_class, h.address, h.verdict, h.severity, h.verified,
        h.reported, h.disagreement, h.broken_link, h.broken_order, h.reason, h.chain, h.country, h.subdivision, h.site, h.assurance,
        h.evidence_at_ms + i * 7, h.changed_at_ms - abs(random() % ${YEAR_MS}), h.first_seen_ms, h.last_seen_ms, h.demo,
        replace(h.search, lower(h.name), lower(h.name) || '-' || i), h.policy_class, h.covered, h.required, h.max_age_ms, h.decided_by, h.labels
      FROM host h, more`).run({ times });
  });
