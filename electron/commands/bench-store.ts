import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEngine } from '../engine/engine.ts';
import { loadConfig } from '../engine/load-config.ts';
import { startFleet } from '../simulator/fleet.ts';
import { bareWrites } from '../store/bare-writes.ts';
import { PREFIX_BYTES } from '../store/confirmation-writer.ts';
import type { HostRecord, RawQuote } from '../store/records.ts';
import { openStore, type Store } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';
import { freshQuote } from './bench-store-quotes.ts';
import { listResults } from './bench-store-lists.ts';
import { readResults } from './bench-store-reads.ts';

const HOSTS = 10_000;
const SIMULATED = 50;
const SWEEPS = 288;
const INTERVAL_MS = 300_000;
/** Observations that are recorded together. */
const TOGETHER = 250;

const openOrThrow = (folder: string): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};

/** What real hosts are recorded as, once they are known: the second observation of each, which the third would only confirm. */
const sampleRecords = async (folder: string, signal: AbortSignal): Promise<readonly HostRecord[]> => {
  const fleet = await startFleet({ hosts: SIMULATED, seed: 1, stateDir: path.join(folder, 'fleet') });
  const store = openOrThrow(path.join(folder, 'sample'));
  const records = new Map<string, HostRecord>();
  try {
    const config = loadConfig(fleet.endpointsFile, null);
    if (!config.ok) throw new Error('the fleet of the benchmark cannot be read');
    const watched: Store = {
      ...store,
      write: {
        ...store.write,
        recordHosts: (found) => {
          for (const record of found) records.set(record.id, record);
          store.write.recordHosts(found);
        },
      },
    };
    const engine = createEngine({ store: watched, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
    for (let round = 0; round < 2; round += 1) await engine.sweepAll(signal);
    await engine.stop();
  } finally {
    store.close();
    await fleet.close();
  }
  return [...records.values()];
};

/** The same host again and again under other names, each with evidence of the sample. */
const fleetOf = (sample: readonly HostRecord[], startMs: number): readonly HostRecord[] =>
  Array.from({ length: HOSTS }, (_, index) => {
    const record = sample[index % sample.length];
    if (record === undefined) throw new Error('no host was recorded');
    return {
      ...record,
      id: `${record.id}/${index}`,
      name: `${record.name}-${index}`,
      blobs: null,
      seenAtMs: startMs,
      evidenceAtMs: startMs,
    };
  });

type Quoted = HostRecord & { readonly quote: RawQuote };
const seenAt = (record: HostRecord, atMs: number, quote: RawQuote): Quoted => ({
  ...record,
  seenAtMs: atMs,
  evidenceAtMs: atMs,
  quotedAtMs: atMs - 20,
  quote,
});
const quoteOf = ({ name, quote }: HostRecord): RawQuote => {
  if (quote === null) throw new Error(`no quote of ${name} was recorded`);
  return quote;
};

/** Bytes as many as those of a real quote, and new ones. It is none that could be unpacked: only those that are kept for good are. */
const another = (record: HostRecord, atMs: number): Quoted => {
  const packed = Buffer.from(quoteOf(record).packed);
  randomBytes(300).copy(packed, 60);
  return seenAt(record, atMs, { sha256: createHash('sha256').update(packed).digest('hex'), packed });
};

const sizeOf = (folder: string): number => statSync(path.join(folder, 'plumbline.db')).size;

export const storeSuite = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-store-'));
  try {
    const startMs = Date.now();
    const sample = await sampleRecords(folder, signal);
    const data = path.join(folder, 'data');
    let store = openOrThrow(data);
    const fleet = fleetOf(sample, startMs);
    for (let at = 0; at < fleet.length; at += TOGETHER)
      store.write.recordHosts(
        fleet.slice(at, at + TOGETHER).map((record) => seenAt(record, startMs, freshQuote(quoteOf(record), startMs))),
      );
    // What is still in the log is not in the file yet.
    store.close();
    const before = sizeOf(data);
    store = openOrThrow(data);
    const bare = bareWrites(folder, HOSTS);
    let elapsed = 0;
    let bareElapsed = 0;
    for (let sweep = 1; sweep <= SWEEPS && !signal.aborted; sweep += 1)
      for (let at = 0; at < fleet.length; at += TOGETHER) {
        const records = fleet.slice(at, at + TOGETHER).map((record, place) => {
          const atMs = startMs + sweep * INTERVAL_MS + (at + place) * 30;
          // The one of each host that is kept for good this day.
          return sweep === SWEEPS ? seenAt(record, atMs, freshQuote(quoteOf(record), atMs)) : another(record, atMs);
        });
        const begin = performance.now();
        store.write.recordHosts(records);
        const between = performance.now();
        bare.write(at, records);
        bareElapsed += performance.now() - between;
        elapsed += between - begin;
      }
    store.close();
    bare.close();
    const n = SWEEPS * HOSTS;
    const bytes = (sizeOf(data) - before) / n;
    return [
      {
        name: `${n} confirmations recorded (to SQLite writing the same quotes and times)`,
        value: n / (elapsed / 1000),
        unit: '/s',
        limit: n / (bareElapsed / 1000),
        ratio: bareElapsed / elapsed,
      },
      { name: 'bytes of database per confirmation', value: bytes, unit: 'B', limit: PREFIX_BYTES, ratio: PREFIX_BYTES / bytes },
      ...readResults(folder),
      ...sample.slice(0, 1).flatMap((host) => listResults(folder, host, signal)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
