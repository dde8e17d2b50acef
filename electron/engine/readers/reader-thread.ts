import { Worker } from 'node:worker_threads';
import { fromReaderSchema, type Moment, type ReaderStart, type ReadInput, readTable, type ReadName, type ReadOutput } from './messages.ts';
import type { ToReader } from './messages.ts';

/** Somebody beside the engine who reads. */
export type Reader = {
  /** Null where it did not answer: whoever asks reads by himself. Rejects only while it is being stopped. */
  readonly ask: <N extends ReadName>(name: N, input: ReadInput<N>) => Promise<{ readonly value: ReadOutput<N> } | null>;
  readonly stop: () => Promise<void>;
};

type Found = { readonly data: unknown } | null;
type Thread = { readonly worker: Worker; readonly ended: Promise<void>; isOpen: boolean };

/** The first one and those that took its place; after that the engine reads by itself. */
export const MOST_STARTS = 4;
/** These are answered in steps, between which others are; each of the rest is answered at one go, when those before it are. */
const IN_STEPS: ReadonlySet<ReadName> = new Set([
  'fleet.asOf',
  'fleet.places',
  'hosts.events',
  'hosts.ima',
  'hosts.difference',
  'hosts.bytes',
  'hosts.fields',
]);

/**
 * A reader in a thread of its own, begun by the first question. It is never waited for: until it is open, and once it ended, it answers nothing.
 * `moment` is asked for when the turn of a question has come, so that nobody is judged by what was known while others were answered.
 */
export const createReaderThread = (workerFile: URL, start: ReaderStart, moment: () => Moment): Reader => {
  const waiting = new Map<number, (found: Found) => void>();
  const queued = new Map<string, Promise<Found>>();
  let thread: Thread | null = null;
  let starts = 0;
  let next = 0;
  let stopping = false;
  let turn: Promise<unknown> = Promise.resolve();

  const tell = (id: number, found: Found): void => {
    waiting.get(id)?.(found);
    waiting.delete(id);
  };
  const begin = (): void => {
    if (starts === MOST_STARTS) return;
    starts += 1;
    const worker = new Worker(workerFile, { workerData: start });
    const ended = new Promise<void>((done) => {
      worker.once('exit', () => {
        thread = null;
        for (const id of waiting.keys()) tell(id, null);
        done();
      });
    });
    const mine: Thread = { worker, ended, isOpen: false };
    // Whatever it was, the thread ends by it, and that is what counts.
    worker.on('error', () => {});
    worker.on('message', (raw) => {
      const message = fromReaderSchema.parse(raw);
      if (message.type === 'open') mine.isOpen = true;
      else tell(message.id, message.type === 'answer' ? { data: message.data } : null);
    });
    thread = mine;
  };
  const send = (name: ReadName, input: unknown): Promise<Found> =>
    new Promise((resolve, reject) => {
      if (stopping || thread?.isOpen !== true) return resolve(null);
      next += 1;
      // The engine's own answer would come too late to be of use, and keep it from ending.
      waiting.set(next, (found) => (found === null && stopping ? reject(new Error('Plumbline is stopping.')) : resolve(found)));
      const message: ToReader = { type: 'ask', id: next, name, input, moment: moment() };
      thread.worker.postMessage(message);
    });
  /** A question that waits is asked once, whoever asks it: what is read in its turn is new for all of them. So the queue stays short. */
  const inTurn = (name: ReadName, input: unknown): Promise<Found> => {
    const key = `${name} ${JSON.stringify(input)}`;
    const same = queued.get(key);
    if (same !== undefined) return same;
    const ask = (): Promise<Found> => {
      queued.delete(key);
      return send(name, input);
    };
    const mine = turn.then(ask, ask);
    queued.set(key, mine);
    turn = mine;
    return mine;
  };

  return {
    ask: async (name, input) => {
      if (thread === null && !stopping) begin();
      const found = await (IN_STEPS.has(name) ? send(name, input) : inTurn(name, input));
      const spec: (typeof readTable)[typeof name] = readTable[name];
      return found === null ? null : { value: spec.output.parse(found.data) };
    },
    stop: async () => {
      stopping = true;
      if (thread === null) return;
      const message: ToReader = { type: 'stop' };
      thread.worker.postMessage(message);
      await thread.ended;
    },
  };
};
