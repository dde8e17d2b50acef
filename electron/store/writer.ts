import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Problem } from '../../shared/model/result.ts';
import { createLargeEvidence, isLarge } from './large-evidence.ts';
import { createExpirer } from './expire.ts';
import { createFindingSettler, settledBy } from './finding-settler.ts';
import { createLocationWriter } from './location-writer.ts';
import type { Db } from './open.ts';
import { createRedecider, type Redecision } from './redecide.ts';
import { createSpanWriter } from './span-writer.ts';
import { type FindingDraft, type HostRecord, linkOrder, packChain, severityOf } from './records.ts';

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
  /** Remembers one appraised observation: current state, span, evidence, findings; one transaction. */
  readonly recordHost: (record: HostRecord) => { readonly changed: boolean };
  /** Writes what another manifest makes of what is known. */
  readonly redecide: (redecision: Redecision) => void;
  readonly recordEndpoint: (record: EndpointRecord) => void;
  /** Turns `trusted` into `stale` where the newest evidence is older than its class allows. Returns how many. */
  readonly expire: (nowMs: number) => number;
  /** Adds a point to the trend when the tally changed or `everyMs` passed since the last point. */
  readonly recordTrend: (nowMs: number, everyMs: number) => void;
  readonly setEndpointFinding: (endpoint: string, draft: FindingDraft | null, nowMs: number) => void;
};

const currentSchema = z
  .object({
    verdict: z.string(),
    broken_link: z.string().nullable(),
    reason: z.string(),
    reported: z.string(),
    decisive: z.string().nullable(),
  })
  .optional();
const digest = z.string().nullable();
const blobsSchema = z.object({ eventLog: digest, ima: digest, runtimeReference: digest }).optional();

const NO_BYTES = new Uint8Array();

