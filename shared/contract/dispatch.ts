import { z } from 'zod';
import { CALL_EFFECTS } from './call-effects.ts';
import { callTable, isCallName, type CallName, type Handlers, type Registered, type Wire } from './contract.ts';

const NOT_REGISTERED = {
  writes: 'This Plumbline is read-only: a call that changes something is not registered.',
  reads: 'An evidence pack has its hosts and their evidence, and not this: ask for the data folder.',
} as const;

const run = async <N extends CallName>(handlers: Registered, name: N, input: unknown): Promise<Wire> => {
  const spec: (typeof callTable)[N] = callTable[name];
  const handler: Handlers[N] | undefined = handlers[name];
  if (handler === undefined) return { ok: false, error: { code: 'not-registered', message: NOT_REGISTERED[CALL_EFFECTS[name]] } };
  const parsed = spec.input.safeParse(input);
  if (!parsed.success) return { ok: false, error: { code: 'bad-input', message: z.prettifyError(parsed.error) } };
  return { ok: true, data: spec.output.parse(await handler(parsed.data)) };
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Where the disk is at fault a person can do something; everything else is a fault of ours. */
const failureOf = (error: unknown): Extract<Wire, { ok: false }>['error'] => {
  const code = codeOf(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return {
      code: 'unavailable',
      message: 'The database is damaged. Stop Plumbline and restore a backup: plumbline data restore FILE --data DIR.',
    };
  if (code === 'EVIDENCE_DAMAGED' && error instanceof Error) return { code: 'unavailable', message: error.message };
  if (code === 'SQLITE_FULL' || code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_READONLY'))
    return { code: 'unavailable', message: 'The disk takes nothing. Free space or check the rights of the data folder, then try again.' };
  return { code: 'internal', message: error instanceof Error ? error.message : 'The call failed.' };
};

/** One dispatcher for every shell: nothing reaches a handler unparsed, nothing leaves unparsed. Never rejects. */
export const dispatch = async (handlers: Registered, name: unknown, input: unknown): Promise<Wire> => {
  if (!isCallName(name)) return { ok: false, error: { code: 'unknown-call', message: 'There is no such call.' } };
  try {
    return await run(handlers, name, input);
  } catch (error) {
    return { ok: false, error: failureOf(error) };
  }
};
