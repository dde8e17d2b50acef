import { z } from 'zod';
import { problemSchema } from '../../shared/contract/schemas.ts';

/** What goes between a shell and the engine's thread. Plain JSON values; parsed on arrival. */
export const toEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.number().int(), name: z.unknown(), input: z.unknown() }),
  z.object({ type: z.literal('stop') }),
]);
export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), problem: problemSchema }),
  z.object({ type: z.literal('reply'), id: z.number().int(), wire: z.unknown() }),
  z.object({ type: z.literal('event'), name: z.string(), payload: z.unknown() }),
  z.object({ type: z.literal('stopped') }),
]);
export const engineStartSchema = z.object({
  dataFolder: z.string(),
  endpointsPath: z.string().nullable(),
  manifestPath: z.string().nullable(),
  version: z.string(),
  shell: z.enum(['desktop', 'console']),
  /** The data folder to which the demo that is started can be left; null where it is no demo. */
  leavesTo: z.string().nullable(),
  /** Shows the data folder and changes nothing; endpoints and manifest are not asked for. */
  readOnly: z.boolean(),
  /** An evidence pack to show instead of a data folder, and the keys to check it with. */
  pack: z.object({ file: z.string(), keys: z.array(z.string()) }).nullable(),
});
export type EngineStart = z.output<typeof engineStartSchema>;
export type FromEngine = z.output<typeof fromEngineSchema>;
