import { z } from 'zod';
import type { Retention } from '../../shared/contract/job-schemas.ts';
import type { LedgerDraft, LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_RETENTION: Retention = { confirmationsDays: 90, quotesDays: 90, evidenceDays: 400, trendDays: 31 };

export type Purged = {
  readonly confirmations: number;
  readonly quotes: number;
  readonly evidence: number;
  readonly trend: number;
};

export type Purge = (retention: Retention, nowMs: number, who: LedgerDraft['who']) => Generator<void, Purged>;

const coveredSchema = z.object({ to: z.number(), until: z.number().nullable() });
const blobSchema = z.object({ sha256: z.string() }).optional();
/** A quote that others are packed with goes with the last of them. */
const NOT_A_BASE = 'NOT EXISTS (SELECT 1 FROM quote o WHERE o.base_id = q.id)';
const STEP = 500;
const YEAR_MS = 365 * DAY_MS;

/** Repeats a step until it changes nothing more. */
function* until(step: () => number): Generator<void, number> {
  let total = 0;
  for (let changed = step(); changed > 0; changed = step()) {
    total += changed;
    yield;
  }
  return total;
}

const at = (ms: number): string => new Date(ms).toISOString();

/**
 * Deletes what is older than it is kept for, in steps of a few milliseconds; it may be stopped between any two. The ledger says first what is
 * about to go, so that nothing is ever missing without a word.
 */
export const createPurge = (db: Db, ledger: LedgerWriter): Purge => {
  const sql = {
    // Whole ranges that an entry covers, so that what is left can still be held against its root.
    covered: db.prepare(
      "SELECT json_extract(bytes, '$.body.batches.to') AS \"to\", (SELECT at_ms FROM confirmation WHERE id = json_extract(bytes, '$.body.batches.to')) AS until FROM ledger_entry WHERE kind = 'sweep.confirmed' ORDER BY seq",
    ),
    confirmations: db.prepare(`DELETE FROM confirmation WHERE id IN (SELECT id FROM confirmation WHERE id <= ? ORDER BY id LIMIT ${STEP})`),
    quotes: db.prepare(`
      DELETE FROM quote WHERE id IN (
        SELECT q.id FROM quote q INDEXED BY quote_by_age WHERE q.at_ms < @before AND NOT EXISTS (SELECT 1 FROM span s WHERE s.quote_sha256 = q.sha256)
          AND ${NOT_A_BASE} LIMIT ${STEP})`),
    spanQuotes: db.prepare(`
      DELETE FROM quote WHERE id IN (
        SELECT q.id FROM quote q INDEXED BY quote_by_age JOIN span s ON s.quote_sha256 = q.sha256
        WHERE q.at_ms < @before AND s.to_ms < @before AND NOT EXISTS (SELECT 1 FROM pulse p WHERE p.span_id = s.id) AND ${NOT_A_BASE} LIMIT ${STEP})`),
    nextBlob: db.prepare('SELECT sha256 FROM blob WHERE sha256 > ? ORDER BY sha256 LIMIT 1 OFFSET ?'),
    blobs: db.prepare(`
      DELETE FROM blob WHERE sha256 > @after AND sha256 <= @upTo
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE event_log_sha256 = blob.sha256)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE ima_sha256 = blob.sha256)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE runtime_reference_sha256 = blob.sha256)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE ek_certificate_sha256 = blob.sha256)
        AND NOT EXISTS (SELECT 1 FROM span s WHERE s.event_log_sha256 = blob.sha256 AND (s.to_ms >= @before OR s.id IN (SELECT span_id FROM pulse)))
        AND NOT EXISTS (SELECT 1 FROM span s WHERE s.ima_sha256 = blob.sha256 AND (s.to_ms >= @before OR s.id IN (SELECT span_id FROM pulse)))
        AND NOT EXISTS (SELECT 1 FROM span s WHERE s.runtime_reference_sha256 = blob.sha256 AND (s.to_ms >= @before OR s.id IN (SELECT span_id FROM pulse)))
        AND NOT EXISTS (SELECT 1 FROM span s WHERE s.ek_certificate_sha256 = blob.sha256 AND (s.to_ms >= @before OR s.id IN (SELECT span_id FROM pulse)))`),
    // The newest point of each bucket stays.
    trend: db.prepare(`
      DELETE FROM trend WHERE at_ms < @before AND at_ms >= @since AND at_ms NOT IN (SELECT max(at_ms) FROM trend WHERE at_ms < @before AND at_ms >= @since GROUP BY at_ms / CAST(@bucket AS INTEGER))`),
  };

  const lastCoveredBefore = (atMs: number): number => {
    let last = 0;
    for (const raw of sql.covered.iterate()) {
      const { to, until: untilMs } = coveredSchema.parse(raw);
      // Batches that are gone already were older still.
      if (untilMs !== null && untilMs >= atMs) break;
      last = to;
    }
    return last;
  };

  function* dropBlobs(before: number): Generator<void, number> {
    let total = 0;
    for (let after = ''; ; ) {
      const upTo = blobSchema.parse(sql.nextBlob.get(after, STEP - 1))?.sha256;
      total += sql.blobs.run({ after, upTo: upTo ?? '~', before }).changes;
      yield;
      if (upTo === undefined) return total;
      after = upTo;
    }
  }

  return function* purge(retention, nowMs, who) {
    const confirmationsTo = lastCoveredBefore(nowMs - retention.confirmationsDays * DAY_MS);
    const quotesBefore = nowMs - retention.quotesDays * DAY_MS;
    const evidenceBefore = nowMs - retention.evidenceDays * DAY_MS;
    const trendBefore = nowMs - retention.trendDays * DAY_MS;
    ledger.append({
      who,
      kind: 'store.purged',
      subject: 'database',
      body: {
        confirmationsTo,
        quotesBefore: at(quotesBefore),
        evidenceBefore: at(evidenceBefore),
        detail: `Confirmations up to batch ${confirmationsTo}, quotes of routine before ${at(quotesBefore)} and evidence of what ended before ${at(evidenceBefore)} are not kept any more.`,
      },
    });
    const confirmations = yield* until(() => sql.confirmations.run(confirmationsTo).changes);
    const routine = yield* until(() => sql.quotes.run({ before: quotesBefore }).changes);
    const ended = yield* until(() => sql.spanQuotes.run({ before: evidenceBefore }).changes);
    const evidence = yield* dropBlobs(evidenceBefore);
    const hourly = sql.trend.run({ before: trendBefore, since: nowMs - YEAR_MS, bucket: 60 * 60 * 1000 }).changes;
    yield;
    const daily = sql.trend.run({ before: Math.min(trendBefore, nowMs - YEAR_MS), since: 0, bucket: DAY_MS }).changes;
    return { confirmations, quotes: routine + ended, evidence, trend: hourly + daily };
  };
};
