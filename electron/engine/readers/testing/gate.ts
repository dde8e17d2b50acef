import { breath } from '../../breath.ts';
import type { ReaderStart, ReadInput, ReadName, ReadOutput } from '../messages.ts';
import type { Reader } from '../reader-thread.ts';

/** The question at which an odd reader waits, or ends. */
export const ODD = 'hosts.complete';
/** Places in what both threads look at: that it waits, that it may go on, how often it was started. */
export const COMES = 0;
export const GOES = 1;
export const STARTS = 2;

export const READER = new URL('../reader-worker.ts', import.meta.url);
export const ODD_READER = new URL('odd-reader.ts', import.meta.url);

export type Gate = {
  readonly start: (dataFolder: string) => ReaderStart;
  /** Until the reader waits. */
  readonly held: () => Promise<unknown>;
  readonly open: () => void;
  readonly starts: () => number;
};

export const makeGate = (end = false): Gate => {
  const gate = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
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
    starts: () => Atomics.load(state, STARTS),
  };
};

/** Asks until the reader itself answers: it is begun by the first question, and is not waited for. */
export const fromReader = async <N extends ReadName>(reader: Reader, name: N, input: ReadInput<N>): Promise<ReadOutput<N>> => {
  for (;;) {
    const found = await reader.ask(name, input);
    if (found !== null) return found.value;
    await breath();
  }
};
