import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { createEngine } from '../engine/engine.ts';
import { loadConfig } from '../engine/load-config.ts';
import { startFleet } from '../simulator/fleet.ts';
import { openStore } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';

const HOSTS = 50;
const ROUNDS = 5;
const CLI = path.join(import.meta.dirname, path.basename(import.meta.dirname) === 'chunks' ? '../cli.js' : 'cli.js');
const readySchema = z.object({ url: z.string() });

/** Records one sweep of a simulated fleet, so that there is something to start with. */
const recordFleet = async (folder: string): Promise<void> => {
  const fleet = await startFleet({ hosts: HOSTS, seed: 1, stateDir: path.join(folder, 'fleet') });
  const config = loadConfig(fleet.endpointsFile, null);
  const store = openStore(path.join(folder, 'data'));
  if (!config.ok || !store.ok) throw new Error('the fleet of the benchmark cannot be recorded');
  const engine = createEngine({ store: store.value, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
  await engine.sweepAll(new AbortController().signal);
  await engine.stop();
  store.value.close();
  await fleet.close();
};

const post = (url: string, body: unknown, cookie: string | null): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin, ...(cookie !== null && { cookie }) },
    body: JSON.stringify(body),
  });

/** From starting the process to the recorded fleet over the contract: everything but the browser's own drawing. */
const secondStart = async (folder: string): Promise<number> => {
  const begin = performance.now();
  const child = spawn(process.execPath, [CLI, 'serve', '--json', '--data', path.join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  const url = new URL(readySchema.parse(JSON.parse(line)).url);
  const session = await post(`${url.origin}/session`, { token: url.hash.slice('#t='.length) }, null);
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? null;
  const answer = await post(`${url.origin}/rpc`, { name: 'overview.get', input: {} }, cookie);
  const text = await answer.text();
  const elapsed = performance.now() - begin;
  if (!text.includes(`"inventory":${HOSTS}`)) throw new Error('the recorded fleet was not served');
  child.kill('SIGTERM');
  await ended;
  return elapsed;
};

const bareNode = async (): Promise<number> => {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' });
  await new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  return performance.now() - begin;
};

const best = async (measure: () => Promise<number>): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) least = Math.min(least, await measure());
  return least;
};

/** The second start of the console shell on recorded data, beside the start of a Node that does nothing. */
export const startSuite = async (): Promise<readonly BenchResult[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-'));
  try {
    await recordFleet(folder);
    const value = await best(() => secondStart(folder));
    const limit = await best(bareNode);
    return [{ name: `second start, ${HOSTS} recorded hosts: to first data`, value, unit: 'ms', limit, ratio: limit / value }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
