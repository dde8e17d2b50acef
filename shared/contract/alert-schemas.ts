import { z } from 'zod';

const timeMs = z.number().int();

/** One place outside that is told of what happens, and how that goes. */
export const alertPlaceSchema = z.object({
  name: z.string(),
  kind: z.enum(['webhook', 'syslog']),
  place: z.string(),
  /** Kinds of entries that it is told of; null = those that are told by default. */
  kinds: z.array(z.string()).nullable(),
  /** Alerts in all, and when the last ones were sent. */
  sent: z.number().int().nonnegative(),
  sentAtMs: timeMs.nullable(),
  problem: z.object({ code: z.string(), message: z.string(), nextStep: z.string() }).nullable(),
  /** When it is tried again after a problem. */
  triedAgainAtMs: timeMs.nullable(),
});
export type AlertPlace = z.output<typeof alertPlaceSchema>;
