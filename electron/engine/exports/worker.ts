import { parentPort, workerData } from 'node:worker_threads';
import { exportStartSchema, type FromExport } from './messages.ts';
import { runExport } from './run.ts';

/** The thread of one export: it reads and writes everything, and nobody waits for it. */
const run = async (): Promise<void> => {
  const port = parentPort;
  if (!port) throw new Error('an export runs in a worker thread');
  const { asked, stop } = exportStartSchema.parse(workerData);
  const send = (message: FromExport): void => port.postMessage(message);
  let told = -1;
  const result = await runExport(asked, {
    nowMs: Date.now,
    // Not more often than somebody could see it.
    onProgress: (done, total) => {
      const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
      if (percent === told) return;
      told = percent;
      send({ type: 'progress', done, total });
    },
    isStopped: () => Atomics.load(stop, 0) !== 0,
  });
  send(result.ok ? { type: 'written', written: result.value } : { type: 'failed', problem: result.problem });
};

void run();
