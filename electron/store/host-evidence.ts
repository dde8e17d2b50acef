import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Db } from './db.ts';
import { createPackedReader, EvidenceDamaged, type PackedEvidence, unpackNow } from './packed-evidence.ts';

/** What is kept under a digest: its bytes; `not-kept` past its retention; `damaged` where they are not what the digest says. */
export type KeptBytes = { readonly state: 'kept'; readonly bytes: Uint8Array } | { readonly state: 'not-kept' | 'damaged' };

/** Digests (SHA-256, hex) of one observation's evidence. Null: there was none. `quote` is of the bundle without log and list. */
export type EvidenceDigests = {
  readonly quote: string | null;
  readonly eventLog: string | null;
  readonly ima: string | null;
  /** Digests of programs that the endpoint expected, in the form in which they are kept. */
  readonly runtimeReference: string | null;
  /** Of the endorsement certificate as it came (DER). */
  readonly ekCertificate: string | null;
};

export type HostEvidence = {
  /** Of the observation that began what the host is now, which an entry of the ledger vouches for; `entry` null: from before there was one. */
  readonly entered: EvidenceDigests & { readonly entry: number | null };
  /** Of the newest observation that brought evidence. */
  readonly newest: EvidenceDigests;
  /** JSON of the newest appraisal. */
  readonly detail: string;
};

export type EvidenceReaders = {
  /** Null for a host that is not there. */
  readonly of: (hostId: string) => HostEvidence | null;
  /** Number of the entry that says what the host is now, without the rest; null where there is none. */
  readonly entryOf: (hostId: string) => number | null;
  /** Text of a quote, as an evidence bundle without log and list. */
  readonly quote: (hostId: string, sha256: string) => KeptBytes;
  /** Event log, list of measured programs or expected programs, as they were received. */
  readonly content: (sha256: string) => KeptBytes;
  /** The same, to be unpacked in steps; null past its retention. */
  readonly packed: (sha256: string) => PackedEvidence | null;
};

const MAX_QUOTE_BYTES = 16 * 1024 * 1024;
const digest = z.string().nullable();
const rowSchema = z.object({
  entry: z.number().nullable(),
  quote: digest,
  eventLog: digest,
  ima: digest,
  runtimeReference: digest,
  ekCertificate: digest,
  newestQuote: digest,
  newestEventLog: digest,
  newestIma: digest,
  newestReference: digest,
  newestEkCertificate: digest,
  detail: z.string(),
});
const entrySchema = z.object({ entry: z.number().nullable() }).optional();
const quoteSchema = z.object({ bytes: z.instanceof(Uint8Array), baseId: z.number().nullable(), base: z.instanceof(Uint8Array).nullable() });
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const kept = (sha256: string, read: () => Uint8Array): KeptBytes => {
  try {
    const bytes = read();
    return sha256Of(bytes) === sha256 ? { state: 'kept', bytes } : { state: 'damaged' };
  } catch (error) {
    // The database itself failing is no word about this evidence.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')) throw error;
    return { state: 'damaged' };
  }
};

/** Evidence that is kept of hosts, by digest, whole. Each piece is unpacked and held against its digest. */
export const createEvidenceReaders = (db: Db): EvidenceReaders => {
  const host = db.prepare(`
    SELECT s.entry_seq AS entry, s.quote_sha256 AS quote, s.event_log_sha256 AS eventLog, s.ima_sha256 AS ima,
      s.runtime_reference_sha256 AS runtimeReference, s.ek_certificate_sha256 AS ekCertificate, q.sha256 AS newestQuote,
      t.event_log_sha256 AS newestEventLog, t.ima_sha256 AS newestIma,
      t.runtime_reference_sha256 AS newestReference, t.ek_certificate_sha256 AS newestEkCertificate, x.detail
    FROM pulse p JOIN span s ON s.id = p.span_id JOIN host_state t ON t.host_id = p.host_id JOIN host_text x ON x.host_id = p.host_id
      LEFT JOIN latest_quote q ON q.num = p.num WHERE p.host_id = ?`);
  const entryOnly = db.prepare('SELECT s.entry_seq AS entry FROM pulse p JOIN span s ON s.id = p.span_id WHERE p.host_id = ?');
  const quote = db.prepare(`
    SELECT q.bytes, q.base_id AS baseId, b.bytes AS base FROM quote q LEFT JOIN quote b ON b.id = q.base_id WHERE q.sha256 = @sha256
    UNION ALL SELECT l.bytes, NULL, NULL FROM latest_quote l JOIN pulse p ON p.num = l.num WHERE p.host_id = @hostId AND l.sha256 = @sha256 LIMIT 1`);
  const has = db.prepare('SELECT 1 FROM blob WHERE sha256 = ?');
  const packed = createPackedReader(db);
  const limits = { maxOutputLength: MAX_QUOTE_BYTES };
  return {
    of: (id) => {
      const raw = host.get(id);
      if (raw === undefined) return null;
      const { entry, detail, newestQuote, newestEventLog, newestIma, newestReference, newestEkCertificate, ...first } =
        rowSchema.parse(raw);
      return {
        entered: { entry, ...first },
        newest: {
          quote: newestQuote,
          eventLog: newestEventLog,
          ima: newestIma,
          runtimeReference: newestReference,
          ekCertificate: newestEkCertificate,
        },
        detail,
      };
    },
    entryOf: (id) => entrySchema.parse(entryOnly.get(id))?.entry ?? null,
    quote: (hostId, sha256) => {
      const raw = quote.get({ hostId, sha256 });
      if (raw === undefined) return { state: 'not-kept' };
      return kept(sha256, () => {
        const { bytes, baseId, base } = quoteSchema.parse(raw);
        if (baseId === null) return inflateRawSync(bytes, limits);
        if (base === null) throw new EvidenceDamaged(sha256);
        return inflateRawSync(bytes, { ...limits, dictionary: inflateRawSync(base, limits) });
      });
    },
    content: (sha256) => (has.get(sha256) === undefined ? { state: 'not-kept' } : kept(sha256, () => unpackNow(sha256, packed(sha256)))),
    packed: (sha256) => (has.get(sha256) === undefined ? null : { sha256, packed: () => packed(sha256) }),
  };
};
