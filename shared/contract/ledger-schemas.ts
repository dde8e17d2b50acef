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

export const ledgerStateSchema = z.object({
  entries: count,
  /** What was signed last; null before the first time. */
  checkpoint: checkpointSchema.nullable(),
  /** The public key, to be kept somewhere else: name+hex+base64. */
  verifierKey: z.string(),
  /** Why entries cannot be signed; null where they can. */
  problem: z.object({ code: z.string(), message: z.string(), nextStep: z.string() }).nullable(),
});

export type LedgerRow = z.output<typeof ledgerEntrySchema>;
export type LedgerState = z.output<typeof ledgerStateSchema>;