export const createWriter = (db: Db): Writer => {
  const large = createLargeEvidence(db);
  const settleFindings = createFindingSettler(db);
  const spans = createSpanWriter(db);
  const locate = createLocationWriter(db);
  const sql = {
    current: db.prepare(
      'SELECT h.verdict, h.broken_link, h.reason, h.reported, s.decisive FROM host h JOIN host_state s ON s.host_id = h.id WHERE h.id = ?',
    ),
    upsertHost: db.prepare(`
      INSERT INTO host (id, agent_id, endpoint, name, host_class, address, verdict, severity, verified, reported, disagreement, broken_link,
        broken_order, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
        policy_class, covered, required, max_age_ms, decided_by)
      VALUES (@id, @agentId, @endpoint, @name, @hostClass, @address, @verdict, @severity, @verified, @reported, @disagreement, @brokenLink,
        @brokenOrder, @reason, @chain, @country, @subdivision, @site, @assurance, @evidenceAtMs, @seenAtMs, @seenAtMs, @seenAtMs, @demo, @search,
        @policyClass, @covered, @required, @maxAgeMs, @decidedBy)
      ON CONFLICT (id) DO UPDATE SET name = @name, host_class = @hostClass, address = @address,
        changed_at_ms = CASE WHEN host.verdict = @verdict THEN host.changed_at_ms ELSE @seenAtMs END,
        verdict = @verdict, severity = @severity, verified = @verified, reported = @reported, disagreement = @disagreement,
        broken_link = @brokenLink, broken_order = @brokenOrder, reason = @reason, chain = @chain, country = @country,
        subdivision = @subdivision, site = @site, assurance = @assurance,
        evidence_at_ms = coalesce(@evidenceAtMs, host.evidence_at_ms), last_seen_ms = @seenAtMs, demo = @demo, search = @search,
        policy_class = @policyClass, covered = @covered, required = @required, max_age_ms = @maxAgeMs, decided_by = @decidedBy`),
    upsertState: db.prepare(`
      INSERT INTO host_state (host_id, detail, ak_name, ak_pinned_at_ms, ek_sha256, clock, event_log_sha256, ima_sha256, runtime_reference_sha256,
        standing, decisive, tag_serial)
      VALUES (@id, @detail, @akName, CASE WHEN @akName IS NULL THEN NULL ELSE @seenAtMs END, @ekSha256, @clock, @eventLog, @ima, @runtimeReference,
        @standing, @decisive, @tagSerial)
      ON CONFLICT (host_id) DO UPDATE SET detail = @detail, standing = @standing, decisive = @decisive,
        ak_pinned_at_ms = CASE WHEN @akName IS NULL OR host_state.ak_name = @akName THEN host_state.ak_pinned_at_ms ELSE @seenAtMs END,
        ak_name = coalesce(@akName, host_state.ak_name), ek_sha256 = coalesce(@ekSha256, host_state.ek_sha256), clock = coalesce(@clock, host_state.clock),
        event_log_sha256 = CASE WHEN @fetched THEN @eventLog ELSE host_state.event_log_sha256 END,
        ima_sha256 = CASE WHEN @fetched THEN @ima ELSE host_state.ima_sha256 END,
        runtime_reference_sha256 = CASE WHEN @fetched THEN @runtimeReference ELSE host_state.runtime_reference_sha256 END,
        tag_serial = CASE WHEN @fetched THEN @tagSerial ELSE host_state.tag_serial END`),
    oldBlobs: db.prepare(
      'SELECT event_log_sha256 AS eventLog, ima_sha256 AS ima, runtime_reference_sha256 AS runtimeReference FROM host_state WHERE host_id = ?',
    ),
    hasBlob: db.prepare('SELECT 1 FROM blob WHERE sha256 = ?'),
    putBlob: db.prepare('INSERT INTO blob (sha256, kind, bytes, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    // Evidence that no host's last observation rests on any more; raw evidence of the past is not kept in this version.
    dropBlob: db.prepare(`
      DELETE FROM blob WHERE sha256 = @sha
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE event_log_sha256 = @sha)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE ima_sha256 = @sha)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE runtime_reference_sha256 = @sha)`),
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

  const recordHost = db.transaction((record: HostRecord) => {
    const before = currentSchema.parse(sql.current.get(record.id));
    const old = blobsSchema.parse(sql.oldBlobs.get(record.id));
    const { location, blobs } = record;
    sql.upsertHost.run({
      id: record.id,
      agentId: record.agentId,
      endpoint: record.endpoint,
      name: record.name,
      hostClass: record.hostClass,
      address: record.address,
      verdict: record.verdict,
      severity: severityOf(record.verdict),
      verified: record.verified,
      reported: record.reported,
      disagreement: record.disagreement ? 1 : 0,
      brokenLink: record.brokenLink,
      brokenOrder: linkOrder(record.brokenLink),
      reason: record.reason,
      chain: packChain(record.chain),
      country: location.country,
      subdivision: location.subdivision,
      site: location.site,
      assurance: location.assurance,
      evidenceAtMs: record.evidenceAtMs,
      seenAtMs: record.seenAtMs,
      demo: record.demo ? 1 : 0,
      policyClass: record.policyClass,
      covered: record.coverage.covered,
      required: record.coverage.required,
      maxAgeMs: record.maxAgeMs,
      decidedBy: record.decidedBy,
      search: [record.name, record.agentId, record.hostClass, location.site, location.country, record.endpoint, record.reason]
        .join('\n')
        .toLowerCase(),
    });
    for (const blob of [blobs?.eventLog, blobs?.ima, blobs?.runtimeReference]) {
      if (!blob || sql.hasBlob.get(blob.sha256) !== undefined) continue;
      if (blob.encoding === 'stored') throw new Error(`the ${blob.kind} that should be kept is not there`);
      if (isLarge(blob) && !large.isWhole(blob)) throw new Error(`the parts of the ${blob.kind} are not all there`);
      const packed = isLarge(blob) ? NO_BYTES : blob.encoding === 'gzip' ? blob.bytes : gzipSync(blob.bytes, { level: 1 });
      sql.putBlob.run(blob.sha256, blob.kind, packed, blob.size);
    }
    sql.upsertState.run({
      id: record.id,
      detail: record.detail,
      akName: record.akName,
      seenAtMs: record.seenAtMs,
      ekSha256: record.ekSha256,
      clock: record.clock === null ? null : JSON.stringify(record.clock),
      standing: record.standing,
      decisive: record.decisive,
      tagSerial: record.tagSerial,
      fetched: blobs === null ? 0 : 1,
      eventLog: blobs?.eventLog?.sha256 ?? null,
      ima: blobs?.ima?.sha256 ?? null,
      runtimeReference: blobs?.runtimeReference?.sha256 ?? null,
    });
    if (blobs !== null) {
      const now = new Set([blobs.eventLog?.sha256, blobs.ima?.sha256, blobs.runtimeReference?.sha256]);
      for (const sha of Object.values(old ?? {})) if (sha !== null && !now.has(sha)) sql.dropBlob.run({ sha });
    }
    const same =
      before !== undefined &&
      before.verdict === record.verdict &&
      before.broken_link === record.brokenLink &&
      before.reported === record.reported &&
      before.decisive === record.decisive &&
      (before.reason === record.reason || record.verdict === 'trusted' || record.verdict === 'stale');
    spans.extendOrStart(same, {
      id: record.id,
      standing: record.standing,
      manifest: record.decidedBy,
      at: record.seenAtMs,
      verdict: record.verdict,
      reported: record.reported,
      brokenLink: record.brokenLink,
      reason: record.reason,
    });
    locate(record.id, record, record.seenAtMs);
    settleFindings(record.id, record.id, record.findings, record.seenAtMs, settledBy(record.silent));
    return { changed: !same };
  });

  return {
    putLarge: large.put,
    dropUnused: large.sweep,
    recordHost,
    redecide: createRedecider(db, { spans, settle: settleFindings, locate }),
    expire: createExpirer(db, spans, settleFindings),
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
      settleFindings(`endpoint:${endpoint}`, null, draft === null ? [] : [draft], nowMs);
    }),
  };
};
