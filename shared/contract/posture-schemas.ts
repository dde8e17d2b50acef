import { z } from 'zod';
import { findingClusterSchema, findingSchema } from './finding-schemas.ts';
import { overviewSchema, tallySchema } from './schemas.ts';
import { VERDICTS } from '../model/verdict.ts';

const count = z.number().int().nonnegative();
const timeMs = z.number().int();

export const changedHostSchema = z.object({ id: z.string(), name: z.string(), before: z.enum(VERDICTS), now: z.enum(VERDICTS) });

/** What may be aimed at: hosts that are trusted, of all in the inventory, in percent. */
export const targetPercent = z.number().min(0).max(100).multipleOf(0.1);

/** How the fleet stands, and how it stood at the beginning of a time. Everything is counted of what was recorded; nothing is interpolated. */
export const postureSchema = z.object({
  nowMs: timeMs,
  sinceMs: timeMs,
  /** When the first host was recorded; before that nothing is known. Null where there is none. */
  beganAtMs: timeMs.nullable(),
  tally: tallySchema,
  /** At the beginning of the time; null where nothing was known then. */
  before: tallySchema.nullable(),
  target: targetPercent.nullable(),
  changes: z.object({
    better: count,
    worse: count,
    /** Hosts that were not known at the beginning. */
    fresh: count,
    firstBetter: z.array(changedHostSchema),
    firstWorse: z.array(changedHostSchema),
  }),
  trend: overviewSchema.shape.trend,
  links: overviewSchema.shape.links,
  causes: z.object({ total: count, rows: z.array(findingClusterSchema) }),
  /** Waivers that run out within 30 days, soonest first. */
  waivers: z.object({ total: count, rows: z.array(findingSchema) }),
  /**
   * Between the last confirmation of a host and the finding about it: what broke, broke in this time. Of findings of the time that are about
   * hosts and do more than inform.
   */
  detect: z.object({ findings: count, medianMs: count.nullable(), worstMs: count.nullable() }),
  /** From the opening of a finding to its end, of those that ended in the time. */
  resolve: z.object({ findings: count, medianMs: count.nullable() }),
});
export type Posture = z.output<typeof postureSchema>;
export type PostureChangedHost = z.output<typeof changedHostSchema>;
