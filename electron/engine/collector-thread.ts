import { Worker } from 'node:worker_threads';
import type { Collector, CollectorEvents } from './collector.ts';
import { type CollectorStart, fromCollectorSchema, type ToCollector } from './collector-messages.ts';

type State = { readonly sweeping: boolean; readonly nextAtMs: number | null };

/**
 * A collector in a thread of its own. If that thread ends without being asked to, its error is thrown here: an engine that no
 * longer collects must not look as if it did.
 */
export const createCollectorThread = (workerFile: URL, start: CollectorStart, events: CollectorEvents): Collector => {
  const worker = new Worker(workerFile, { workerData: start });
  const states = new Map<string, State>();
  let stopping = false;
  const send = (message: ToCollector): void => worker.postMessage(message);
  const exited = new Promise<void>((done) => {
    worker.once('exit', () => {
      done();
      if (!stopping) throw new Error('the collector ended unexpectedly');
    });
  });
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('message', (raw) => {
    const message = fromCollectorSchema.parse(raw);
    switch (message.type) {
      case 'prior':
        void Promise.resolve(events.prior(message.endpoint, message.host, message.ekSha256)).then((prior) =>
          send({ type: 'prior', id: message.id, prior }),
        );
        break;
      case 'record':
        void Promise.resolve(events.onRecord(message.record)).then(() => send({ type: 'recorded', id: message.id }));
        break;
      case 'sweep':
        // It has ended, though the thread tells its state only afterwards: whoever hears of it may want the next one at once.
        states.set(message.report.name, { sweeping: false, nextAtMs: states.get(message.report.name)?.nextAtMs ?? null });
        events.onSweep(message.report);
        break;
      case 'progress':
        events.onProgress(message.endpoint, message.done, message.total, message.running);
        break;
      case 'state':
        states.set(message.endpoint, { sweeping: message.sweeping, nextAtMs: message.nextAtMs });
        break;
      case 'stopped':
        break;
    }
  });
  return {
    start: () => send({ type: 'start' }),
    sweepNow: () => {
      const idle = states.size === 0 || [...states.values()].some((state) => !state.sweeping);
      if (idle) send({ type: 'sweep-now' });
      return idle;
    },
    setManifest: (inForce) => send({ type: 'manifest', inForce }),
    setReferences: (sets) => send({ type: 'references', sets }),
    isSweeping: (endpoint) => states.get(endpoint)?.sweeping ?? false,
    nextSweepAtMs: (endpoint) => states.get(endpoint)?.nextAtMs ?? null,
    stop: () => {
      stopping = true;
      send({ type: 'stop' });
      return exited;
    },
  };
};
