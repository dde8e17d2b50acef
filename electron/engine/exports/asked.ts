import { z } from 'zod';
import { exportAskSchema } from '../../../shared/contract/export-schemas.ts';
import type { Result } from '../../../shared/model/result.ts';
import { WHO_KINDS } from '../../ledger/entry.ts';

/** What an export is given, as plain values: it runs in another thread. */
export const exportAskedSchema = z.object({
  dataFolder: z.string(),
  /** Where it is written; it must not be there yet. Whoever asked renames it. */
  file: z.string(),
  ask: exportAskSchema,
  version: z.string(),
  who: z.object({ kind: z.enum(WHO_KINDS), name: z.string() }),
  /** Endpoints of which something newer could not be recorded; null = not known. */
  notRecorded: z.array(z.string()).nullable(),
});
export type ExportAsked = z.output<typeof exportAskedSchema>;

/** What was written, and what its entry in the ledger says of it. */
export const exportWrittenSchema = z.object({
  count: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
  query: z.string(),
  sort: z.string(),
  cutOffMs: z.number().int(),
  /** How many entries the checkpoint covers that is printed on it; 0 where nothing was signed. */
  checkpointSize: z.number().int(),
  demo: z.boolean(),
});
export type ExportWritten = z.output<typeof exportWrittenSchema>;

/**
 * Writes one to its end. `onProgress`: rows written, of how many. Where it does not come to its end, nothing is left of the file.
 * Problems: export-stopped, export-query, export-format, export-database, export-disk, export-count, export-ended.
 */
export type RunExport = (
  asked: ExportAsked,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Result<ExportWritten>>;
