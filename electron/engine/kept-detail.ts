import { z } from 'zod';
import { hostDetailSchema } from '../../shared/contract/schemas.ts';
import { linkSchema } from '../../shared/contract/schemas.ts';

const digest = z.string().nullable();
const chainSchema = z.object({ shim: digest, bootLoader: digest, kernel: digest, initrd: digest, kernelCommandLine: digest });

const brokenSchema = z.object({ index: z.number().int(), link: linkSchema, reason: z.string(), expected: z.array(z.string()) });

/** What is kept of the last appraisal of a host, as JSON: everything the host page shows that is not a column of its row. */
export const keptDetailSchema = z.object({
  detail: hostDetailSchema.omit({ row: true }),
  brokenEvents: z.array(brokenSchema),
  brokenIma: z.array(brokenSchema),
  /** Boot chains that the host was held against, as far as they fit: a change of one can then be told from its neighbours. */
  knownChains: z.array(chainSchema).max(50).default([]),
  provenIma: z.number().int().nullable(),
  /** Since when the host is in doubt, and since when a mismatch that may be a race is held; null where neither. */
  doubtSinceMs: z.number().int().nullable(),
  heldSinceMs: z.number().int().nullable(),
});
export type KeptDetail = z.output<typeof keptDetailSchema>;

/** Reads what this engine wrote earlier. Null for a shape of another version: the next sweep writes it anew. */
export const readKeptDetail = (text: string): KeptDetail | null => {
  try {
    const parsed = keptDetailSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
