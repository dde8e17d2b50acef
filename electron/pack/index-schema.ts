import { z } from 'zod';
import { REPORTED_VERDICTS, VERDICTS } from '../../shared/model/verdict.ts';
import { CHECK_CODES, CHECK_OUTCOMES } from '../../shared/model/check.ts';
import { ISSUER_KINDS, PACK_FORMAT } from './layout.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const count = z.number().int().nonnegative();

export const KEPT_STATES = ['kept', 'not-kept', 'damaged', 'none'] as const;

/** One piece of evidence. `none`: the host gave none; `not-kept`: past its retention; `damaged`: not what its digest says. */
const pieceSchema = z.strictObject({ state: z.enum(KEPT_STATES), sha256: sha256.nullable(), path: z.string().nullable() });
const observationSchema = z.strictObject({
  quote: pieceSchema,
  /** What tpm2_checkquote takes; null where it cannot be made of the quote. */
  tpm2Tools: z.string().nullable(),
  eventLog: pieceSchema,
  ima: pieceSchema,
  runtimeReference: pieceSchema,
  /** DER, as it came. Packs of layout 1 had none, and said so. */
  endorsementCertificate: z.union([pieceSchema, z.literal('not-kept')]),
});

/** The layout that is written. */
export const PACK_VERSION = 2;

/** hosts/NNNN/host.json, and the same in the index. */
export const packHostSchema = z.strictObject({
  folder: z.string(),
  id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  demo: z.boolean(),
  verdict: z.enum(VERDICTS),
  verified: z.enum(VERDICTS).nullable(),
  reported: z.enum(REPORTED_VERDICTS),
  brokenLink: z.string().nullable(),
  reason: z.string(),
  /** When the newest evidence was received, ISO 8601. */
  evidenceAt: z.string().nullable(),
  /** Number of the entry of the ledger that says what the host is now; null where there is none. */
  entry: count.nullable(),
  /** Whether the checkpoint of the pack covers it. */
  entrySigned: z.boolean(),
  /** TPM name of the attestation key that was on record, hex. */
  akName: z.string().nullable(),
  /** What was found of the newest evidence when it was received. */
  checks: z.array(z.strictObject({ code: z.enum(CHECK_CODES), outcome: z.enum(CHECK_OUTCOMES) })),
  /** File with what the page of the host showed; null where another version kept it. Packs of the version before say nothing. */
  detail: z.string().nullable().optional(),
  entered: observationSchema,
  /** Null where it is the one that was entered. */
  newest: observationSchema.nullable(),
});

export const packFileSchema = z.strictObject({ path: z.string(), sha256, bytes: count, mediaType: z.string(), packedSha256: sha256 });

export const packIndexSchema = z.strictObject({
  format: z.literal(PACK_FORMAT),
  v: z.union([z.literal(1), z.literal(2)]),
  /** What every export says of itself. */
  head: z.looseObject({ count, cutOff: z.string(), version: z.string(), query: z.string() }),
  /** Simulated hosts are in the data folder that it was made of. */
  demo: z.boolean(),
  ledger: z.strictObject({ origin: z.string().nullable(), signed: count, entries: z.array(count) }),
  manifest: z.strictObject({ number: count, sha256, entry: count.nullable() }).nullable(),
  notContained: z.array(z.string()),
  /** What endorsement certificates of this pack lead to: the word of whoever made the pack. Not in layout 1. */
  issuers: z.array(z.strictObject({ kind: z.enum(ISSUER_KINDS), sha256, path: z.string() })).optional(),
  hosts: z.array(packHostSchema),
  /** Every file but this one and SHA256SUMS. */
  files: z.array(packFileSchema),
});

/** A line of ledger/proofs.jsonl, of the entry in the same line of ledger/entries.jsonl. Hashes in base64, from the leaf up. */
export const proofLineSchema = z.strictObject({ index: count, proof: z.array(z.string().length(44)).max(64) });

export type PackHost = z.output<typeof packHostSchema>;
export type PackObservation = z.output<typeof observationSchema>;
export type PackPiece = z.output<typeof pieceSchema>;
export type PackFile = z.output<typeof packFileSchema>;
export type PackIndex = z.output<typeof packIndexSchema>;
