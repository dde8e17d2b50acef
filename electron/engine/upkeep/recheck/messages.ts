import { z } from 'zod';
import { recheckReportSchema } from '../../../../shared/contract/job-schemas.ts';
import { problemSchema } from '../../../../shared/contract/schemas.ts';
import { recheckAskedSchema } from './asked.ts';

/** What goes between the engine and the thread of one re-check. */
export const recheckStartSchema = z.object({
  asked: recheckAskedSchema,
  /** One number that both threads see, not 0 = to be stopped: the re-check never waits for a message. */
  stop: z.custom<Int32Array<SharedArrayBuffer>>((value) => value instanceof Int32Array && value.buffer instanceof SharedArrayBuffer),
});
export type RecheckStart = z.output<typeof recheckStartSchema>;

export const fromRecheckSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal('found'), report: recheckReportSchema }),
  z.object({ type: z.literal('failed'), problem: problemSchema }),
]);
export type FromRecheck = z.output<typeof fromRecheckSchema>;
