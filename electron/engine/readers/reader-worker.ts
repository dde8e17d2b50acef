import { parentPort, workerData } from 'node:worker_threads';
import { readerStartSchema } from './messages.ts';
import { serveReads } from './serve-reads.ts';

/** The reader's own thread: whatever is read of a large fleet to be shown, so that none of it delays recording. */
const run = (): void => {
  if (!parentPort) throw new Error('the reader runs in a worker thread');
  serveReads(parentPort, readerStartSchema.parse(workerData));
};

run();
