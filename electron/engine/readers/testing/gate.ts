import { breath } from '../../breath.ts';
import type { ReaderStart, ReadInput, ReadName, ReadOutput } from '../messages.ts';
import type { Reader } from '../reader-thread.ts';

/** The question at which an odd reader waits, or ends. */
export const ODD = 'hosts.complete';
/** Places in what both threads look at: that it waits, that it may go on, how often it was started, asked and opened. */
export const COMES = 0;
export const GOES = 1;
export const STARTS = 2;
export const ASKED = 3;
export const OPENS = 4;

export const READER = new URL('../reader-worker.ts', import.meta.url);
export const ODD_READER = new URL('odd-reader.ts', import.meta.url);
/** One that ends before it is open. */
export const NO_READER = new URL(
  `data:text/javascript,import { workerData } from 'node:worker_threads';
  Atomics.add(new Int32Array(workerData.gate), ${STARTS}, 1);
  throw new Error('it cannot open');`,
);

export type Gate = {
  readonly start: (dataFolder: string) => ReaderStart;
  /** Until the reader waits. */
  readonly held: () => Promise<unknown>;
  readonly open: () => void;
  /** Until it was opened so many times. */
  readonly opened: (times: number) => Promise<void>;
  readonly starts: () => number;
  readonly asked: () => number;
};

export const makeGate = (end = false): Gate => {
  const gate = new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(gate);
  return {
    start: (dataFolder) => {
      const start = { dataFolder, gate, end };
      return start;
    },
    held: async () => Atomics.waitAsync(state, COMES, 0).value,
    open: () => {
      Atomics.store(state, GOES, 1);
      Atomics.notify(state, GOES);
    },
    opened: async (times) => {
      for (let now = Atomics.load(state, OPENS); now < times; now = Atomics.load(state, OPENS))
        await Atomics.waitAsync(state, OPENS, now).value;
    },
    starts: () => Atomics.load(state, STARTS),
    asked: () => Atomics.load(state, ASKED),
  };
};

/** Asks until the reader itself answers: it is begun by a question, and is not waited for by the product. */
export const fromReader = async <N extends ReadName>(reader: Reader, name: N, input: ReadInput<N>): Promise<ReadOutput<N>> => {
  for (;;) {
    const found = await reader.ask(name, input);
    if (found !== null) return found.value;
    await breath();
  }
};

/** An odd reader's answer; where it must be begun, it is waited for until it was opened so many times. */
export const fromOdd = async <N extends ReadName>(
  reader: Reader,
  gate: Gate,
  name: N,
  input: ReadInput<N>,
  times = 1,
): Promise<ReadOutput<N>> => {
  await reader.ask(name, input);
  await gate.opened(times);
  return fromReader(reader, name, input);
};
