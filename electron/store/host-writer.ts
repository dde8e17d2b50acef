import type { BlobWriter } from './blob-writer.ts';
import { createConfirmationWriter } from './confirmation-writer.ts';
import { settledBy } from './finding-settler.ts';
import type { Db } from './db.ts';
import { createQuoteWriter, type Quoted, QUOTED_COLUMNS, quotedSchema } from './quote-writer.ts';
import { type HostRecord, linkOrder, packChain, type RawQuote, severityOf } from './records.ts';
import type { Decides } from './redecide.ts';
import { labelText, searchText } from './search-text.ts';

const confirmedSchema = quotedSchema.optional();

export type HostWriter = {
  readonly record: (records: readonly HostRecord[]) => void;
  /** No confirmation is added any more to what is noted until now: it is about to be entered into the ledger. */
  readonly endConfirmations: () => void;
};

/** The numbers that every observation changes. */
const pulseOf = ({ id, seenAtMs, evidenceAtMs, quotedAtMs, quote, clock, steady }: HostRecord): Record<string, string | number | null> => ({
  id,
  seenAtMs,
  evidenceAtMs,
  quotedAtMs,
  steady: steady ?? '',
  quote: quote?.sha256 ?? null,
  clock: clock === null ? null : JSON.stringify(clock),
});

