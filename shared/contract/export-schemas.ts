import { z } from 'zod';
import { FINDING_SORTS, findingQuerySchema } from './finding-schemas.ts';
import { hostQuerySchema, problemSchema } from './schemas.ts';
import { filterText, sortSchema } from './view-schemas.ts';

const timeMs = z.number().int().min(0).max(8_640_000_000_000_000);
const count = z.number().int().nonnegative();

/** What an export can be written as. Each has a file of its own in `electron/reports/`. */
export const EXPORT_FORMATS = ['csv', 'json-lines', 'oscal', 'pdf-board', 'pdf', 'pdf-dossier', 'pack'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What can be signed with the certificate of an organisation. */
export const isSignable = (format: ExportFormat): boolean => format.startsWith('pdf');

/** Which list an export has the rows of. */
export const EXPORT_ROWS = ['hosts', 'findings', 'ledger'] as const;
export type ExportRows = (typeof EXPORT_ROWS)[number];

/** As what the rows of each list can be written. */
export const FORMATS_OF: Readonly<Record<ExportRows, readonly [ExportFormat, ...ExportFormat[]]>> = {
  hosts: EXPORT_FORMATS,
  findings: ['csv', 'json-lines'],
  ledger: ['csv', 'json-lines'],
};

/** A sample has at most so many hosts. */
export const SAMPLE_MOST = 100_000;
/** One word of letters, digits and `. _ : -`, so that it is the same text in a shell, in a spreadsheet and on paper. */
export const SAMPLE_SEED = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/u;
/** Formats that say something of a sample. A summary of the fleet and the dossier of one host do not. */
export const SAMPLED_FORMATS: readonly ExportFormat[] = ['csv', 'json-lines', 'oscal', 'pdf', 'pack'];
/** So many hosts of all that are meant, drawn by `plumbline-sample-v1` (docs/exports.md); without a seed one is made at random and recorded. */
export const sampleAskSchema = z.strictObject({
  size: z.number().int().min(1).max(SAMPLE_MOST),
  seed: z.string().regex(SAMPLE_SEED).optional(),
});
/** What is said of a sample that was drawn, so that anybody can draw it again. */
export const sampleSchema = z.object({
  algorithm: z.literal('plumbline-sample-v1'),
  /** As many as were asked for; the sample has fewer where there are fewer. */
  size: count,
  seed: z.string().regex(SAMPLE_SEED),
  seedBy: z.enum(['given', 'made']),
  /** Of how many hosts, and SHA-256 (hex) over their ids, sorted by bytes, each ended by a line feed. */
  population: count,
  populationSha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** From the first moment up to, and without, the second; null = without an end on that side. */
export const exportPeriodSchema = z
  .strictObject({ fromMs: timeMs.nullable(), toMs: timeMs.nullable() })
  .refine(({ fromMs, toMs }) => fromMs === null || toMs === null || fromMs < toMs, 'a period ends after it begins');

const format = z.enum(EXPORT_FORMATS);
/** The same questions that the lists are asked, without a page. Hosts are those of one moment, the cut-off, and have no period. */
export const exportAskSchema = z.discriminatedUnion('rows', [
  z.strictObject({
    rows: z.literal('hosts'),
    format,
    query: hostQuerySchema,
    filter: filterText.optional(),
    sort: sortSchema,
    sample: sampleAskSchema.optional(),
    /** Since when a report says what changed; 30 days before the cut-off where it is not said. */
    sinceMs: timeMs.optional(),
    /** Whether a PDF is signed with the certificate of the organisation; refused where none is configured. */
    sign: z.boolean().optional(),
  }),
  z.strictObject({
    rows: z.literal('findings'),
    format,
    query: findingQuerySchema,
    sort: z.enum(FINDING_SORTS),
    /** Findings that held at some time in it. */
    period: exportPeriodSchema.nullable(),
  }),
  z.strictObject({
    rows: z.literal('ledger'),
    format,
    kind: z.string().max(64).optional(),
    subject: z.string().max(1_024).optional(),
    /** Entries that were entered in it. */
    period: exportPeriodSchema.nullable(),
  }),
]);

/** A file that was made, as its entry in the ledger says. */
export const keptExportSchema = z.object({
  /** The number of its entry. */
  id: count,
  name: z.string(),
  format: z.string(),
  rows: z.string(),
  count,
  bytes: count,
  sha256: z.string(),
  /** What was asked, in the language where there is one; empty = all. */
  query: z.string(),
  /** Where its rows are a sample. */
  sample: sampleSchema.optional(),
  cutOffMs: timeMs,
  madeAtMs: timeMs,
  who: z.string(),
});

/** What reports can be signed with; nothing of it is secret. */
export const signingStateSchema = z.object({
  /** Null where the file does not open. */
  certificate: z
    .object({
      subject: z.string(),
      issuer: z.string(),
      validFromMs: timeMs,
      validToMs: timeMs,
      /** SHA-256 of it, hex. */
      sha256: z.string(),
    })
    .nullable(),
  /** Why nothing can be signed with it now; null where it can. */
  problem: problemSchema.nullable(),
});

/** What became of handing one out to a place that a person chose. */
export const exportSavedSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('saved'), file: z.string() }),
  z.object({ state: z.literal('left') }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

export const exportChangeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done') }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

export type ExportAsk = z.output<typeof exportAskSchema>;
export type SampleAsk = z.output<typeof sampleAskSchema>;
export type Sample = z.output<typeof sampleSchema>;
export type ExportPeriod = z.output<typeof exportPeriodSchema>;
export type KeptExport = z.output<typeof keptExportSchema>;
export type SigningState = z.output<typeof signingStateSchema>;
export type ExportSaved = z.output<typeof exportSavedSchema>;
export type ExportChange = z.output<typeof exportChangeSchema>;
