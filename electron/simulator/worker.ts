/** Runs a simulated fleet in a thread of its own, so that it takes no time from the engine or the window. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { startFleet, type Fleet } from './fleet.ts';

const optionsSchema = z.object({
  hosts: z.number().int(),
  tamper: z.number().int().optional(),
  seed: z.number().int().optional(),
  listen: z.object({ host: z.string(), port: z.number().int() }).optional(),
  stateDir: z.string(),
  incidents: z.enum(['none', 'demo']).optional(),
});

const port = parentPort;
const start = async (): Promise<Fleet> => {
  const { tamper, seed, listen, incidents, ...required } = optionsSchema.parse(workerData);
  return startFleet({
    ...required,
    ...(tamper === undefined ? {} : { tamper }),
    ...(seed === undefined ? {} : { seed }),
    ...(listen === undefined ? {} : { listen }),
    ...(incidents === undefined ? {} : { incidents }),
  });
};

if (port !== null) {
  try {
    const fleet = await start();
    const { endpointsFile, manifestFile, groundTruthFile, hosts } = fleet;
    port.on('message', (message: unknown) => {
      if (message !== 'close') return;
      void fleet.close().finally(() => port.close());
    });
    port.postMessage({ type: 'ready', endpointsFile, manifestFile, groundTruthFile, hosts });
  } catch (error) {
    port.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    port.close();
  }
}
