import { z } from 'zod';
import { callTable, isCallName, type CallName, type Handlers, type Wire } from './contract.ts';

const run = async <N extends CallName>(handlers: Handlers, name: N, input: unknown): Promise<Wire> => {
  const spec: (typeof callTable)[N] = callTable[name];
  const handler: Handlers[N] = handlers[name];
  const parsed = spec.input.safeParse(input);
  if (!parsed.success) return { ok: false, error: { code: 'bad-input', message: z.prettifyError(parsed.error) } };
  return { ok: true, data: spec.output.parse(await handler(parsed.data)) };
};

/** One dispatcher for every shell: nothing reaches a handler unparsed, nothing leaves unparsed. Never rejects. */
export const dispatch = async (handlers: Handlers, name: unknown, input: unknown): Promise<Wire> => {
  if (!isCallName(name)) return { ok: false, error: { code: 'unknown-call', message: 'There is no such call.' } };
  try {
    return await run(handlers, name, input);
  } catch (error) {
    return { ok: false, error: { code: 'internal', message: error instanceof Error ? error.message : 'The call failed.' } };
  }
};
