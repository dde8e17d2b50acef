import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { type ReportDefinition, reportDefinitionSchema } from '../../../shared/contract/report-schemas.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createExports } from '../exports/exports.ts';
import { exportHere } from '../exports/run.ts';
import { exportInThread } from '../exports/thread.ts';
import type { RunExport } from '../exports/asked.ts';
import { createJobs, type Jobs } from '../upkeep/jobs.ts';
import { createReports, type Reports } from './reports.ts';

/** Other work on the machine may delay it; what never comes fails. */
const SOON = { timeout: 15_000 };
const T0 = Date.parse('2026-11-21T06:00:00.000Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let store: Store;
let jobs: Jobs;
let reports: Reports;
let nowMs: number;
let told: Job[];
const here: RunExport = exportHere(() => nowMs);
let run: RunExport;

const open = (): void => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.ledger.useClock(() => nowMs);
  const options = { store, dataFolder: folder, nowMs: () => nowMs };
  const exports = createExports({
    ...options,
    version: '1',
    who: { kind: 'os-user', name: 'ann' },
    signature: null,
    notRecorded: () => [],
    run: (...args) => run(...args),
  });
  jobs = createJobs({ ...options, user: 'ann', onProgress: (job) => void told.push(job), makeExport: exports.make });
  reports = createReports({ store, user: 'ann', nowMs: () => nowMs, begin: jobs.report });
};
const close = async (): Promise<void> => {
  reports.stop();
  await jobs.stop();
  store.close();
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-reports-'));
  nowMs = T0;
  told = [];
  run = here;
  open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const record = (name: string, verdict: 'trusted' | 'failed', country = 'DE'): void => {
  const location = { country, subdivision: null, site: null, assurance: 'reported', source: null } as const;
  store.write.recordHosts([
    hostRecord({ id: `dc/${name}`, endpoint: 'dc', name, verdict, location, seenAtMs: nowMs, evidenceAtMs: nowMs, maxAgeMs: 100 * DAY_MS }),
  ]);
};

const HOSTS: ReportDefinition = {
  name: 'all hosts',
  note: '',
  of: { rows: 'hosts', query: {}, sort: { by: 'name', descending: false } },
  format: 'json-lines',
  schedule: null,
};
const DAILY: ReportDefinition = { ...HOSTS, schedule: { every: 'day', minute: 390 } };

const save = async (definition: ReportDefinition, id: number | null = null): Promise<number> => {
  const saved = await reports.handlers['reports.save']({ id, definition });
  if (saved.state !== 'done') throw new Error(saved.message);
  return saved.id;
};
const list = () => reports.handlers['reports.list']({});
const one = async () => (await list())[0];
const ended = async (): Promise<Job> => {
  await expect.poll(() => told.at(-1)?.state ?? 'running', SOON).not.toBe('running');
  const job = told.at(-1);
  told = [];
  if (job === undefined) throw new Error('nothing was told');
  return job;
};
const make = async (id: number): Promise<Job> => {
  const begun = await reports.handlers['reports.run']({ id });
  if (begun.state !== 'running') throw new Error(begun.message);
  return ended();
};
const entriesOf = (kind: string) =>
  store.ledger.list({ kind: kind.split('.')[0] ?? '' }, 0, 50).rows.filter((entry) => entry.kind === kind);

describe('a report', () => {
  it('is defined, changed and given up by somebody, and the ledger says so each time', async () => {
    const id = await save(HOSTS);
    await save({ ...HOSTS, note: 'for the board' }, id);
    expect(await list()).toMatchObject([{ id, definition: { note: 'for the board' }, definedBy: 'ann', lastRun: null, nextRunAtMs: null }]);
    await reports.handlers['reports.delete']({ id });
    expect(await list()).toEqual([]);
    expect(entriesOf('report.defined')).toMatchObject([
      { who: { name: 'ann' }, subject: `report ${id}`, body: { before: JSON.stringify(HOSTS) } },
      { body: { before: null } },
    ]);
    expect(entriesOf('report.deleted')).toMatchObject([{ subject: `report ${id}`, body: { name: 'all hosts' } }]);
  });

  it('is made as an export, whose entry says of which report it is', async () => {
    record('a', 'trusted');
    const id = await save(HOSTS);
    const { made } = await make(id);
    expect(
      readFileSync(path.join(folder, 'exports', made?.name ?? ''), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(2);
    expect(entriesOf('export.made')).toMatchObject([
      { seq: made?.id, who: { name: 'ann' }, body: { report: { id, name: 'all hosts' }, sha256: made?.sha256 } },
    ]);
    expect(await one()).toMatchObject({ lastRun: { entry: made?.id, cutOffMs: T0, count: 1, difference: null } });
  });

  it.each(['here', 'in a thread'])(
    'made again (%s), says exactly which hosts came, went and changed since the run before',
    async (where) => {
      if (where === 'in a thread') run = exportInThread(new URL('../exports/worker.ts', import.meta.url));
      for (const name of ['a', 'b', 'c', 'd']) record(name, 'trusted');
      const id = await save({
        ...HOSTS,
        of: { ...HOSTS.of, rows: 'hosts', query: {}, filter: 'country = DE', sort: { by: 'name', descending: false } },
      });
      await make(id);
      const first = (await one())?.lastRun?.cutOffMs;
      nowMs += HOUR_MS;
      record('b', 'failed');
      // Still there, but not among what is asked any more.
      record('c', 'trusted', 'FR');
      record('\u202eevil', 'trusted');
      await make(id);
      expect((await one())?.lastRun?.difference).toEqual({
        sinceMs: first,
        added: { count: 1, first: ['\\u{202e}evil'] },
        removed: { count: 1, first: ['c'] },
        changed: { count: 1, first: [{ name: 'b', before: 'trusted', after: 'failed' }] },
      });
      nowMs += HOUR_MS;
      await make(id);
      const none = { count: 0, first: [] };
      expect((await one())?.lastRun?.difference).toMatchObject({ added: none, removed: none, changed: none });
    },
  );

  it('takes trust that grew stale by the clock for a change, because its file says so', async () => {
    const old = { seenAtMs: nowMs, evidenceAtMs: nowMs, maxAgeMs: HOUR_MS, verdict: 'trusted' } as const;
    store.write.recordHosts([hostRecord({ id: 'dc/a', name: 'a', ...old })]);
    const id = await save(HOSTS);
    await make(id);
    nowMs += 2 * HOUR_MS;
    store.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => [] });
    await make(id);
    expect((await one())?.lastRun?.difference?.changed.first).toEqual([{ name: 'a', before: 'trusted', after: 'stale' }]);
  });

  it('of more hosts than are named says how many, and names the first', async () => {
    const id = await save(HOSTS);
    await make(id);
    for (let n = 0; n < 50; n += 1) record(`h${String(n).padStart(2, '0')}`, 'trusted');
    await make(id);
    const { added } = (await one())?.lastRun?.difference ?? {};
    expect([added?.count, added?.first.length, added?.first[0]]).toEqual([50, 20, 'h00']);
  });

  it('is held against nothing where the question is another one, and goes on where only its name is', async () => {
    record('a', 'trusted');
    const id = await save(HOSTS);
    await make(id);
    await save({ ...HOSTS, name: 'renamed' }, id);
    await make(id);
    expect((await one())?.lastRun?.difference).not.toBeNull();
    await save({ ...HOSTS, of: { rows: 'hosts', query: { verdicts: ['failed'] }, sort: { by: 'name', descending: false } } }, id);
    expect((await one())?.lastRun).toBeNull();
    await make(id);
    expect((await one())?.lastRun).toMatchObject({ count: 0, difference: null });
  });

  it('of entries has those of the days before its run', async () => {
    await save({ ...HOSTS, name: 'another' });
    nowMs += 40 * DAY_MS;
    const id = await save({
      name: 'definitions',
      note: '',
      of: { rows: 'ledger', kind: 'report', lastDays: 30 },
      format: 'csv',
      schedule: null,
    });
    expect((await make(id)).made?.count).toBe(1);
    expect(entriesOf('export.made')[0]?.body).toMatchObject({ from: new Date(nowMs - 30 * DAY_MS).toISOString(), to: null });
  });

  it.each([
    [{ ...HOSTS }, /of the name/u],
    [
      { ...HOSTS, name: 'b', of: { rows: 'hosts', query: {}, filter: 'verdict =', sort: { by: 'name', descending: false } } },
      /cannot be read/u,
    ],
  ] as const)('is refused where its name is taken or its query is none', async (definition, words) => {
    await save(HOSTS);
    expect(await reports.handlers['reports.save']({ id: null, definition })).toMatchObject({
      state: 'refused',
      message: expect.stringMatching(words),
    });
    expect(await list()).toHaveLength(1);
  });

  it('has only formats that there are of its rows', () => {
    const of = { rows: 'ledger', lastDays: null } as const;
    expect(reportDefinitionSchema.safeParse({ ...HOSTS, of, format: 'oscal' }).success).toBe(false);
    expect(reportDefinitionSchema.safeParse({ ...HOSTS, of, format: 'csv' }).success).toBe(true);
  });

  it('that is gone is neither made nor changed', async () => {
    for (const answer of [
      await reports.handlers['reports.run']({ id: 7 }),
      await reports.handlers['reports.delete']({ id: 7 }),
      await reports.handlers['reports.save']({ id: 7, definition: HOSTS }),
    ])
      expect(answer).toMatchObject({ state: 'refused', message: expect.stringContaining('no such report') });
  });
});

describe('a report with a time', () => {
  const made = () => entriesOf('export.made').map(({ who, at }) => `${who.name} ${at.slice(0, 16)}`);

  it('is made at its time by Plumbline, and not before', async () => {
    await save(DAILY);
    expect((await one())?.nextRunAtMs).toBe(T0 + HOUR_MS / 2);
    nowMs = T0 + HOUR_MS / 2 - 1;
    reports.tick();
    expect(await jobs.handlers['jobs.list']({})).toEqual([]);
    nowMs += 1;
    reports.tick();
    await ended();
    expect(made()).toEqual(['Plumbline 2026-11-21T06:30']);
    await expect.poll(async () => (await one())?.nextRunAtMs, SOON).toBe(T0 + HOUR_MS / 2 + DAY_MS);
  });

  it('is made once after a stop over several of its times', async () => {
    await save(DAILY);
    await close();
    nowMs = T0 + 5 * DAY_MS;
    open();
    reports.tick();
    await ended();
    await expect.poll(async () => (await one())?.nextRunAtMs, SOON).toBe(T0 + 5 * DAY_MS + HOUR_MS / 2);
    reports.tick();
    expect(await jobs.handlers['jobs.list']({})).toHaveLength(1);
    expect(made()).toEqual(['Plumbline 2026-11-26T06:00']);
  });

  it('comes after one that is being made, one at a time', async () => {
    await save(DAILY);
    await save({ ...DAILY, name: 'another' });
    nowMs += DAY_MS;
    reports.tick();
    reports.tick();
    expect(await jobs.handlers['jobs.list']({})).toHaveLength(1);
    await ended();
    await expect
      .poll(async () => (await list()).filter(({ nextRunAtMs }) => nextRunAtMs !== null && nextRunAtMs > nowMs), SOON)
      .toHaveLength(1);
    reports.tick();
    await ended();
    expect(made()).toHaveLength(2);
  });

  it('that cannot be made is told: in the list and in the ledger, once for its time; and is well again with the next', async () => {
    await save(DAILY);
    writeFileSync(path.join(folder, 'exports'), 'a file where the folder should be');
    nowMs += DAY_MS;
    reports.tick();
    expect((await ended()).state).toBe('failed');
    await expect.poll(async () => (await one())?.problem?.code, SOON).toBe('report-failed');
    reports.tick();
    expect(entriesOf('report.failed')).toMatchObject([
      { who: { kind: 'system' }, body: { detail: expect.stringContaining('all hosts was due') } },
    ]);
    rmSync(path.join(folder, 'exports'));
    nowMs += DAY_MS;
    reports.tick();
    await ended();
    expect((await one())?.problem).toBeNull();
  });

  it('that was cut off by the end of Plumbline is due again', async () => {
    let isWriting = false;
    run = (_asked, _progress, signal) =>
      new Promise((resolve) => {
        isWriting = true;
        signal.addEventListener('abort', () =>
          resolve({ ok: false, problem: { code: 'export-stopped', message: 'Stopped.', nextStep: '' } }),
        );
      });
    await save(DAILY);
    nowMs += DAY_MS;
    reports.tick();
    await expect.poll(() => isWriting, SOON).toBe(true);
    await close();
    run = here;
    open();
    told = [];
    reports.tick();
    await ended();
    expect(made()).toHaveLength(1);
  });
});
