import { parentPort, workerData } from 'node:worker_threads';
import { type FromRecheck, recheckStartSchema } from './messages.ts';
import { runRecheck } from './run.ts';

/** The thread of one re-check: it reads and hashes everything, for minutes where the ledger is long, and nobody waits for it. */
const run = (): void => {
  const port = parentPort;
  if (!port) throw new Error('a re-check runs in a worker thread');
  const { asked, stop } = recheckStartSchema.parse(workerData);
  const send = (message: FromRecheck): void => port.postMessage(message);
  let told = -1;
  const result = runRecheck(asked, {
    // Not more often than somebody could see it.
    onProgress: (done, total) => {
      const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
      if (percent === told) return;
      told = percent;
      send({ type: 'progress', done, total });
    },
    isStopped: () => Atomics.load(stop, 0) !== 0,
  });
  send(result.ok ? { type: 'found', report: result.value } : { type: 'failed', problem: result.problem });
};

run();
