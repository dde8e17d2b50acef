import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Fleet, type FleetOptions, startFleet } from '../../simulator/fleet.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { IssuerFiles } from '../../pack/issuers.ts';
import { createEngine, type Engine } from '../engine.ts';
import { loadConfig } from '../load-config.ts';

export type RecordedFleet = {
  readonly fleet: Fleet;
  readonly store: Store;
  readonly dataFolder: string;
  readonly engine: Engine;
  /** Certificates that the simulated TPMs lead to. */
  readonly issuers: IssuerFiles;
  readonly close: () => Promise<void>;
};

/** A simulated fleet, a data folder, and an engine that has swept once and recorded what it found. */
export const recordedFleet = async (options: Omit<FleetOptions, 'stateDir'>, nowMs: () => number): Promise<RecordedFleet> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-fleet-'));
  const fleet = await startFleet({ ...options, stateDir: path.join(folder, 'fleet') });
  const config = loadConfig(fleet.endpointsFile, null);
  const opened = openStore(path.join(folder, 'data'));
  if (!config.ok || !opened.ok) throw new Error('the fleet cannot be read');
  const store = opened.value;
  const engine = createEngine({ store, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {}, nowMs });
  await engine.sweepAll(new AbortController().signal);
  return {
    fleet,
    store,
    dataFolder: path.join(folder, 'data'),
    engine,
    issuers: config.value.endorsement?.issuers ?? { roots: [], issuers: [] },
    close: async () => {
      await engine.stop();
      store.close();
      await fleet.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
