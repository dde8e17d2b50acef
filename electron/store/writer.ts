import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Problem } from '../../shared/model/result.ts';
import { createLargeEvidence, isLarge } from './large-evidence.ts';
import type { Db } from './open.ts';
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
  readonly recordEndpoint: (record: EndpointRecord) => void;
  /** Turns `trusted` into `stale` where the newest evidence is older than `beforeMs`. Returns how many. */
  readonly expire: (beforeMs: number, nowMs: number) => number;
  /** Adds a point to the trend when the tally changed or `everyMs` passed since the last point. */
  readonly recordTrend: (nowMs: number, everyMs: number) => void;
  readonly setEndpointFinding: (endpoint: string, draft: FindingDraft | null, nowMs: number) => void;
};

const LASTING = ['host-failed', 'disagreement', 'host-stale', 'host-inconclusive', 'reported-without-policy', 'endpoint-silent'] as const;
const currentSchema = z
  .object({ verdict: z.string(), broken_link: z.string().nullable(), reason: z.string(), reported: z.string() })
  .optional();
const spanIdSchema = z.object({ id: z.number() }).optional();
const openSchema = z.array(z.object({ id: z.number(), kind: z.string() }));
const digest = z.string().nullable();
const blobsSchema = z.object({ eventLog: digest, ima: digest, runtimeReference: digest }).optional();
const staleSchema = z.array(z.object({ id: z.string(), name: z.string(), reported: z.string(), evidence_at_ms: z.number() }));

const NO_BYTES = new Uint8Array();

