import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExportFormat } from '../../shared/contract/export-schemas.ts';
import type { ExportAsked, RunExport } from '../engine/exports/asked.ts';
import { runExport } from '../engine/exports/run.ts';
import { exportInThread } from '../engine/exports/thread.ts';
import { bareReads } from '../store/bare-reads.ts';
import { multiplyHosts } from '../store/bench-past.ts';
import { openStore } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';
import { writeFleet } from './bench-store-fleet.ts';
import { EXPORT_WORKER } from './layout.ts';

const RECORDED = 10_000;
const TIMES = 100;
const ROWS = RECORDED * TIMES;
const CHUNK = Buffer.alloc(256 * 1024, 0x61);
const MIB = 1024 * 1024;

/** As many bytes on the disk. */
const writeBare = (file: string, bytes: number): void => {
  const handle = openSync(file, 'wx');
  for (let left = bytes; left > 0; ) left -= writeSync(handle, CHUNK, 0, Math.min(left, CHUNK.length));
  fsyncSync(handle);
  closeSync(handle);
  rmSync(file);
};

type Took = { readonly wall: number; readonly cpu: number };
const timed = async (work: () => unknown): Promise<Took> => {
  const before = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - begin) / 1000, cpu: (user + system) / 1_000_000 };
};

type Bench = { readonly folder: string; readonly rows: number; readonly nowMs: number; readonly signal: AbortSignal };

const exportAll = async (
  { folder, rows, nowMs, signal }: Bench,
  format: ExportFormat,
  run: RunExport | null = null,
): Promise<readonly BenchResult[]> => {
  const file = path.join(folder, `export-${format}`);
  const before = process.memoryUsage().rss;
  let peak = before;
  let bytes = 0;
  const onProgress = (done: number): void => {
    if (done % 25_600 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  };
  const took = await timed(async () => {
    const asked: ExportAsked = {
      dataFolder: folder,
      file,
      ask: { rows: 'hosts', format, query: {}, sort: { by: 'verdict', descending: false } },
      version: 'bench',
      who: { kind: 'system', name: 'bench' },
      notRecorded: [],
    };
    const written =
      run === null
        ? await runExport(asked, { nowMs: () => nowMs, onProgress, isStopped: () => signal.aborted })
        : await run(asked, onProgress, signal);
    if (written.ok) ({ bytes } = written.value);
  });
  if (signal.aborted) return [];
  if (bytes === 0) throw new Error('the export of the benchmark failed');
  rmSync(file);
  const bare = await timed(() => {
    const reads = bareReads(folder);
    const hosts = reads.each();
    reads.close();
    if (hosts !== rows) throw new Error('the fleet of the benchmark is not whole');
    writeBare(file, bytes);
  });
  const name = `${format} of ${rows} hosts, ${Math.round(bytes / MIB)} MiB`;
  return [
    {
      name: `${name} (to reading the rows and writing as many bytes)`,
      value: took.wall,
      unit: 's',
      limit: bare.wall,
      ratio: bare.wall / took.wall,
    },
    { name: `${name}, processor`, value: took.cpu, unit: 's', limit: bare.cpu, ratio: bare.cpu / took.cpu },
    {
      name: `${name}, memory of the process at its peak so far`,
      value: process.resourceUsage().maxRSS / 1024,
      unit: 'MiB',
      limit: null,
      ratio: null,
    },
    // A report tells its progress only while it counts, so that nothing is seen of its peak in between.
    ...(run === null
      ? [
          {
            name: `${name}, memory at its peak beyond that before`,
            value: (peak - before) / MIB,
            unit: 'MiB',
            limit: null,
            ratio: null,
          } as const,
        ]
      : []),
  ];
};

const PDF_HOSTS = 10_000;
const PDFS = ['pdf-board', 'pdf'] as const;

/** A report of many hosts, in a thread as in the product. It comes first: the peak of memory is that of the whole process since it began. */
const pdfs = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-pdf-'));
  try {
    const nowMs = Date.now();
    const store = openStore(folder);
    if (!store.ok) throw new Error(store.problem.message);
    writeFleet(store.value, PDF_HOSTS, nowMs);
    store.value.close();
    const results: BenchResult[] = [];
    for (const format of PDFS)
      results.push(...(await exportAll({ folder, rows: PDF_HOSTS, nowMs, signal }, format, exportInThread(EXPORT_WORKER))));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** What an export of a very large fleet costs, from the database to the file. */
export const reportsSuite = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const first = await pdfs(signal);
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-reports-'));
  try {
    const nowMs = Date.now();
    const store = openStore(folder);
    if (!store.ok) throw new Error(store.problem.message);
    writeFleet(store.value, RECORDED, nowMs);
    store.value.close();
    multiplyHosts(folder, TIMES);
    return [
      ...first,
      ...(await exportAll({ folder, rows: ROWS, nowMs, signal }, 'csv')),
      ...(await exportAll({ folder, rows: ROWS, nowMs, signal }, 'json-lines')),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
