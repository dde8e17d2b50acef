import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { openStore } from '../store/store.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), endpointsFile: z.string(), manifestFile: z.string(), hosts: z.unknown() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);

export type DemoFleet = { readonly endpointsFile: string; readonly stop: () => Promise<void> };

export const DEMO_HOSTS = 50;
export const DEMO_SEED = 2026;

/** Starts the simulated fleet in its own thread. Its state (keys, certificates) stays in the data folder, so that hosts keep their identity. */
export const startDemoFleet = (workerFile: URL, dataFolder: string, hosts = DEMO_HOSTS): Promise<Result<DemoFleet>> => {
  // A second start must not touch the fleet of the first.
  const free = openStore(dataFolder);
  if (!free.ok) return Promise.resolve(free);
  free.value.close();
  return new Promise((resolve) => {
    const worker = new Worker(workerFile, {
      workerData: { hosts, seed: DEMO_SEED, incidents: 'demo', stateDir: path.join(dataFolder, 'simulated-fleet') },
    });
    const ended = new Promise<void>((done) => {
      worker.once('exit', () => done());
    });
    const failed = (message: string): void =>
      resolve(
        fail(
          'demo-fleet',
          `The demo fleet could not start: ${message}`,
          'Start again; if it persists, choose another data folder with --data.',
        ),
      );
    worker.once('error', (error) => failed(error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => failed('its thread ended.'));
    worker.once('message', (raw) => {
      const parsed = messageSchema.safeParse(raw);
      if (!parsed.success) return failed('it gave an answer that cannot be read.');
      if (parsed.data.type === 'failed') return failed(parsed.data.message);
      resolve(
        ok({
          endpointsFile: parsed.data.endpointsFile,
          stop: () => {
            worker.postMessage('close');
            return ended;
          },
        }),
      );
    });
  });
};