export const createWriter = (db: Db): Writer => {
  const large = createLargeEvidence(db);
  const sql = {
    current: db.prepare('SELECT verdict, broken_link, reason, reported FROM host WHERE id = ?'),
    upsertHost: db.prepare(`
      INSERT INTO host (id, agent_id, endpoint, name, host_class, address, verdict, severity, verified, reported, disagreement, broken_link,
        broken_order, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search)
      VALUES (@id, @agentId, @endpoint, @name, @hostClass, @address, @verdict, @severity, @verified, @reported, @disagreement, @brokenLink,
        @brokenOrder, @reason, @chain, @country, @subdivision, @site, @assurance, @evidenceAtMs, @seenAtMs, @seenAtMs, @seenAtMs, @demo, @search)
      ON CONFLICT (id) DO UPDATE SET name = @name, host_class = @hostClass, address = @address,
        changed_at_ms = CASE WHEN host.verdict = @verdict THEN host.changed_at_ms ELSE @seenAtMs END,
        verdict = @verdict, severity = @severity, verified = @verified, reported = @reported, disagreement = @disagreement,
        broken_link = @brokenLink, broken_order = @brokenOrder, reason = @reason, chain = @chain, country = @country,
        subdivision = @subdivision, site = @site, assurance = @assurance,
        evidence_at_ms = coalesce(@evidenceAtMs, host.evidence_at_ms), last_seen_ms = @seenAtMs, demo = @demo, search = @search`),
    upsertState: db.prepare(`
      INSERT INTO host_state (host_id, detail, ak_name, ak_pinned_at_ms, ek_sha256, clock, event_log_sha256, ima_sha256, runtime_reference_sha256)
      VALUES (@id, @detail, @akName, CASE WHEN @akName IS NULL THEN NULL ELSE @seenAtMs END, @ekSha256, @clock, @eventLog, @ima, @runtimeReference)
      ON CONFLICT (host_id) DO UPDATE SET detail = @detail,
        ak_pinned_at_ms = CASE WHEN @akName IS NULL OR host_state.ak_name = @akName THEN host_state.ak_pinned_at_ms ELSE @seenAtMs END,
        ak_name = coalesce(@akName, host_state.ak_name), ek_sha256 = coalesce(@ekSha256, host_state.ek_sha256), clock = coalesce(@clock, host_state.clock),
        event_log_sha256 = CASE WHEN @fetched THEN @eventLog ELSE host_state.event_log_sha256 END,
        ima_sha256 = CASE WHEN @fetched THEN @ima ELSE host_state.ima_sha256 END,
        runtime_reference_sha256 = CASE WHEN @fetched THEN @runtimeReference ELSE host_state.runtime_reference_sha256 END`),
    oldBlobs: db.prepare(
      'SELECT event_log_sha256 AS eventLog, ima_sha256 AS ima, runtime_reference_sha256 AS runtimeReference FROM host_state WHERE host_id = ?',
    ),
    lastSpan: db.prepare('SELECT id FROM span WHERE host_id = ? ORDER BY id DESC LIMIT 1'),
    extendSpan: db.prepare('UPDATE span SET to_ms = @at, confirmations = confirmations + 1 WHERE id = @id'),
    newSpan: db.prepare(
      'INSERT INTO span (host_id, from_ms, to_ms, verdict, reported, broken_link, reason, confirmations) VALUES (@id, @at, @at, @verdict, @reported, @brokenLink, @reason, 1)',
    ),
    hasBlob: db.prepare('SELECT 1 FROM blob WHERE sha256 = ?'),
    putBlob: db.prepare('INSERT INTO blob (sha256, kind, bytes, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    // Evidence that no host's last observation rests on any more; raw evidence of the past is not kept in this version.
    dropBlob: db.prepare(`
      DELETE FROM blob WHERE sha256 = @sha
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE event_log_sha256 = @sha)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE ima_sha256 = @sha)
        AND NOT EXISTS (SELECT 1 FROM host_state WHERE runtime_reference_sha256 = @sha)`),
    openFindings: db.prepare('SELECT id, kind FROM finding WHERE subject = ? AND resolved_at_ms IS NULL'),
    resolve: db.prepare('UPDATE finding SET resolved_at_ms = ? WHERE id = ?'),
    updateFinding: db.prepare('UPDATE finding SET title = ?, detail = ?, severity = ? WHERE id = ?'),
    openFinding: db.prepare(
      'INSERT INTO finding (host_id, subject, kind, severity, title, detail, opened_at_ms, resolved_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    upsertEndpoint: db.prepare(`
      INSERT INTO endpoint (name, kind, url, problem, hosts, last_sweep_at_ms, last_success_at_ms, last_duration_ms, interval_ms, demo)
      VALUES (@name, @kind, @url, @problem, @hosts, @sweepAtMs, @successAtMs, @durationMs, @intervalMs, @demo)
      ON CONFLICT (name) DO UPDATE SET kind = @kind, url = @url, problem = @problem,
        hosts = CASE WHEN @successAtMs IS NULL THEN endpoint.hosts ELSE @hosts END,
        last_sweep_at_ms = coalesce(@sweepAtMs, endpoint.last_sweep_at_ms), last_success_at_ms = coalesce(@successAtMs, endpoint.last_success_at_ms),
        last_duration_ms = coalesce(@durationMs, endpoint.last_duration_ms), interval_ms = @intervalMs, demo = max(endpoint.demo, @demo)`),
    stale: db.prepare("SELECT id, name, reported, evidence_at_ms FROM host WHERE verdict = 'trusted' AND evidence_at_ms < ?"),
    setStale: db.prepare(
      "UPDATE host SET verdict = 'stale', severity = @severity, disagreement = 0, chain = replace(chain, 't', 'i'), reason = @reason, changed_at_ms = @at WHERE id = @id",
    ),
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

  const settleFindings = (subject: string, hostId: string | null, drafts: readonly FindingDraft[], nowMs: number): void => {
    const open = new Map(openSchema.parse(sql.openFindings.all(subject)).map((row) => [row.kind, row.id]));
    for (const draft of drafts) {
      const existing = open.get(draft.kind);
      if (draft.momentary) sql.openFinding.run(hostId, subject, draft.kind, draft.severity, draft.title, draft.detail, nowMs, nowMs);
      else if (existing === undefined)
        sql.openFinding.run(hostId, subject, draft.kind, draft.severity, draft.title, draft.detail, nowMs, null);
      else sql.updateFinding.run(draft.title, draft.detail, draft.severity, existing);
    }
    const holding = new Set<string>(drafts.filter((draft) => !draft.momentary).map((draft) => draft.kind));
    for (const kind of LASTING) {
      const id = open.get(kind);
      if (id !== undefined && !holding.has(kind)) sql.resolve.run(nowMs, id);
    }
  };

  const extendOrStartSpan = (
    same: boolean,
    values: { id: string; at: number; verdict: string; reported: string; brokenLink: string | null; reason: string },
  ): void => {
    const last = same ? spanIdSchema.parse(sql.lastSpan.get(values.id)) : undefined;
    if (last) sql.extendSpan.run({ at: values.at, id: last.id });
    else sql.newSpan.run(values);
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
      (before.reason === record.reason || record.verdict === 'trusted' || record.verdict === 'stale');
    extendOrStartSpan(same, {
      id: record.id,
      at: record.seenAtMs,
      verdict: record.verdict,
      reported: record.reported,
      brokenLink: record.brokenLink,
      reason: record.reason,
    });
    settleFindings(record.id, record.id, record.findings, record.seenAtMs);
    return { changed: !same };
  });

  const expire = db.transaction((beforeMs: number, nowMs: number) => {
    const rows = staleSchema.parse(sql.stale.all(beforeMs));
    for (const row of rows) {
      const reason = `No fresh evidence since ${new Date(row.evidence_at_ms).toISOString().slice(0, 19)}Z; it was trusted then.`;
      sql.setStale.run({ id: row.id, severity: severityOf('stale'), reason, at: nowMs });
      extendOrStartSpan(false, { id: row.id, at: nowMs, verdict: 'stale', reported: row.reported, brokenLink: null, reason });
      settleFindings(
        row.id,
        row.id,
        [{ kind: 'host-stale', severity: 'warning', title: `${row.name} is stale`, detail: reason, momentary: false }],
        nowMs,
      );
    }
    return rows.length;
  });

  return {
    putLarge: large.put,
    dropUnused: large.sweep,
    recordHost,
    expire,
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