/** Writes hosts: as a whole where anything changed, a few numbers where an observation only confirms. */
export const createHostWriter = (db: Db, { spans, settle, locate, blobs }: Decides & { readonly blobs: BlobWriter }): HostWriter => {
  const sql = {
    upsertHost: db.prepare(`
      INSERT INTO host (id, agent_id, endpoint, name, host_class, address, verdict, severity, verified, reported, disagreement, broken_link,
        broken_order, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
        policy_class, covered, required, max_age_ms, decided_by, labels)
      VALUES (@id, @agentId, @endpoint, @name, @hostClass, @address, @verdict, @severity, @verified, @reported, @disagreement, @brokenLink,
        @brokenOrder, @reason, @chain, @country, @subdivision, @site, @assurance, @evidenceAtMs, @seenAtMs, @seenAtMs, @seenAtMs, @demo, @search,
        @policyClass, @covered, @required, @maxAgeMs, @decidedBy, @labels)
      ON CONFLICT (id) DO UPDATE SET name = @name, host_class = @hostClass, address = @address,
        changed_at_ms = CASE WHEN host.verdict = @verdict THEN host.changed_at_ms ELSE @seenAtMs END,
        verdict = @verdict, severity = @severity, verified = @verified, reported = @reported, disagreement = @disagreement,
        broken_link = @brokenLink, broken_order = @brokenOrder, reason = @reason, chain = @chain, country = @country,
        subdivision = @subdivision, site = @site, assurance = @assurance,
        evidence_at_ms = coalesce(@evidenceAtMs, host.evidence_at_ms), last_seen_ms = @seenAtMs, demo = @demo, search = @search,
        policy_class = @policyClass, covered = @covered, required = @required, max_age_ms = @maxAgeMs, decided_by = @decidedBy, labels = @labels`),
    upsertState: db.prepare(`
      INSERT INTO host_state (host_id, ak_name, ak_pinned_at_ms, ek_sha256, event_log_sha256, ima_sha256, runtime_reference_sha256,
        ek_certificate_sha256, decisive, tag_serial)
      VALUES (@id, @akName, CASE WHEN @akName IS NULL THEN NULL ELSE @seenAtMs END, @ekSha256, @eventLog, @ima, @runtimeReference,
        @ekCertificate, @decisive, @tagSerial)
      ON CONFLICT (host_id) DO UPDATE SET decisive = @decisive,
        ak_pinned_at_ms = CASE WHEN @akName IS NULL OR host_state.ak_name = @akName THEN host_state.ak_pinned_at_ms ELSE @seenAtMs END,
        ak_name = coalesce(@akName, host_state.ak_name), ek_sha256 = coalesce(@ekSha256, host_state.ek_sha256),
        event_log_sha256 = CASE WHEN @fetched THEN @eventLog ELSE host_state.event_log_sha256 END,
        ima_sha256 = CASE WHEN @fetched THEN @ima ELSE host_state.ima_sha256 END,
        runtime_reference_sha256 = CASE WHEN @fetched THEN @runtimeReference ELSE host_state.runtime_reference_sha256 END,
        ek_certificate_sha256 = CASE WHEN @fetched THEN @ekCertificate ELSE host_state.ek_certificate_sha256 END,
        tag_serial = CASE WHEN @fetched THEN @tagSerial ELSE host_state.tag_serial END`),
    text: db.prepare(
      'INSERT INTO host_text (host_id, detail, standing) VALUES (@id, @detail, @standing) ON CONFLICT (host_id) DO UPDATE SET detail = @detail, standing = @standing',
    ),
    quoted: db.prepare(`SELECT ${QUOTED_COLUMNS} FROM pulse WHERE host_id = ?`),
    firstPulse: db.prepare(
      'INSERT INTO pulse (host_id, span_id, to_ms, confirmations) VALUES (@id, 0, @seenAtMs, 0) ON CONFLICT (host_id) DO NOTHING',
    ),
    pulse: db.prepare(`
      UPDATE pulse SET steady = @steady, quote_sha256 = @quote, quoted_at_ms = coalesce(@quotedAtMs, quoted_at_ms), clock = coalesce(@clock, clock)
      WHERE host_id = @id`),
    confirmHost: db.prepare('UPDATE host SET evidence_at_ms = ?, last_seen_ms = ? WHERE id = ?'),
    confirmPulse: db.prepare(`
      UPDATE pulse SET to_ms = ?, confirmations = confirmations + 1, quote_sha256 = ?, quoted_at_ms = ?, clock = coalesce(?, clock)
      WHERE host_id = ? AND steady = ? RETURNING ${QUOTED_COLUMNS}`),
  };
  const quotes = createQuoteWriter(db);
  const confirmations = createConfirmationWriter(db);
  const keepQuote = (of: Quoted, atMs: number, quote: RawQuote, began: boolean): void => {
    quotes.keep(of, atMs, quote, began);
    confirmations.add(of.num, atMs, quote.sha256);
  };
  const writeColumns = (record: HostRecord): void => {
    const { location } = record;
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
      search: searchText([record.name, record.agentId, record.hostClass, location.site, location.country, record.endpoint, record.reason]),
      labels: labelText(record.labels),
    });
  };
  const writeState = (record: HostRecord): void => {
    sql.upsertState.run({
      id: record.id,
      akName: record.akName,
      seenAtMs: record.seenAtMs,
      ekSha256: record.ekSha256,
      decisive: record.decisive,
      tagSerial: record.tagSerial,
      fetched: record.blobs === null ? 0 : 1,
      eventLog: record.blobs?.eventLog?.sha256 ?? null,
      ima: record.blobs?.ima?.sha256 ?? null,
      runtimeReference: record.blobs?.runtimeReference?.sha256 ?? null,
      ekCertificate: record.blobs?.ekCertificate?.sha256 ?? null,
    });
    sql.text.run({ id: record.id, detail: record.detail, standing: record.standing });
  };

  const recordWhole = (record: HostRecord): void => {
    const { id, seenAtMs, blobs: evidence } = record;
    const heldBefore = blobs.heldBy(id);
    writeColumns(record);
    if (evidence !== null) blobs.put(evidence);
    writeState(record);
    sql.firstPulse.run({ id, seenAtMs });
    sql.pulse.run(pulseOf(record));
    const { began } = spans.settle({ id, atMs: seenAtMs, manifest: record.decidedBy, confirms: true });
    if (evidence !== null) {
      const { eventLog, ima, runtimeReference, ekCertificate } = evidence;
      blobs.dropUnless(heldBefore, new Set([eventLog, ima, runtimeReference, ekCertificate].map((blob) => blob?.sha256)));
    }
    locate(id, record, seenAtMs);
    settle(id, id, record.findings, seenAtMs, settledBy(record.silent));
    if (record.quote !== null) keepQuote(quotedSchema.parse(sql.quoted.get(id)), seenAtMs, record.quote, began);
  };

  /** Undefined where there is more to write: then nothing was written. */
  const confirm = ({ id, steady, seenAtMs, quotedAtMs, quote, clock }: HostRecord): Quoted | undefined =>
    steady === null || steady === ''
      ? undefined
      : confirmedSchema.parse(
          sql.confirmPulse.get(seenAtMs, quote?.sha256 ?? null, quotedAtMs, clock === null ? null : JSON.stringify(clock), id, steady),
        );

  const recordOne = (record: HostRecord): void => {
    const confirmed = confirm(record);
    if (confirmed === undefined) return recordWhole(record);
    sql.confirmHost.run(record.evidenceAtMs, record.seenAtMs, record.id);
    if (record.quote !== null) keepQuote(confirmed, record.seenAtMs, record.quote, false);
  };

  const recordAll = db.transaction((records: readonly HostRecord[]) => {
    for (const record of records) recordOne(record);
    confirmations.flush();
  });
  return {
    record: (records) => {
      try {
        recordAll(records);
      } catch (error) {
        // What was noted was taken back with the rest.
        confirmations.endRow();
        throw error;
      }
    },
    endConfirmations: confirmations.endRow,
  };
};
