import { z } from 'zod';
import { calls } from '../../../shared/contract/contract.ts';
import { postureSchema } from '../../../shared/contract/posture-schemas.ts';
import { overviewSchema } from '../../../shared/contract/schemas.ts';

/** The calls that only read what is recorded and may take long, and what the overview reads. The reader answers nothing else. */
const rows = {
  'hosts.list': calls['hosts.list'],
  'hosts.complete': calls['hosts.complete'],
  'hosts.history': calls['hosts.history'],
  'hosts.events': calls['hosts.events'],
  'hosts.ima': calls['hosts.ima'],
  'hosts.difference': calls['hosts.difference'],
  'hosts.peers': calls['hosts.peers'],
  'hosts.bytes': calls['hosts.bytes'],
  'hosts.fields': calls['hosts.fields'],
  'hosts.keys': calls['hosts.keys'],
  'fleet.asOf': calls['fleet.asOf'],
  'fleet.places': calls['fleet.places'],
  'fleet.movements': calls['fleet.movements'],
  'fleet.moments': calls['fleet.moments'],
  'fleet.regions': calls['fleet.regions'],
  'findings.list': calls['findings.list'],
  'findings.clusters': calls['findings.clusters'],
  'findings.preview': calls['findings.preview'],
  'ledger.list': calls['ledger.list'],
  'reports.items': calls['reports.items'],
  'reports.itemHistory': calls['reports.itemHistory'],
  /** What is aimed at is the engine's to add. */
  'posture.read': { input: calls['posture.get'].input, output: postureSchema.omit({ target: true }) },
  /** What is going on right now, endpoints and the manifest, is the engine's to add. */
  'overview.read': { input: z.object({ maxAgeMs: z.number() }), output: overviewSchema.omit({ endpoints: true, manifest: true }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type ReadName = keyof typeof rows;
type Inputs = { [N in ReadName]: z.output<(typeof rows)[N]['input']> };
type Outputs = { [N in ReadName]: z.output<(typeof rows)[N]['output']> };
export type ReadInput<N extends ReadName> = Inputs[N];
export type ReadOutput<N extends ReadName> = Outputs[N];
export type ReadHandlers = { readonly [N in ReadName]: (input: Inputs[N]) => Outputs[N] | Promise<Outputs[N]> };
/** The same table, written so that TypeScript sees that a call's schemas and its handler belong together. */
export const readTable: { readonly [N in ReadName]: { readonly input: z.ZodType<Inputs[N]>; readonly output: z.ZodType<Outputs[N]> } } =
  rows;
const isReadName = (name: unknown): name is ReadName => typeof name === 'string' && Object.hasOwn(rows, name);

/** What the engine knows and no table says: the time, and of which endpoints something newer could not be recorded. */
const momentSchema = z.object({ nowMs: z.number(), notRecorded: z.array(z.string()) });
export type Moment = z.output<typeof momentSchema>;

export const readerStartSchema = z.object({ dataFolder: z.string() });
export type ReaderStart = z.output<typeof readerStartSchema>;

export const toReaderSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ask'),
    id: z.number().int(),
    name: z.custom<ReadName>(isReadName),
    input: z.unknown(),
    moment: momentSchema,
  }),
  z.object({ type: z.literal('stop') }),
]);
export type ToReader = z.output<typeof toReaderSchema>;

export const fromReaderSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open') }),
  z.object({ type: z.literal('answer'), id: z.number().int(), data: z.unknown() }),
  /** Why is not said: the engine's own connection is asked instead, and fails the same way if it must. */
  z.object({ type: z.literal('failed'), id: z.number().int() }),
]);
export type FromReader = z.output<typeof fromReaderSchema>;
