import type { Problem } from '../../shared/model/result.ts';
import { createBlobWriter } from './blob-writer.ts';
import { createExpirer } from './expire.ts';
import { endpointSubject } from './finding-query.ts';
import { createFindingSettler } from './finding-settler.ts';
import { createHostWriter } from './host-writer.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { createLocationWriter } from './location-writer.ts';
import type { Db } from './db.ts';
import { createRedecider, type Redecision } from './redecide.ts';
import { createSpanWriter } from './span-writer.ts';
import type { FindingDraft, HostRecord } from './records.ts';

export type EndpointRecord = {
  readonly name: string;
  readonly kind: string;
  readonly url: string;
  readonly problem: Problem | null;
  readonly hosts: number;
  readonly sweepAtMs: number | null;
  readonly successAtMs: number | null;
  readonly durationMs: number | null;
  readonly intervalMs: number;
  readonly demo: boolean;
};

export type Writer = {
  /**
   * Writes what of a record is too large for one transaction, step by step; then comes `recordHost`. The caller may pause between
   * steps, and should. What a record that never came leaves behind is deleted by `dropUnused`.
   */
  readonly putLarge: (record: HostRecord) => Iterable<void>;
  readonly dropUnused: () => Iterable<void>;
  /** Remembers appraised observations, all or none: current state, spans, evidence, findings, and who was confirmed when. */
  readonly recordHosts: (records: readonly HostRecord[]) => void;
  /** Writes what another manifest makes of what is known. */
  readonly redecide: (redecision: Redecision) => void;
  readonly recordEndpoint: (record: EndpointRecord) => void;
  /** Turns `trusted` into `stale` where the newest evidence is older than its class allows. Returns how many. */
  readonly expire: (nowMs: number) => number;
  /** Adds a point to the trend when the tally changed or `everyMs` passed since the last point. */
  readonly recordTrend: (nowMs: number, everyMs: number) => void;
  readonly setEndpointFinding: (endpoint: string, draft: FindingDraft | null, nowMs: number) => void;
};

/** For the store itself. */
export type WriterInside = Writer & {
  /** No confirmation is added any more to what is noted until now: it is about to be entered into the ledger. */
  readonly endConfirmations: () => void;
};

export const createWriter = (db: Db, ledger: LedgerWriter): WriterInside => {
  const settle = createFindingSettler(db, ledger);
  const spans = createSpanWriter(db, ledger);
  const locate = createLocationWriter(db);
  const blobs = createBlobWriter(db);
  const hosts = createHostWriter(db, { spans, settle, locate, blobs });
  const sql = {
    upsertEndpoint: db.prepare(`
      INSERT INTO endpoint (name, kind, url, problem, hosts, last_sweep_at_ms, last_success_at_ms, last_duration_ms, interval_ms, demo)
      VALUES (@name, @kind, @url, @problem, @hosts, @sweepAtMs, @successAtMs, @durationMs, @intervalMs, @demo)
      ON CONFLICT (name) DO UPDATE SET kind = @kind, url = @url, problem = @problem,
        hosts = CASE WHEN @successAtMs IS NULL THEN endpoint.hosts ELSE @hosts END,
        last_sweep_at_ms = coalesce(@sweepAtMs, endpoint.last_sweep_at_ms), last_success_at_ms = coalesce(@successAtMs, endpoint.last_success_at_ms),
        last_duration_ms = coalesce(@durationMs, endpoint.last_duration_ms), interval_ms = @intervalMs, demo = max(endpoint.demo, @demo)`),
    trend: db.prepare(`
      INSERT INTO trend (at_ms, inventory, trusted, failed, stale, inconclusive)
      SELECT @now, t.inventory, t.trusted, t.failed, t.stale, t.inconclusive FROM (
        SELECT count(*) AS inventory, coalesce(sum(verdict = 'trusted'), 0) AS trusted, coalesce(sum(verdict = 'failed'), 0) AS failed,
               coalesce(sum(verdict = 'stale'), 0) AS stale, coalesce(sum(verdict = 'inconclusive'), 0) AS inconclusive FROM host) t
      WHERE t.inventory > 0 AND NOT EXISTS (
        SELECT 1 FROM (SELECT * FROM trend ORDER BY at_ms DESC LIMIT 1) l
        WHERE l.at_ms > @now - @every AND l.inventory = t.inventory AND l.trusted = t.trusted AND l.failed = t.failed AND l.stale = t.stale
          AND l.inconclusive = t.inconclusive)
      ON CONFLICT DO NOTHING`),
  };

  return {
    putLarge: blobs.large.put,
    dropUnused: blobs.large.sweep,
    recordHosts: hosts.record,
    endConfirmations: hosts.endConfirmations,
    redecide: createRedecider(db, { spans, settle, locate }),
    expire: createExpirer(db, spans, settle),
    recordEndpoint: (record) => {
      sql.upsertEndpoint.run({
        ...record,
        problem: record.problem === null ? null : JSON.stringify(record.problem),
        demo: record.demo ? 1 : 0,
      });
    },
    recordTrend: (nowMs, everyMs) => {
      sql.trend.run({ now: nowMs, every: everyMs });
    },
    setEndpointFinding: db.transaction((endpoint: string, draft: FindingDraft | null, nowMs: number) => {
      settle(endpointSubject(endpoint), null, draft === null ? [] : [draft], nowMs);
    }),
  };
};
