import { Worker } from 'node:worker_threads';
import { type EventName, isEventName, type Wire, wireSchema } from '../../shared/contract/contract.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { type EngineStart, fromEngineSchema } from './messages.ts';

/** A running engine as a shell sees it: calls in, events out. */
export type EngineHost = {
  readonly call: (name: unknown, input: unknown) => Promise<Wire>;
  readonly onEvent: (listener: (name: EventName, payload: unknown) => void) => void;
  /** Called once if the engine's thread ends without being asked to. */
  readonly onCrash: (listener: (message: string) => void) => void;
  readonly stop: () => Promise<void>;
};

const GONE: Wire = { ok: false, error: { code: 'unavailable', message: 'The engine has stopped. Start Plumbline again.' } };

/**
 * Starts the engine in its own thread and waits until it is ready.
 * Problems: those of the endpoints file, the manifest and the data folder, and engine-start.
 */
export const startEngine = (workerFile: URL, start: EngineStart): Promise<Result<EngineHost>> =>
  new Promise((resolve) => {
    const worker = new Worker(workerFile, { workerData: start });
    const waiting = new Map<number, (wire: Wire) => void>();
    const listeners: ((name: EventName, payload: unknown) => void)[] = [];
    const crashListeners: ((message: string) => void)[] = [];
    let next = 0;
    let alive = true;
    let stopping = false;
    let lastError = '';

    const call = (name: unknown, input: unknown): Promise<Wire> => {
      if (!alive) return Promise.resolve(GONE);
      next += 1;
      const id = next;
      return new Promise((answer) => {
        waiting.set(id, answer);
        worker.postMessage({ type: 'call', id, name, input });
      });
    };
    const exited = new Promise<void>((done) => {
      worker.once('exit', () => {
        alive = false;
        for (const answer of waiting.values()) answer(GONE);
        waiting.clear();
        if (!stopping) for (const listener of crashListeners) listener(lastError || 'The engine ended unexpectedly.');
        resolve(fail('engine-start', `The engine could not start. ${lastError}`, 'See the messages above.'));
        done();
      });
    });
    worker.on('error', (error) => {
      lastError = error instanceof Error ? error.message : String(error);
    });
    worker.on('message', (raw) => {
      const message = fromEngineSchema.parse(raw);
      switch (message.type) {
        case 'ready':
          resolve(
            ok({
              call,
              onEvent: (listener) => listeners.push(listener),
              onCrash: (listener) => crashListeners.push(listener),
              stop: () => {
                stopping = true;
                if (alive) worker.postMessage({ type: 'stop' });
                return exited;
              },
            }),
          );
          break;
        case 'failed':
          stopping = true;
          resolve({ ok: false, problem: message.problem });
          break;
        case 'reply': {
          const answer = waiting.get(message.id);
          waiting.delete(message.id);
          answer?.(wireSchema.parse(message.wire));
          break;
        }
        case 'event':
          if (isEventName(message.name)) for (const listener of listeners) listener(message.name, message.payload);
          break;
        case 'stopped':
          break;
      }
    });
  });
