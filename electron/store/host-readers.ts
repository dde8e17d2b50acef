import { z } from 'zod';
import type { HostSpan } from '../../shared/contract/schemas.ts';
import { spanSchema } from '../../shared/contract/schemas.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';
import type { HostSource } from './freshness.ts';
import { createHostList, type ListHosts } from './host-list.ts';
import { createHostValues, type HostValues } from './host-values.ts';
import { createLocationReader, type ReadLocations } from './location-writer.ts';
import type { Db } from './db.ts';
import { createPackedReader, type PackedEvidence, unpackNow } from './packed-evidence.ts';
import { createKeptPieces } from './pieces.ts';
import type { HostMemory, Pulse } from './records.ts';
import { HOST_COLUMNS, type StoredHost, toStoredHost } from './rows.ts';

export type EvidenceKind = 'event-log' | 'ima' | 'runtime-reference';

export type HostReaders = {
  readonly packedEvidence: (id: string, kind: EvidenceKind) => PackedEvidence | null;
  readonly list: ListHosts;
  /** For who writes a filter. */
  readonly values: HostValues;
  readonly get: (
    id: string,
  ) => (StoredHost & { readonly detail: string; readonly akPinnedAtMs: number | null; readonly pulse: Pulse }) | null;
  readonly all: (endpoint: string) => StoredHost[];
  readonly memory: (id: string) => HostMemory | null;
  /** Name of another host with this endorsement key and evidence not older than `sinceMs`; null = none. */
  readonly sharing: (ekSha256: string, exceptId: string, sinceMs: number) => string | null;
  /** Name of another host, with another TPM, that holds the tag with this serial number and fresh evidence of it; null = none. */
  readonly sharingTag: (serial: string, exceptId: string, exceptEk: string | null, sinceMs: number) => string | null;
  readonly locations: ReadLocations;
  readonly history: (id: string, limit: number) => HostSpan[];
  readonly evidence: (id: string, kind: EvidenceKind) => { readonly sha256: string; readonly bytes: Uint8Array } | null;
};

const COLUMN_OF: Readonly<Record<EvidenceKind, string>> = {
  'event-log': 'event_log_sha256',
  ima: 'ima_sha256',
  'runtime-reference': 'runtime_reference_sha256',
};

const nameSchema = z.object({ name: z.string() }).optional();
const clockSchema = z.object({
  resetCount: z.number(),
  restartCount: z.number(),
  clockMs: z.string().regex(/^\d{1,20}$/),
  safe: z.boolean(),
  firmwareVersion: z.string().regex(/^\d{1,20}$/),
  countSeenAtMs: z.number(),
});
const memorySchema = z.object({
  verdict: z.enum(VERDICTS),
  verified: z.enum(VERDICTS),
  reason: z.string(),
  broken_link: z.enum(LINKS).nullable(),
  evidence_at_ms: z.number().nullable(),
  changed_at_ms: z.number(),
  ak_name: z.string().nullable(),
  ak_pinned_at_ms: z.number().nullable(),
  ek_sha256: z.string().nullable(),
  clock: z.string().nullable(),
  quoted_at_ms: z.number().nullable(),
  last_seen_ms: z.number(),
  detail: z.string(),
  standing: z.string().nullable(),
  event_log_sha256: z.string().nullable(),
  ima_sha256: z.string().nullable(),
});
const stateSchema = z.object({ detail: z.string(), ak_pinned_at_ms: z.number().nullable(), quoted_at_ms: z.number().nullable() });
const digestSchema = z.object({ sha256: z.string().nullable() }).optional();
const spanRow = z
  .object({
    from_ms: z.number(),
    to_ms: z.number(),
    verdict: z.string(),
    reported: z.string(),
    broken_link: z.string().nullable(),
    reason: z.string(),
    confirmations: z.number(),
  })
  .transform((row) =>
    spanSchema.parse({
      fromMs: row.from_ms,
      toMs: row.to_ms,
      verdict: row.verdict,
      reported: row.reported,
      brokenLink: row.broken_link,
      reason: row.reason,
      confirmations: row.confirmations,
    }),
  );

