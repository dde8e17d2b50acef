import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEngine } from '../engine/engine.ts';
import { runExport } from '../engine/exports/run.ts';
import { headFile } from '../engine/ledger/head-file.ts';
import { createKeeper } from '../engine/ledger/keeper.ts';
import { keyFile } from '../engine/ledger/key-file.ts';
import { loadConfig } from '../engine/load-config.ts';
import { checkPack } from '../pack/check/check-pack.ts';
import { startFleet } from '../simulator/fleet.ts';
import { openStore } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';

const HOSTS = 1_000;
const MIB = 1024 * 1024;

type Took = { readonly wall: number; readonly cpu: number };
const timed = async (work: () => unknown): Promise<Took> => {
  const before = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - begin) / 1000, cpu: (user + system) / 1_000_000 };
};
/** By the clock and by the processor, which others on the machine do not slow down. */
const rows = (name: string, took: Took, bare: Took): readonly BenchResult[] => [
  { name, value: took.wall, unit: 's', limit: bare.wall, ratio: bare.wall / took.wall },
  { name: `${name}, processor`, value: took.cpu, unit: 's', limit: bare.cpu, ratio: bare.cpu / took.cpu },
];

/** A simulated fleet with its evidence, verified and recorded as it would be, and signed. */
const record = async (folder: string, dataFolder: string, signal: AbortSignal): Promise<void> => {
  const fleet = await startFleet({ hosts: HOSTS, seed: 7, stateDir: path.join(folder, 'fleet') });
  try {
    const config = loadConfig(fleet.endpointsFile, null);
    const store = openStore(dataFolder);
    if (!config.ok || !store.ok) throw new Error('the fleet of the benchmark cannot be recorded');
    const engine = createEngine({
      store: store.value,
      ...config.value,
      version: 'bench',
      shell: 'console',
      dataFolder,
      emit: () => {},
      nowMs: Date.now,
    });
    await engine.sweepAll(signal);
    await engine.stop();
    const keeper = createKeeper({
      store: store.value,
      keys: keyFile(dataFolder),
      head: headFile(dataFolder),
      nowMs: Date.now,
      version: 'bench',
      shell: 'console',
    });
    keeper.begin([], []);
    keeper.seal(true);
    store.value.close();
  } finally {
    await fleet.close();
  }
};

/** What a pack of a thousand hosts with evidence costs, and its check. The limit is reading and hashing as many bytes. */
export const packSuite = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-pack-'));
  const [dataFolder, file] = [path.join(folder, 'data'), path.join(folder, 'pack.zip')];
  try {
    await record(folder, dataFolder, signal);
    if (signal.aborted) return [];
    const watch = { nowMs: Date.now, onProgress: () => {}, isStopped: () => signal.aborted };
    const made = await timed(async () => {
      const asked = { rows: 'hosts', format: 'pack', query: {}, sort: { by: 'name', descending: false } } as const;
      const written = await runExport(
        { dataFolder, file, ask: asked, version: 'bench', who: { kind: 'system', name: 'bench' }, notRecorded: [] },
        watch,
      );
      if (!written.ok && !signal.aborted) throw new Error(written.problem.message);
    });
    if (signal.aborted) return [];
    const { size } = statSync(file);
    let quotes = 0;
    let unpacked = 0;
    const handle = openSync(file, 'r');
    const verified = await timed(async () => {
      const report = await checkPack(handle, size, { keys: [], tools: new Map(), onProgress: () => {}, isStopped: () => signal.aborted });
      if (!report.ok || !report.value.ok) throw new Error('the pack of the benchmark does not hold');
      quotes = report.value.reVerified.quotes;
      unpacked = report.value.unpackedBytes;
    });
    closeSync(handle);
    const bytes = readFileSync(file);
    const bare = await timed(() => {
      writeFileSync(path.join(folder, 'bare'), bytes);
      createHash('sha256').update(Buffer.alloc(unpacked)).digest();
    });
    const name = `pack of ${HOSTS} hosts with evidence, ${Math.round(size / MIB)} MiB of ${Math.round(unpacked / MIB)} MiB`;
    return [
      ...rows(`${name} (to writing as many bytes, and hashing what is in it)`, made, bare),
      ...rows(`${name}: checking it, with ${quotes} quotes, their logs and lists verified again`, verified, bare),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
