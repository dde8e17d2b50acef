import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ExportAsk } from '../../../shared/contract/export-schemas.ts';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { headFile } from '../ledger/head-file.ts';
import { createKeeper, type Keeper } from '../ledger/keeper.ts';
import { keyFile } from '../ledger/key-file.ts';
import { createAnswers } from '../readers/answers.ts';
import { createJobs, type Jobs } from '../upkeep/jobs.ts';
import type { RunExport } from './asked.ts';
import { createExports, type Exports } from './exports.ts';
import { exportHere } from './run.ts';
import { exportInThread } from './thread.ts';

const HOSTS = 1_200;

let folder: string;
let store: Store;
let keeper: Keeper;
let exports: Exports;
let jobs: Jobs;
/** In a thread of its own in the product; most of what is asked here does not depend on it. */
const inThread = exportInThread(new URL('./worker.ts', import.meta.url));
const here = exportHere(Date.now);
let run: RunExport = here;
let lost: readonly string[] = [];
let onTold: (job: Job) => void = () => {};

const createAll = (): void => {
  exports = createExports({
    store,
    dataFolder: folder,
    version: '1.2.3',
    nowMs: Date.now,
    who: { kind: 'os-user', name: 'ann' },
    signature: null,
    notRecorded: () => lost,
    run,
  });
  jobs = createJobs({
    store,
    dataFolder: folder,
    user: 'ann',
    nowMs: Date.now,
    onProgress: (job) => onTold(job),
    makeExport: exports.make,
  });
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-export-'));
  lost = [];
  run = here;
  onTold = () => {};
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  keeper = createKeeper({ store, keys: keyFile(folder), head: headFile(folder), nowMs: Date.now, version: '1', shell: 'console' });
  keeper.begin([], []);
  const atMs = Date.now();
  store.write.recordHosts(
    Array.from({ length: HOSTS }, (_, n) =>
      hostRecord({
        id: `dc/${n}`,
        name: n === 7 ? '=cmd|\n"calc"' : `host-${n % 97}`,
        endpoint: n % 5 === 0 ? 'other' : 'dc',
        verdict: n % 10 === 0 ? 'failed' : 'trusted',
        location: { country: n % 3 === 0 ? null : 'DE', subdivision: null, site: null, assurance: 'reported', source: null },
        seenAtMs: atMs,
        // Some are too old to count.
        evidenceAtMs: n % 20 === 1 ? atMs - 3_600_000 : atMs - n,
      }),
    ),
  );
  keeper.seal(true);
  createAll();
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const HOST_ASK: ExportAsk = { rows: 'hosts', format: 'json-lines', query: {}, sort: { by: 'verdict', descending: false } };
/** Begins one as a screen does, and gives it as the screen is told of its end. */
const begin = (ask: ExportAsk): Promise<Job> =>
  new Promise((resolve, reject) => {
    const before = onTold;
    onTold = (job) => {
      before(job);
      if (job.state !== 'running') resolve(job);
    };
    void Promise.resolve(jobs.handlers['jobs.start']({ kind: 'export', export: ask })).then((started) => {
      if (started.state === 'refused') reject(new Error(started.message));
      return undefined;
    });
  });
const made = async (ask: ExportAsk) => {
  const job = await begin(ask);
  if (job.made === null) throw new Error(`${job.state}: ${job.sentence}`);
  return { job, kept: job.made, text: readFileSync(path.join(folder, 'exports', job.made.name), 'utf8') };
};
const rowSchema = z.object({ id: z.string(), verdict: z.string() });
const linesOf = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
const hostsOf = (text: string) =>
  linesOf(text)
    .slice(1)
    .map((line) => rowSchema.parse(line));
const entries = (kind: string) => store.ledger.list({ kind }, 0, 50).rows;
const filesIn = (): readonly string[] => (existsSync(path.join(folder, 'exports')) ? readdirSync(path.join(folder, 'exports')) : []);

describe('an export of hosts', () => {
  const cases: readonly (readonly [string, Omit<Extract<ExportAsk, { rows: 'hosts' }>, 'rows' | 'format'>])[] = [
    ['all', { query: {}, sort: { by: 'name', descending: true } }],
    ['by verdict, where trust has aged', { query: {}, sort: { by: 'verdict', descending: false } }],
    ['with buttons', { query: { verdicts: ['failed', 'stale'], country: 'ZZ' }, sort: { by: 'evidenceAtMs', descending: true } }],
    ['with words', { query: { text: 'host-1' }, sort: { by: 'country', descending: false } }],
    [
      'with a filter',
      { query: { endpoint: 'dc' }, filter: 'verdict = trusted and name like host-1*', sort: { by: 'name', descending: false } },
    ],
    ['none', { query: {}, filter: 'name = nobody', sort: { by: 'name', descending: false } }],
  ];
  it.each(cases)('has all rows of the list and no page of it: %s', async (_, asked) => {
    const { kept, text } = await made({ ...HOST_ASK, ...asked });
    store.judgeFreshness({ nowMs: () => kept.cutOffMs, notRecorded: () => [] });
    const list = createAnswers(store, () => kept.cutOffMs)['hosts.list'];
    const pages = await Promise.all(
      Array.from({ length: 4 }, async (__, page) => await list({ ...asked, offset: page * 400, limit: 400 })),
    );
    expect(hostsOf(text)).toEqual(pages.flatMap(({ rows }) => rows.map(({ id, verdict }) => ({ id, verdict }))));
    expect(kept.count).toBe(pages[0]?.total);
    expect(linesOf(text)[0]).toMatchObject({ count: kept.count });
  });

  it('calls trust stale that has aged, and all of an endpoint whose newest results could not be recorded', async () => {
    lost = ['other'];
    const { text } = await made(HOST_ASK);
    const verdicts = new Map(hostsOf(text).map(({ id, verdict }) => [id, verdict]));
    expect([verdicts.get('dc/21'), verdicts.get('dc/5'), verdicts.get('dc/2'), verdicts.get('dc/10')]).toEqual([
      'stale',
      'stale',
      'trusted',
      'failed',
    ]);
    expect(linesOf(text)[0]).toMatchObject({ notRecorded: ['other'] });
  });

  it('is refused in words where its filter cannot be read, and nothing is left', async () => {
    const job = await begin({ ...HOST_ASK, filter: 'verdict = ' });
    expect(job).toMatchObject({ state: 'failed', made: null, sentence: expect.stringContaining('cannot be read') });
    expect(filesIn()).toEqual([]);
  });

  it('is one row for one host as CSV, whatever a host is called', async () => {
    const { kept, text } = await made({ ...HOST_ASK, format: 'csv' });
    const lines = text
      .trimEnd()
      .split('\r\n')
      .filter((line) => !/^\uFEFF?"?# /u.test(line));
    expect(lines).toHaveLength(HOSTS + 1);
    expect(text).not.toMatch(/,"?=cmd/u);
    expect(kept.name).toMatch(/^plumbline-hosts-\d{8}T\d{6}Z\.csv$/u);
  });
});

describe('an export of entries', () => {
  it('has those of a kind and of a period, newest first', async () => {
    const all = entries('engine').concat(entries('key'));
    expect(all.length).toBeGreaterThan(1);
    const { kept, text } = await made({ rows: 'ledger', format: 'json-lines', kind: 'engine', period: null });
    expect(kept.count).toBe(entries('engine').length);
    expect(linesOf(text)[1]).toMatchObject({ kind: 'engine.started' });
    const atMs = Date.parse(entries('engine')[0]?.at ?? '');
    const period = (fromMs: number | null, toMs: number | null) =>
      made({ rows: 'ledger', format: 'json-lines', kind: 'engine', period: { fromMs, toMs } });
    expect((await period(atMs, null)).kept.count).toBe(1);
    expect((await period(null, atMs)).kept.count).toBe(0);
    expect((await period(atMs, atMs + 1)).kept.count).toBe(1);
  });
});

describe('the file of an export', () => {
  it('is the same when it is written in a thread of its own', async () => {
    const first = await made(HOST_ASK);
    run = inThread;
    createAll();
    const told: Job[] = [];
    onTold = (job) => void told.push(job);
    const second = await made(HOST_ASK);
    expect(hostsOf(second.text)).toEqual(hostsOf(first.text));
    expect(new Set(told.map(({ done }) => done)).size).toBeGreaterThan(3);
  });

  it('is entered into the ledger with who, what, by which query and the digest of its bytes', async () => {
    const { kept, text } = await made({ ...HOST_ASK, query: { verdicts: ['failed'] } });
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(kept).toMatchObject({ sha256, bytes: Buffer.byteLength(text), query: 'verdict = failed', who: 'ann' });
    expect(entries('export')).toMatchObject([
      {
        seq: kept.id,
        kind: 'export.made',
        who: { kind: 'os-user', name: 'ann' },
        body: {
          sha256,
          count: kept.count,
          query: 'verdict = failed',
          checkpoint: expect.any(Number),
          cutOff: new Date(kept.cutOffMs).toISOString(),
        },
      },
    ]);
  });

  it('carries the checkpoint, whole, so that its signature can be verified', async () => {
    const { text } = await made(HOST_ASK);
    const { checkpoint } = await keeper.handlers['ledger.state']({});
    expect(linesOf(text)[0]).toMatchObject({ checkpoint: { size: checkpoint?.size, note: checkpoint?.note }, version: '1.2.3' });
  });

  it('can be read by its owner only', async () => {
    const { kept } = await made(HOST_ASK);
    expect(statSync(path.join(folder, 'exports', kept.name)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, 'exports')).mode & 0o777).toBe(0o700);
  });

  it('is still listed after a restart, and what a killed process left half is gone', async () => {
    const { kept } = await made(HOST_ASK);
    writeFileSync(path.join(folder, 'exports', 'plumbline-hosts-20260101T000000Z.csv.partial'), 'half');
    writeFileSync(path.join(folder, 'exports', 'plumbline-hosts-20260101T000000Z.csv'), 'not ours');
    createAll();
    expect(await exports.handlers['exports.list']({})).toEqual([kept]);
    expect(filesIn()).not.toContain('plumbline-hosts-20260101T000000Z.csv.partial');
  });

  it('is gone when it is deleted, and the ledger says who did so', async () => {
    const { kept } = await made(HOST_ASK);
    expect(await exports.handlers['exports.delete']({ id: kept.id })).toEqual({ state: 'done' });
    expect(filesIn()).toEqual([]);
    expect(entries('export')[0]).toMatchObject({ kind: 'export.deleted', who: { name: 'ann' }, body: { sha256: kept.sha256 } });
    expect(await exports.handlers['exports.delete']({ id: kept.id })).toMatchObject({ state: 'refused' });
    expect(await exports.handlers['exports.get']({ id: kept.id })).toBeNull();
  });

  it('is never one that somebody put under the number of another entry', async () => {
    const { kept } = await made(HOST_ASK);
    expect(await exports.handlers['exports.get']({ id: 0 })).toBeNull();
    expect(await exports.handlers['exports.get']({ id: kept.id })).toEqual(kept);
  });
});

describe('an export that does not come to its end', () => {
  it.each([
    ['here', here],
    ['in its thread', inThread],
  ] as const)('is stopped %s, says so, and leaves neither file nor entry', async (_, how) => {
    run = how;
    createAll();
    onTold = (job) => {
      if (job.state === 'running') void jobs.handlers['jobs.cancel']({ id: job.id });
    };
    expect(await begin(HOST_ASK)).toMatchObject({ state: 'stopped', made: null, sentence: expect.stringContaining('nothing is left') });
    expect(filesIn()).toEqual([]);
    expect(entries('export')).toEqual([]);
  });

  it('fails in words where its folder cannot be made', async () => {
    writeFileSync(path.join(folder, 'exports'), 'in the way');
    expect(await begin(HOST_ASK)).toMatchObject({ state: 'failed', made: null, nextStep: expect.stringContaining('rights') });
    expect(entries('export')).toEqual([]);
  });

  it('fails in words where there is no database', async () => {
    const other = path.join(folder, 'other');
    mkdirSync(other);
    const asked = {
      dataFolder: other,
      file: path.join(other, 'x'),
      ask: HOST_ASK,
      version: '1',
      who: { kind: 'os-user', name: 'ann' },
    } as const;
    const found = await inThread({ ...asked, notRecorded: [] }, () => {}, new AbortController().signal);
    expect(found).toMatchObject({ ok: false, problem: { code: 'export-database' } });
    expect(readdirSync(other)).toEqual([]);
  });
});
