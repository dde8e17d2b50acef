import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, type Result } from '../../../shared/model/result.ts';
import type { ExportWritten, RunExport } from './asked.ts';
import { type ExportStart, fromExportSchema } from './messages.ts';

/**
 * What is thrown away at once is looked through often: a report throws away much, and would otherwise take twice the memory before that is seen.
 */
const YOUNG_MB = 12;
/** A thread with this limit lets its memory grow by less at a time than one without. It is enough for the largest report, of 50,000 hosts. */
const OLD_MB = 1_000;

/** Writes each export in a thread of its own, with a connection of its own that can only read. Ends when that thread has ended. */
export const exportInThread =
  (workerFile: URL): RunExport =>
  (asked, onProgress, signal) =>
    new Promise((resolve) => {
      const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const start: ExportStart = { asked, stop };
      const worker = new Worker(workerFile, {
        workerData: start,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB },
      });
      const onAbort = (): void => void Atomics.store(stop, 0, 1);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      let result: Result<ExportWritten> | null = null;
      let why = 'its thread ended';
      worker.on('message', (raw) => {
        const message = fromExportSchema.parse(raw);
        if (message.type === 'progress') onProgress(message.done, message.total);
        else if (message.type === 'written') result = { ok: true, value: message.written };
        else result = { ok: false, problem: message.problem };
      });
      worker.on('error', (error) => {
        why = visibleText(error instanceof Error ? error.message : String(error), 300);
      });
      worker.once('exit', () => {
        signal.removeEventListener('abort', onAbort);
        // A thread that ran out of memory could not take its file away.
        if (result === null) rmSync(asked.file, { force: true });
        resolve(result ?? fail('export-ended', `The export ended before its end: ${why}.`, 'Ask for fewer rows, or report this.'));
      });
    });
