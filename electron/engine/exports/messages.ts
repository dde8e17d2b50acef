import { z } from 'zod';
import { problemSchema } from '../../../shared/contract/schemas.ts';
import { exportAskedSchema, exportWrittenSchema } from './asked.ts';

/** What goes between whoever asked and the thread of one export. */
export const exportStartSchema = z.object({
  asked: exportAskedSchema,
  /** One number that both threads see, not 0 = to be stopped: the export never waits for a message. */
  stop: z.custom<Int32Array<SharedArrayBuffer>>((value) => value instanceof Int32Array && value.buffer instanceof SharedArrayBuffer),
});
export type ExportStart = z.output<typeof exportStartSchema>;

export const fromExportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal('written'), written: exportWrittenSchema }),
  z.object({ type: z.literal('failed'), problem: problemSchema }),
]);
export type FromExport = z.output<typeof fromExportSchema>;
