import { z } from 'zod';
import { tallySchema } from './schemas.ts';

const count = z.number().int().nonnegative();
const said = z.object({ code: z.string(), sentence: z.string(), next: z.string() });

/** An evidence pack that is open: what it is, and what its check found. One that does not hold is not opened. */
export const packViewSchema = z.object({
  /** Name of the file, without its folder. */
  name: z.string(),
  bytes: count,
  sha256: z.string(),
  /** The moment of which all in it is. */
  cutOffMs: z.number().int(),
  /** In the filter language; empty = all hosts. */
  query: z.string(),
  /** Version of Plumbline that made it. */
  version: z.string(),
  tally: tallySchema,
  checkpoint: z.object({ size: count, root: z.string(), origin: z.string() }),
  /** Verifier key by which the checkpoint holds. */
  key: z.string(),
  /** Whether that key was given from elsewhere. False: it is the pack's own word. */
  pinned: z.boolean(),
  entries: count,
  /** Quotes that were verified again, and observations of which something is not kept any more. */
  quotes: count,
  notKept: count,
  /** What the check does not show. */
  notices: z.array(said),
  notContained: z.array(z.string()),
  manifest: z.object({ number: count, sha256: z.string(), text: z.string() }).nullable(),
});
export type PackView = z.output<typeof packViewSchema>;
