import { z } from 'zod';

const count = z.number().int().nonnegative();
const timeMs = z.number().int();
const days = z.number().int().min(1).max(36_500);

/** For how many days things are kept. What the ledger says, spans, findings and manifests are kept for good. */
export const retentionSchema = z.strictObject({
  /** Who was confirmed when, by which quote. */
  confirmationsDays: days,
  /** Quotes of routine; those with which a span began count as evidence. */
  quotesDays: days,
  /** Logs, lists, references and quotes of spans that have ended. What a host's last observation rests on always stays. */
  evidenceDays: days,
  /** Every point of the trend; after it one an hour, and after a year one a day. */
  trendDays: days,
});

export const JOB_KINDS = ['backup', 'purge', 'compact'] as const;
export const JOB_STATES = ['running', 'done', 'stopped', 'failed'] as const;

export const jobSchema = z.object({
  id: count,
  kind: z.enum(JOB_KINDS),
  state: z.enum(JOB_STATES),
  who: z.string(),
  startedAtMs: timeMs,
  endedAtMs: timeMs.nullable(),
  /** What is done of what there is to do; total 0 = not known. */
  done: count,
  total: count,
  /** How it ended, in a sentence; empty while it runs. */
  sentence: z.string(),
  nextStep: z.string().nullable(),
});

export const jobStartSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), id: count }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

export type Retention = z.output<typeof retentionSchema>;
export type JobKind = (typeof JOB_KINDS)[number];
export type Job = z.output<typeof jobSchema>;
export type JobStart = z.output<typeof jobStartSchema>;
