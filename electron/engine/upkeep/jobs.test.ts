import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { openStore, type Store } from '../../store/store.ts';
import { withFile } from '../../store/testing/file.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createJobs, type Jobs } from './jobs.ts';

const T0 = 1_800_000_000_000;
const DAY = 24 * 60 * 60_000;

let folder: string;
let store: Store;
let jobs: Jobs;
let atMs = T0;
let told: Job[] = [];
let onTold: (job: Job) => void = () => {};

beforeEach(() => {
  atMs = T0;
  told = [];
  onTold = () => {};
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-jobs-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.ledger.useClock(() => atMs);
  for (let n = 0; n < 200; n += 1) store.write.recordHosts([hostRecord({ id: `dc/${n}`, detail: 'x'.repeat(8_000) })]);
  jobs = createJobs({
    store,
    dataFolder: folder,
    user: 'ann',
    nowMs: () => atMs,
    onProgress: (job) => {
      told.push(job);
      onTold(job);
    },
  });
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const entries = (kind: string) => store.ledger.list({ kind }, 0, 10).rows;

describe('a job', () => {
  it('backs up into the data folder, tells how far it is, and is an entry of the ledger with who began it', async () => {
    const done = await jobs.run('backup');
    expect(done).toMatchObject({ state: 'done', who: 'ann', startedAtMs: T0 });
    expect(done.done).toBe(done.total);
    expect(told.filter((job) => job.state === 'running').length).toBeGreaterThan(1);
    expect(readdirSync(path.join(folder, 'backups'))).toEqual(['plumbline-2027-01-15T08-00-00-000Z.db']);
    expect(entries('store')).toMatchObject([{ kind: 'store.backed-up', who: { kind: 'os-user', name: 'ann' } }]);
  });

  it('can be stopped, says so, and leaves nothing half', async () => {
    onTold = (job) => {
      if (job.done > 0) void jobs.handlers['jobs.cancel']({ id: job.id });
    };
    expect(await jobs.run('backup')).toMatchObject({ state: 'stopped' });
    expect(readdirSync(path.join(folder, 'backups'))).toEqual([]);
    expect(entries('store')).toEqual([]);
  });

  it('that fails says why and what to do', async () => {
    expect(await jobs.run('backup', '/dev/null/backup.db')).toMatchObject({
      state: 'failed',
      nextStep: expect.stringMatching(/disk|folder/u),
    });
  });

  it('of one kind is one at a time', async () => {
    const first = await jobs.handlers['jobs.start']({ kind: 'backup' });
    expect(first).toMatchObject({ state: 'running' });
    expect(await jobs.handlers['jobs.start']({ kind: 'backup' })).toMatchObject({ state: 'refused' });
    expect(await jobs.handlers['jobs.start']({ kind: 'compact' })).toMatchObject({ state: 'running' });
    await jobs.stop();
    expect((await jobs.handlers['jobs.list']({})).map((job) => job.state)).not.toContain('running');
  });
});

describe('retention', () => {
  it('is set by somebody, with a reason, and the ledger says what it was before', async () => {
    const wanted = { confirmationsDays: 7, quotesDays: 7, evidenceDays: 30, trendDays: 7 };
    await jobs.handlers['retention.set']({ retention: wanted, reason: 'Small disks.' });
    expect(await jobs.handlers['retention.get']({})).toEqual(wanted);
    expect(entries('settings')).toMatchObject([
      { subject: 'retention', who: { name: 'ann' }, body: { before: { confirmationsDays: 90 }, after: wanted } },
    ]);
  });

  it('is applied once the disk takes something again, where it was full at the first look at the clock', async () => {
    withFile(folder, false, (db) =>
      db.exec("CREATE TRIGGER full BEFORE INSERT ON setting BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"),
    );
    expect(() => jobs.tick()).not.toThrow();
    atMs += DAY;
    expect(() => jobs.tick()).not.toThrow();
    expect(told).toEqual([]);
    withFile(folder, false, (db) => db.exec('DROP TRIGGER full'));
    jobs.tick();
    atMs += DAY;
    jobs.tick();
    await jobs.stop();
    expect(entries('store')).toMatchObject([{ kind: 'store.purged', who: { kind: 'system' } }]);
  });

  it('is applied once a day, by itself, and not on the first', async () => {
    jobs.tick();
    expect(entries('store')).toEqual([]);
    atMs += DAY;
    jobs.tick();
    jobs.tick();
    await jobs.stop();
    expect(entries('store')).toMatchObject([{ kind: 'store.purged', who: { kind: 'system' } }]);
  });
});
