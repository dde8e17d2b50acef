import { z } from 'zod';
import type { ReferenceSet } from '../../shared/model/reference-set.ts';
import type { SweepReport } from '../polling/scheduler.ts';
import type { HostRecord } from '../store/records.ts';
import type { Prior } from './collector.ts';
import type { InForce } from './policy/policy.ts';

/**
 * What goes between the engine and its collector's thread. Both ends are this program; envelopes are parsed, and what they carry is
 * the other end's own value, copied by the runtime.
 */
const carried = <T>(): z.ZodType<T> => z.custom<T>((value) => typeof value === 'object' && value !== null);

export const collectorStartSchema = z.object({
  endpointsPath: z.string().nullable(),
  inForce: carried<InForce>(),
  references: carried<readonly ReferenceSet[]>(),
});
export type CollectorStart = z.output<typeof collectorStartSchema>;

export const toCollectorSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('sweep-now') }),
  z.object({ type: z.literal('manifest'), inForce: carried<InForce>() }),
  z.object({ type: z.literal('references'), sets: carried<readonly ReferenceSet[]>() }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('prior'), id: z.number().int(), prior: carried<Prior>().nullable() }),
  z.object({ type: z.literal('recorded'), id: z.number().int() }),
]);
export type ToCollector = z.output<typeof toCollectorSchema>;

export const fromCollectorSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prior'), id: z.number().int(), endpoint: z.string(), host: z.string(), ekSha256: z.string().nullable() }),
  z.object({ type: z.literal('record'), id: z.number().int(), record: carried<HostRecord>() }),
  z.object({ type: z.literal('sweep'), report: carried<SweepReport>() }),
  z.object({ type: z.literal('progress'), endpoint: z.string(), done: z.number(), total: z.number(), running: z.boolean() }),
  z.object({ type: z.literal('state'), endpoint: z.string(), sweeping: z.boolean(), nextAtMs: z.number().nullable() }),
  z.object({ type: z.literal('stopped') }),
]);
export type FromCollector = z.output<typeof fromCollectorSchema>;
