import { z } from 'zod';
import { findingBulkAskSchema } from './finding-bulk-schemas.ts';
import { exportAskSchema, keptExportSchema } from './export-schemas.ts';

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

export const JOB_KINDS = ['backup', 'purge', 'compact', 'recheck', 'export', 'findings'] as const;
export const JOB_STATES = ['running', 'done', 'stopped', 'failed'] as const;

/** What is held against the ledger in a re-check: without it, what it says of itself has to be believed. */
export const recheckAskSchema = z.strictObject({
  /** A verifier key that was kept elsewhere, one a line where there are several. */
  key: z.string().trim().min(1).max(16_384).optional(),
  /** The text of a checkpoint that was kept elsewhere. */
  checkpoint: z.string().min(1).max(65_536).optional(),
});

/** What there is to do that changes something or leaves something behind. A re-check is begun by `ledger.recheck`. */
export const jobAskSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['backup', 'purge', 'compact']) }),
  z.strictObject({ kind: z.literal('export'), export: exportAskSchema }),
  z.strictObject({ kind: z.literal('findings'), findings: findingBulkAskSchema }),
]);

/** One thing that a re-check found, with the entry or the entries that it is about. */
export const recheckFoundSchema = z.object({
  code: z.string(),
  entry: count.nullable(),
  entries: z.object({ from: count, to: count }).nullable(),
  sentence: z.string(),
  nextStep: z.string(),
});

/**
 * `holds`: nothing is wrong, and everything was evaluated. `partly`: nothing wrong was found, but something could not be evaluated.
 * `broken`: something is wrong.
 */
export const RECHECK_OUTCOMES = ['holds', 'partly', 'broken'] as const;

export const recheckReportSchema = z.object({
  outcome: z.enum(RECHECK_OUTCOMES),
  entries: count,
  checkpoints: count,
  /** How many entries the newest checkpoint signs that fits them; 0 where none does. */
  signed: count,
  /** Spans of history and confirmations that were held against their entries. */
  records: count,
  confirmations: count,
  wrong: z.array(recheckFoundSchema),
  notEvaluated: z.array(recheckFoundSchema),
  /** Nothing wrong, and nothing to leave out. */
  remarks: z.array(recheckFoundSchema),
});

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
  /** What a re-check found; null of other jobs, and while nothing is found out yet. */
  report: recheckReportSchema.nullable(),
  /** The file that an export made; null of other jobs, and while it is not whole. */
  made: keptExportSchema.nullable(),
});

export const jobStartSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), id: count }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

export type Retention = z.output<typeof retentionSchema>;
export type JobKind = (typeof JOB_KINDS)[number];
export type Job = z.output<typeof jobSchema>;
export type JobAsk = z.output<typeof jobAskSchema>;
export type RecheckAsk = z.output<typeof recheckAskSchema>;
export type RecheckFound = z.output<typeof recheckFoundSchema>;
export type RecheckOutcome = (typeof RECHECK_OUTCOMES)[number];
export type RecheckReport = z.output<typeof recheckReportSchema>;
export type JobStart = z.output<typeof jobStartSchema>;
