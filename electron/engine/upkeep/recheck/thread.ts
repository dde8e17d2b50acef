import { Worker } from 'node:worker_threads';
import type { RecheckReport } from '../../../../shared/contract/job-schemas.ts';
import { visibleText } from '../../../../shared/model/hostile-text.ts';
import { fail, type Result } from '../../../../shared/model/result.ts';
import type { Recheck } from './asked.ts';
import { fromRecheckSchema, type RecheckStart } from './messages.ts';

/** Runs each re-check in a thread of its own, with a connection of its own that can only read. Ends when that thread has ended. */
export const recheckInThread =
  (workerFile: URL): Recheck =>
  (asked, onProgress, signal) =>
    new Promise((resolve) => {
      const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const start: RecheckStart = { asked, stop };
      const worker = new Worker(workerFile, { workerData: start });
      const onAbort = (): void => void Atomics.store(stop, 0, 1);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      let result: Result<RecheckReport> | null = null;
      let why = 'its thread ended';
      worker.on('message', (raw) => {
        const message = fromRecheckSchema.parse(raw);
        if (message.type === 'progress') onProgress(message.done, message.total);
        else if (message.type === 'found') result = { ok: true, value: message.report };
        else result = { ok: false, problem: message.problem };
      });
      worker.on('error', (error) => {
        why = visibleText(error instanceof Error ? error.message : String(error), 300);
      });
      worker.once('exit', () => {
        signal.removeEventListener('abort', onAbort);
        resolve(
          result ?? fail('recheck-ended', `The re-check ended before its end: ${why}.`, 'Run plumbline audit verify on this data folder.'),
        );
      });
    });
