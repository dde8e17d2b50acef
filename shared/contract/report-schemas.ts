import { z } from 'zod';
import { flaggedBeforeSchema } from './assessment-schemas.ts';
import { EXPORT_FORMATS, FORMATS_OF, sampleAskSchema, SAMPLED_FORMATS } from './export-schemas.ts';
import { FINDING_SORTS, findingQuerySchema } from './finding-schemas.ts';
import { hostQuerySchema, problemSchema } from './schemas.ts';
import { filterText, sortSchema } from './view-schemas.ts';

const count = z.number().int().nonnegative();
const timeMs = z.number().int();
const days = z.number().int().min(1).max(3_660);

/** What of the past a report is of, counted back from each run; null = all of it. Hosts are those of the moment, and have none. */
const lastDays = days.nullable();

/** The rows of an export, asked anew at each run. */
export const reportRowsSchema = z.discriminatedUnion('rows', [
  z.strictObject({
    rows: z.literal('hosts'),
    query: hostQuerySchema,
    filter: filterText.optional(),
    sort: sortSchema,
    /** Without a seed each run draws another one. */
    sample: sampleAskSchema.optional(),
    sign: z.boolean().optional(),
  }),
  z.strictObject({ rows: z.literal('findings'), query: findingQuerySchema, sort: z.enum(FINDING_SORTS), lastDays }),
  z.strictObject({ rows: z.literal('ledger'), kind: z.string().max(64).optional(), subject: z.string().max(1_024).optional(), lastDays }),
]);

const minuteOfDay = z.number().int().min(0).max(1_439);
/** A moment in UTC that comes again. Days of the month end at 28, so that each month has it. */
export const scheduleSchema = z.discriminatedUnion('every', [
  z.strictObject({ every: z.literal('day'), minute: minuteOfDay }),
  /** 1 = Monday (ISO 8601). */
  z.strictObject({ every: z.literal('week'), weekday: z.number().int().min(1).max(7), minute: minuteOfDay }),
  z.strictObject({ every: z.literal('month'), day: z.number().int().min(1).max(28), minute: minuteOfDay }),
]);

export const reportDefinitionSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    note: z.string().max(2_000),
    of: reportRowsSchema,
    format: z.enum(EXPORT_FORMATS),
    schedule: scheduleSchema.nullable(),
  })
  .refine(({ of, format }) => FORMATS_OF[of.rows].includes(format), 'there is no such format of these rows')
  .refine(
    ({ of, format }) => of.rows !== 'hosts' || of.sample === undefined || SAMPLED_FORMATS.includes(format),
    'no sample is made as this',
  );

const hostNamesSchema = z.object({ count, first: z.array(z.string()) });
/** Hosts whose row the file of one run has and that of the run before has not, or with another verdict. Exact: of the rows as they were written. */
export const reportDifferenceSchema = z.object({
  sinceMs: timeMs,
  added: hostNamesSchema,
  removed: hostNamesSchema,
  changed: z.object({ count, first: z.array(z.object({ name: z.string(), before: z.string(), after: z.string() })) }),
});

export const reportRunSchema = z.object({
  /** The number of the entry that tells of the export. */
  entry: count,
  cutOffMs: timeMs,
  count,
  /** Null for the first run, where the rows are not hosts, and where each run draws another sample. */
  difference: reportDifferenceSchema.nullable(),
  /** What was flagged last in the runs before it. */
  flagged: flaggedBeforeSchema,
});

export const reportSchema = z.object({
  id: count,
  definition: reportDefinitionSchema,
  definedBy: z.string(),
  definedAtMs: timeMs,
  lastRun: reportRunSchema.nullable(),
  nextRunAtMs: timeMs.nullable(),
  /** Why the last run that was due could not be made; null once one was. */
  problem: problemSchema.nullable(),
});

export const reportChangeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), id: count }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

export type Schedule = z.output<typeof scheduleSchema>;
export type ReportDefinition = z.output<typeof reportDefinitionSchema>;
export type ReportDifference = z.output<typeof reportDifferenceSchema>;
export type ReportRun = z.output<typeof reportRunSchema>;
export type Report = z.output<typeof reportSchema>;
export type ReportChange = z.output<typeof reportChangeSchema>;
