import { z } from 'zod';
import { VERDICTS } from '../../shared/model/verdict.ts';
import type { Db } from './db.ts';

const digest = z.string().nullable();
const spanSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  evidenceAtMs: z.number().nullable(),
  isNow: z.number().transform((value) => value === 1),
  quote: digest,
  eventLog: digest,
  ima: digest,
});
/** A stretch of time for which a host was trusted, with the digests (SHA-256, hex) of the evidence that it began with. */
export type TrustedSpan = z.output<typeof spanSchema>;

const peerSchema = z.object({
  id: z.string(),
  name: z.string(),
  verdict: z.enum(VERDICTS),
  site: z.string().nullable(),
});
export type PeerRow = z.output<typeof peerSchema>;

export type PastEvidence = {
  /** Newest first; at most MAX_SPANS. The last of them may be what the host is now. */
  readonly trusted: (hostId: string) => TrustedSpan[];
  /** Other hosts of the same class whose evidence is kept, trusted ones of the same site first; `text`: a part of the name. */
  readonly peers: (hostId: string, text: string, limit: number) => PeerRow[];
};

const MAX_SPANS = 64;

/** What is kept of earlier observations, and of hosts that a host may be held against. */
export const createPastEvidence = (db: Db): PastEvidence => {
  const spans = db.prepare(`
    SELECT s.from_ms AS fromMs, coalesce(p.to_ms, s.to_ms) AS toMs, s.evidence_at_ms AS evidenceAtMs, p.span_id IS NOT NULL AS isNow,
      s.quote_sha256 AS quote, s.event_log_sha256 AS eventLog, s.ima_sha256 AS ima
    FROM span s LEFT JOIN pulse p ON p.host_id = s.host_id AND p.span_id = s.id
    WHERE s.host_id = ? AND s.verdict = 'trusted' AND (s.event_log_sha256 IS NOT NULL OR s.ima_sha256 IS NOT NULL)
    ORDER BY s.id DESC LIMIT ${MAX_SPANS}`);
  const peers = db.prepare(`
    SELECT h.id, h.name, h.verdict, h.site FROM host me JOIN fresh_host h ON h.host_class IS me.host_class AND h.id <> me.id
      JOIN host_state t ON t.host_id = h.id
    WHERE me.id = @id AND (t.event_log_sha256 IS NOT NULL OR t.ima_sha256 IS NOT NULL) AND instr(lower(h.name), lower(@text)) > 0
    ORDER BY h.verdict <> 'trusted', h.site IS NOT me.site, h.country IS NOT me.country, h.name, h.id LIMIT @limit`);
  return {
    trusted: (id) => spans.all(id).map((raw) => spanSchema.parse(raw)),
    peers: (id, text, limit) => peers.all({ id, text, limit }).map((raw) => peerSchema.parse(raw)),
  };
};
