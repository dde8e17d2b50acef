/** A reader that tests hold and end at will. It works as the real one does, until a question comes for which the test wants something else. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { readerStartSchema } from '../messages.ts';
import { serveReads } from '../serve-reads.ts';
import { ASKED, COMES, GOES, ODD, OPENS, STARTS } from './gate.ts';

const { gate, end } = z.object({ gate: z.instanceof(SharedArrayBuffer), end: z.boolean() }).parse(workerData);
if (!parentPort) throw new Error('the reader runs in a worker thread');
const state = new Int32Array(gate);
Atomics.add(state, STARTS, 1);
serveReads(parentPort, readerStartSchema.parse(workerData), (name) => {
  Atomics.add(state, ASKED, 1);
  if (name !== ODD) return;
  if (end) process.exit(1);
  Atomics.store(state, COMES, 1);
  Atomics.notify(state, COMES);
  Atomics.wait(state, GOES, 0);
});
Atomics.add(state, OPENS, 1);
Atomics.notify(state, OPENS);