export const createHostReaders = (db: Db, source: () => HostSource): HostReaders => {
  const readPacked = createPackedReader(db);
  const keptPieces = createKeptPieces(db);
  const digestIn = (kind: EvidenceKind): ReturnType<Db['prepare']> =>
    db.prepare(`SELECT ${COLUMN_OF[kind]} AS sha256 FROM host_state WHERE host_id = ?`);
  const digestsOf = { 'event-log': digestIn('event-log'), ima: digestIn('ima'), 'runtime-reference': digestIn('runtime-reference') };
  const one = db.prepare(`SELECT ${HOST_COLUMNS} FROM fresh_host WHERE id = ?`);
  const ofEndpoint = db.prepare(`SELECT ${HOST_COLUMNS} FROM fresh_host WHERE endpoint = ? ORDER BY name`);
  const state = db.prepare(
    'SELECT t.detail, s.ak_pinned_at_ms, p.quoted_at_ms FROM host_state s JOIN pulse p ON p.host_id = s.host_id JOIN host_text t ON t.host_id = s.host_id WHERE s.host_id = ?',
  );
  const memory = db.prepare(
    'SELECT h.verdict, h.verified, h.reason, h.broken_link, h.evidence_at_ms, h.changed_at_ms, s.ak_name, s.ak_pinned_at_ms, s.ek_sha256, p.clock, p.quoted_at_ms, h.last_seen_ms, t.detail, t.standing, s.event_log_sha256, s.ima_sha256 FROM host h JOIN host_state s ON s.host_id = h.id JOIN pulse p ON p.host_id = h.id JOIN host_text t ON t.host_id = h.id WHERE h.id = ?',
  );
  const sharing = db.prepare(
    'SELECT h.name FROM host_state s JOIN host h ON h.id = s.host_id WHERE s.ek_sha256 = ? AND s.host_id <> ? AND h.evidence_at_ms >= ? LIMIT 1',
  );
  const sharingTag = db.prepare(
    'SELECT h.name FROM host_state s JOIN host h ON h.id = s.host_id WHERE s.tag_serial = ? AND s.host_id <> ? AND (s.ek_sha256 IS NULL OR s.ek_sha256 IS NOT ?) AND h.evidence_at_ms >= ? LIMIT 1',
  );
  const history = db.prepare(
    `SELECT s.from_ms, coalesce(p.to_ms, s.to_ms) AS to_ms, s.verdict, s.reported, s.broken_link, s.reason,
       coalesce(p.confirmations, s.confirmations) AS confirmations
     FROM span s LEFT JOIN pulse p ON p.host_id = s.host_id AND p.span_id = s.id WHERE s.host_id = ? ORDER BY s.id DESC LIMIT ?`,
  );
  const packedOf = (id: string, kind: EvidenceKind): PackedEvidence | null => {
    const named = digestSchema.parse(digestsOf[kind].get(id))?.sha256 ?? null;
    return named === null ? null : { sha256: named, packed: () => readPacked(named) };
  };
  return {
    list: createHostList(db, source),
    values: createHostValues(db),
    get: (id) => {
      const raw = one.get(id);
      if (raw === undefined) return null;
      const kept = stateSchema.parse(state.get(id));
      const stored = toStoredHost(raw);
      const { evidenceAtMs, lastSeenAtMs } = stored.row;
      const pulse = { evidenceAtMs, quotedAtMs: kept.quoted_at_ms, seenAtMs: lastSeenAtMs };
      return { ...stored, detail: kept.detail, akPinnedAtMs: kept.ak_pinned_at_ms, pulse };
    },
    all: (endpoint) => ofEndpoint.all(endpoint).map(toStoredHost),
    memory: (id) => {
      const raw = memory.get(id);
      if (raw === undefined) return null;
      const row = memorySchema.parse(raw);
      return {
        verdict: row.verdict,
        verified: row.verified,
        reason: row.reason,
        brokenLink: row.broken_link,
        evidenceAtMs: row.evidence_at_ms,
        changedAtMs: row.changed_at_ms,
        akName: row.ak_name,
        akPinnedAtMs: row.ak_pinned_at_ms,
        ekSha256: row.ek_sha256,
        clock: row.clock === null ? null : clockSchema.parse(JSON.parse(row.clock)),
        detail: row.detail,
        standing: row.standing,
        pulse: { evidenceAtMs: row.evidence_at_ms, quotedAtMs: row.quoted_at_ms, seenAtMs: row.last_seen_ms },
        kept: { eventLog: row.event_log_sha256, ima: row.ima_sha256, imaPieces: keptPieces(row.ima_sha256) },
      };
    },
    sharing: (ekSha256, exceptId, sinceMs) => nameSchema.parse(sharing.get(ekSha256, exceptId, sinceMs))?.name ?? null,
    sharingTag: (serial, exceptId, exceptEk, sinceMs) =>
      nameSchema.parse(sharingTag.get(serial, exceptId, exceptEk, sinceMs))?.name ?? null,
    locations: createLocationReader(db),
    history: (id, limit) => history.all(id, limit).map((raw) => spanRow.parse(raw)),
    packedEvidence: (id, kind) => packedOf(id, kind),
    evidence: (id, kind) => {
      const found = packedOf(id, kind);
      return found === null ? null : { sha256: found.sha256, bytes: unpackNow(found.sha256, found.packed()) };
    },
  };
};
