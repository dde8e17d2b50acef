import { deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { BY_ITSELF, type LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** Columns of a host that make it look different: where one changes, a span ends and another begins. */
const SHOWN = [
  'name',
  'host_class',
  'address',
  'verified',
  'disagreement',
  'chain',
  'country',
  'subdivision',
  'site',
  'assurance',
  'policy_class',
  'covered',
  'required',
  'max_age_ms',
];
/** Digests of the evidence that a span began with. */
const EVIDENCE = ['event_log_sha256', 'ima_sha256', 'runtime_reference_sha256', 'ek_certificate_sha256'];

/** For who writes a host otherwise than by an observation: the next one is more than a confirmation. */
export const UNSTEADY = "UPDATE pulse SET steady = '' WHERE host_id = ?";

const comparedSchema = z
  .object({
    spanId: z.number(),
    sameSpan: z.number(),
    sameVerdict: z.number(),
    verdict: z.string(),
    reported: z.string(),
    brokenLink: z.string().nullable(),
    reason: z.string(),
  })
  .optional();
const maybe = z.string().nullable();
const begunSchema = z.object({
  name: maybe,
  verdict: z.string(),
  verified: maybe,
  reported: z.string(),
  brokenLink: maybe,
  reason: z.string(),
  chain: maybe,
  country: maybe,
  subdivision: maybe,
  site: maybe,
  assurance: maybe,
  policyClass: maybe,
  covered: z.number(),
  required: z.number(),
  evidenceAtMs: z.number().nullable(),
  quote: maybe,
  eventLog: maybe,
  ima: maybe,
  runtimeReference: maybe,
  ekCertificate: maybe,
});
const standingSchema = z.object({ standing: z.string().nullable() });

export type SpanStep = {
  readonly id: string;
  readonly atMs: number;
  /** Number of the manifest version that decided; null where only the clock did. */
  readonly manifest: number | null;
  /** True for an observation, which confirms where it changes nothing. */
  readonly confirms: boolean;
};

export type SpanWriter = {
  /** Extends the host's span, or ends it and begins another where the host, as written just now, is no longer what the span says. */
  readonly settle: (step: SpanStep) => { readonly began: boolean };
};

const sameColumns = SHOWN.map((column) => `s.${column} IS h.${column}`).join(' AND ');

/** Spans instead of rows per poll. The open one's end and count are in `pulse`, so that a confirmation writes one narrow row. */
export const createSpanWriter = (db: Db, ledger: LedgerWriter): SpanWriter => {
  const compare = db.prepare(`
    SELECT p.span_id AS spanId, s.verdict, s.reported, s.broken_link AS brokenLink, s.reason,
      (s.verdict = h.verdict AND s.broken_link IS h.broken_link AND s.reported = h.reported
        AND (s.reason = h.reason OR h.verdict IN ('trusted', 'stale'))) AS sameVerdict,
      (s.verdict = h.verdict AND s.broken_link IS h.broken_link AND s.reported = h.reported AND s.decisive IS t.decisive
        AND (s.reason = h.reason OR h.verdict IN ('trusted', 'stale')) AND ${sameColumns}) AS sameSpan
    FROM pulse p JOIN span s ON s.id = p.span_id JOIN host h ON h.id = p.host_id JOIN host_state t ON t.host_id = p.host_id
    WHERE p.host_id = ?`);
  const confirm = db.prepare('UPDATE pulse SET to_ms = @atMs, confirmations = confirmations + 1 WHERE host_id = @id');
  const end = db.prepare(
    'UPDATE span SET to_ms = p.to_ms, confirmations = p.confirmations FROM pulse p WHERE p.host_id = @id AND span.id = p.span_id',
  );
  const standing = db.prepare('SELECT standing FROM host_text WHERE host_id = ?');
  const begin = db.prepare(`
    INSERT INTO span (host_id, from_ms, to_ms, verdict, reported, broken_link, reason, confirmations, standing, manifest, decisive, evidence_at_ms, seen_at_ms,
      quote_sha256, ${[...SHOWN, ...EVIDENCE].join(', ')})
    SELECT h.id, @atMs, @atMs, h.verdict, h.reported, h.broken_link, h.reason, 1, @standing, @manifest, t.decisive, h.evidence_at_ms, h.last_seen_ms,
      (SELECT quote_sha256 FROM pulse WHERE host_id = h.id), ${[...SHOWN.map((column) => `h.${column}`), ...EVIDENCE.map((column) => `t.${column}`)].join(', ')}
    FROM host h JOIN host_state t ON t.host_id = h.id WHERE h.id = @id`);
  const bind = db.prepare('UPDATE span SET entry_seq = ? WHERE id = ?');
  const begun = db.prepare(`
    SELECT name, verdict, verified, reported, broken_link AS brokenLink, reason, chain, country, subdivision, site, assurance,
      policy_class AS policyClass, covered, required, evidence_at_ms AS evidenceAtMs, quote_sha256 AS quote, event_log_sha256 AS eventLog,
      ima_sha256 AS ima, runtime_reference_sha256 AS runtimeReference, ek_certificate_sha256 AS ekCertificate FROM span WHERE id = ?`);
  const open = db.prepare(`
    INSERT INTO pulse (host_id, span_id, to_ms, confirmations) VALUES (@id, @spanId, @atMs, 1)
    ON CONFLICT (host_id) DO UPDATE SET span_id = @spanId, to_ms = @atMs, confirmations = 1`);
  const enter = (id: string, spanId: number, known: z.output<typeof comparedSchema>, manifest: number | null): void => {
    const { eventLog, ima, runtimeReference, ekCertificate, quote, ...now } = begunSchema.parse(begun.get(spanId));
    const before =
      known === undefined ? null : { verdict: known.verdict, reported: known.reported, brokenLink: known.brokenLink, reason: known.reason };
    const digests = { quote, eventLog, ima, runtimeReference, ekCertificate };
    const evidence = Object.fromEntries(Object.entries(digests).filter(([, sha256]) => sha256 !== null));
    const { evidenceAtMs, ...after } = now;
    const evidenceAt = evidenceAtMs === null ? null : new Date(evidenceAtMs).toISOString();
    const kind = known?.sameVerdict === 1 ? 'host.changed' : 'verdict.changed';
    const seq = ledger.append({ who: BY_ITSELF, kind, subject: `host ${id}`, body: { before, after, evidence, evidenceAt, manifest } });
    bind.run(seq, spanId);
  };
  return {
    settle: ({ id, atMs, manifest, confirms }) => {
      const known = comparedSchema.parse(compare.get(id));
      if (known?.sameSpan === 1) {
        if (confirms) confirm.run({ id, atMs });
        return { began: false };
      }
      if (known) end.run({ id });
      const text = standingSchema.parse(standing.get(id)).standing;
      const { lastInsertRowid } = begin.run({ id, atMs, manifest, standing: text === null ? null : deflateRawSync(text) });
      open.run({ id, atMs, spanId: lastInsertRowid });
      enter(id, Number(lastInsertRowid), known, manifest);
      return { began: true };
    },
  };
};
