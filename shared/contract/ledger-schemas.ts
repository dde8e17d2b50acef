import { z } from 'zod';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();

/** One entry of the ledger, its words made visible. `body` is its JSON, for whoever wants all of it. */
export const ledgerEntrySchema = z.object({
  seq: count,
  atMs: timeMs,
  who: z.object({ kind: z.enum(['os-user', 'signed-in', 'system']), name: z.string() }),
  kind: z.string(),
  subject: z.string(),
  /** What happened, in a sentence. */
  sentence: z.string(),
  body: z.string(),
});

export const checkpointSchema = z.object({ size: count, atMs: timeMs, note: z.string() });

const problemSchema = z.object({ code: z.string(), message: z.string(), nextStep: z.string() });

export const ledgerAnchorSchema = z.object({
  kind: z.enum(['file', 'witness', 'time-stamp']),
  target: z.string(),
  /** When an anchor was last made there, and over how many entries; null before the first time. */
  lastAtMs: timeMs.nullable(),
  lastSize: count.nullable(),
  /** The least time between two. */
  everyMs: z.number().int().positive(),
  /** Why it cannot be made now; null where nothing is known to be wrong. */
  problem: problemSchema.nullable(),
  /** When it is tried again; null where nothing failed, or it is tried at once. */
  triedAgainAtMs: timeMs.nullable(),
});

export const ledgerStateSchema = z.object({
  entries: count,
  /** What was signed last; null before the first time. */
  checkpoint: checkpointSchema.nullable(),
  /** The public key, to be kept somewhere else: name+hex+base64. */
  verifierKey: z.string(),
  /** Why entries cannot be signed; null where they can. */
  problem: problemSchema.nullable(),
  /** Where checkpoints are put outside; empty where nothing is configured. */
  anchors: z.array(ledgerAnchorSchema),
  /** How this start found things, in sentences; empty where there is nothing to tell. */
  found: z.array(z.string()),
});

export const keyRotationSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), verifierKey: z.string() }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
]);

export type LedgerRow = z.output<typeof ledgerEntrySchema>;
export type LedgerAnchor = z.output<typeof ledgerAnchorSchema>;
export type KeyRotation = z.output<typeof keyRotationSchema>;
export type LedgerState = z.output<typeof ledgerStateSchema>;
