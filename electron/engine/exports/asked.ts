import { z } from 'zod';
import { CONTROL_STANDINGS, flaggedBeforeSchema } from '../../../shared/contract/assessment-schemas.ts';
import { exportAskSchema, sampleSchema } from '../../../shared/contract/export-schemas.ts';
import { reportDifferenceSchema } from '../../../shared/contract/report-schemas.ts';
import type { Result } from '../../../shared/model/result.ts';
import { WHO_KINDS } from '../../ledger/entry.ts';

/** Whatever memory is behind it. */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** What an export is given, as plain values: it runs in another thread. */
export const exportAskedSchema = z.object({
  dataFolder: z.string(),
  /** Where it is written; it must not be there yet. Whoever asked renames it. */
  file: z.string(),
  ask: exportAskSchema,
  version: z.string(),
  /** Text of an organisation's own mapping of controls, where there is one. */
  controls: z.string().optional(),
  /** Certificates that endorsement certificates are followed to: files, DER or PEM. */
  issuers: z.object({ roots: z.array(bytes), issuers: z.array(bytes) }).optional(),
  /** Whose report it is. `logo`: the file, PNG or JPEG. */
  organisation: z.object({ name: z.string().max(200).nullable(), logo: bytes.nullable() }).optional(),
  who: z.object({ kind: z.enum(WHO_KINDS), name: z.string() }),
  /** Endpoints of which something newer could not be recorded; null = not known. */
  notRecorded: z.array(z.string()).nullable(),
  /** What a PDF is signed with; absent = it is not signed. */
  signature: z.object({ pkcs12: bytes, password: z.string(), reason: z.string().nullable(), location: z.string().nullable() }).optional(),
  /** Where it is the run of a report: the rows of the run before, and its cut-off; both null for the first. */
  against: z.object({ report: z.number().int(), rows: bytes.nullable(), sinceMs: z.number().nullable() }).optional(),
});
export type ExportAsked = z.output<typeof exportAskedSchema>;

/** What was written, and what its entry in the ledger says of it. */
export const exportWrittenSchema = z.object({
  count: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
  query: z.string(),
  /** Where its rows are a sample. */
  sample: sampleSchema.optional(),
  sort: z.string(),
  cutOffMs: z.number().int(),
  /** How many entries the checkpoint covers that is printed on it; 0 where nothing was signed. */
  checkpointSize: z.number().int(),
  demo: z.boolean(),
  /** Whose certificate signed it, and its SHA-256; null where it is not signed. */
  signedBy: z.object({ subject: z.string(), certificate: z.string() }).nullable(),
  /** Of the hosts of a report: rows and controls for its next run, the difference to the run before, where there was one, and what was flagged. */
  stood: z
    .object({
      packed: bytes,
      controls: z.array(z.object({ id: z.string(), title: z.string(), standing: z.enum(CONTROL_STANDINGS) })),
      difference: reportDifferenceSchema.nullable(),
      flagged: flaggedBeforeSchema,
    })
    .optional(),
});
export type ExportWritten = z.output<typeof exportWrittenSchema>;

/**
 * Writes one to its end. `onProgress`: rows written, of how many. Where it does not come to its end, nothing is left of the file.
 * Problems: export-stopped, export-query, export-format, export-database, export-disk, export-count, export-ended, and those of a signature (signature-…).
 */
export type RunExport = (
  asked: ExportAsked,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Result<ExportWritten>>;
