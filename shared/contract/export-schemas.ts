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
export type ExportPeriod = z.output<typeof exportPeriodSchema>;
export type KeptExport = z.output<typeof keptExportSchema>;
export type SigningState = z.output<typeof signingStateSchema>;
export type ExportSaved = z.output<typeof exportSavedSchema>;
export type ExportChange = z.output<typeof exportChangeSchema>;
