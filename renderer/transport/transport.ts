import type { z } from 'zod';
import {
  callTable,
  events,
  wireSchema,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
} from '../../shared/contract/contract.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { door } from './door.ts';

type EventTable = { readonly [N in EventName]: z.ZodType<EventPayload<N>> };
const eventTable: EventTable = events;

const unreachable = (): Result<never> =>
  fail('unreachable', 'The engine does not answer.', 'Check that Plumbline is still running; this screen tries again by itself.');
const notUnderstood = (): Result<never> =>
  fail(
    'bad-answer',
    'The engine’s answer was not understood.',
    'The screen and the engine may be of different versions: restart Plumbline.',
  );

const READABLE = /^[^[{\n]{1,200}$/;

/** What went wrong inside is for the log; a person reads one sentence, and the engine's own only where it is one. */
const refused = ({ code, message }: { readonly code: string; readonly message: string }): Result<never> => {
  if (code === 'unavailable') return fail(code, message, 'The engine is starting or stopping; try again in a moment.');
  if (code === 'not-registered') return fail(code, message, 'Start Plumbline without --read-only where something is to be changed.');
  const said = READABLE.test(message) ? ` It says: ${message}` : '';
  return fail(code, 'The engine failed on this question.', `It is asked again by itself; if it stays, restart Plumbline.${said}`);
};

/** The one way to ask the engine. Never throws: whatever the outside can cause is a problem with a next step. */
export const call = async <N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>> => {
  let answer: unknown;
  try {
    answer = await door.call(name, input);
  } catch {
    return unreachable();
  }
  const wire = wireSchema.safeParse(answer);
  if (!wire.success) return notUnderstood();
  if (!wire.data.ok) return refused(wire.data.error);
  const output = callTable[name].output.safeParse(wire.data.data);
  return output.success ? ok(output.data) : notUnderstood();
};

export const subscribe = <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): (() => void) =>
  door.subscribe(name, (payload) => {
    const parsed = eventTable[name].safeParse(payload);
    if (parsed.success) listener(parsed.data);
  });
