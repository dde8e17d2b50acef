import { z } from 'zod';
import { findingQuerySchema } from './finding-schemas.ts';

const reason = z.string().trim().min(1).max(2_000);
const count = z.number().int().nonnegative();

/** A step for every finding that a query means. `reopen` takes an acknowledgement back. */
export const findingActSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('acknowledge') }),
  z.strictObject({ kind: z.literal('assign'), person: z.string().trim().min(1).max(200).nullable() }),
  z.strictObject({ kind: z.literal('waive'), untilMs: z.number().int(), reason }),
  z.strictObject({ kind: z.literal('unwaive'), reason }),
  z.strictObject({ kind: z.literal('reopen'), reason }),
]);

/** Which findings these are, exactly: how many, and the SHA-256 of their numbers in order. */
export const findingSetSchema = z.strictObject({ count, sha256: z.string().regex(/^[0-9a-f]{64}$/u) });

/** What a step would change now. */
export const findingPreviewSchema = z.object({
  /** All that the query means. */
  matching: count,
  /** Those of them that the step would change. */
  meant: findingSetSchema,
  hosts: count,
  critical: count,
});

export const findingBulkAskSchema = z.union([
  /** Only if the findings are still those that were seen before; never others. */
  z.strictObject({ query: findingQuerySchema, act: findingActSchema, previewed: findingSetSchema }),
  /** Takes back what a job of this start did, as far as nobody has taken another step since. */
  z.strictObject({ undo: z.number().int().positive() }),
]);

export type FindingAct = z.output<typeof findingActSchema>;
export type FindingSet = z.output<typeof findingSetSchema>;
export type FindingPreview = z.output<typeof findingPreviewSchema>;
export type FindingBulkAsk = z.output<typeof findingBulkAskSchema>;
