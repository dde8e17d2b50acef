import { mkdtempSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { listBlobOf } from '../engine/evidence-blobs.ts';
import type { HostRecord } from '../store/records.ts';
import { openStore, type Store } from '../store/store.ts';
import { imaEntries } from './bench-evidence/ima.ts';
import type { BenchResult } from './bench-result.ts';

const ENTRIES = 100_000;
const NEW_ENTRIES = 20;
const GROWTHS = 48;

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1');
const pack = (bytes: Uint8Array): Buffer => gzipSync(bytes, { level: 1 });
const timed = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};

/** Writes as the engine does, but without a pause between two steps; gives the time of the longest one. */
const write = (store: Store, record: HostRecord): { readonly all: number; readonly longest: number } => {
  let [all, longest] = [0, 0];
  const steps = [store.write.putLarge(record), store.write.dropUnused()] as const;
  const walk = (work: Iterable<void>): void => {
    let begin = performance.now();
    for (const _ of work) {
      const took = performance.now() - begin;
      [all, longest] = [all + took, Math.max(longest, took)];
      begin = performance.now();
    }
  };
  walk(steps[0]);
  const took = timed(() => store.write.recordHosts([record]));
  [all, longest] = [all + took, Math.max(longest, took)];
  walk(steps[1]);
  return { all, longest };
};

/**
 * A host whose list of measured programs grows by some lines an hour, every version kept: what each takes in the database beside the packed lines
 * alone, and in the engine's thread beside packing the whole list, as it was kept before.
 */
export const listResults = (folder: string, host: HostRecord, signal: AbortSignal): readonly BenchResult[] => {
  const data = mkdtempSync(path.join(folder, 'lists-'));
  const { lines } = imaEntries(ENTRIES + GROWTHS * NEW_ENTRIES);
  const open = (): Store => {
    const opened = openStore(data);
    if (!opened.ok) throw new Error(opened.problem.message);
    return opened.value;
  };
  const size = (): number => statSync(path.join(data, 'plumbline.db')).size;
  const listAt = (growth: number): Buffer => bytesOf(lines.slice(0, ENTRIES + growth * NEW_ENTRIES));
  const recordAt = (store: Store, growth: number): HostRecord => ({
    ...host,
    steady: null,
    // Each change begins a span, which holds the list that it began with.
    reason: `Growth ${growth}.`,
    verdict: growth % 2 === 0 ? 'trusted' : 'failed',
    blobs: { eventLog: null, ima: listBlobOf(listAt(growth), store.hosts.memory(host.id)?.kept ?? null), runtimeReference: null },
  });
  try {
    const first = open();
    const cold = write(first, recordAt(first, 0));
    first.close();
    const before = size();
    const store = open();
    let cutting = 0;
    let writing = 0;
    let grown = 0;
    for (let growth = 1; growth <= GROWTHS && !signal.aborted; growth += 1, grown += 1) {
      let record: HostRecord | null = null;
      cutting += timed(() => {
        record = recordAt(store, growth);
      });
      if (record !== null) writing += write(store, record).all;
    }
    store.close();
    const packing = timed(() => void pack(listAt(GROWTHS)));
    const alone = pack(bytesOf(lines.slice(ENTRIES, ENTRIES + NEW_ENTRIES))).length;
    const took = (size() - before) / Math.max(grown, 1);
    const many = Math.max(grown, 1);
    return [
      {
        name: `bytes of database per IMA list of ${ENTRIES} entries that grew by ${NEW_ENTRIES}`,
        value: took,
        unit: 'B',
        limit: alone,
        ratio: alone / took,
      },
      {
        name: 'the same, cut and packed where hosts are asked, beside packing it whole',
        value: cutting / many,
        unit: 'ms',
        limit: packing,
        ratio: packing / (cutting / many),
      },
      { name: 'the same, written by the engine', value: writing / many, unit: 'ms', limit: null, ratio: null },
      { name: 'longest step of writing the whole list', value: cold.longest, unit: 'ms', limit: null, ratio: null },
    ];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
};
