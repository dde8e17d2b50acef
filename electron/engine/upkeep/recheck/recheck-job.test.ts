import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job, RecheckAsk } from '../../../../shared/contract/job-schemas.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { withFile } from '../../../store/testing/file.ts';
import { hostRecord } from '../../../store/testing/host-record.ts';
import { headFile } from '../../ledger/head-file.ts';
import { createKeeper, type Keeper } from '../../ledger/keeper.ts';
import { keyFile } from '../../ledger/key-file.ts';
import { createJobs, type Jobs } from '../jobs.ts';
import { recheckInThread } from './thread.ts';

const T0 = 1_800_000_000_000;

let folder: string;
let store: Store;
let keeper: Keeper;
let jobs: Jobs;
let atMs = T0;
let onTold: (job: Job) => void = () => {};

const record = (n: number): void => {
  const text = `quote of ${n}`;
  const quote = { sha256: createHash('sha256').update(text).digest('hex'), packed: deflateRawSync(text) };
  atMs += 1_000;
  store.write.recordHosts([hostRecord({ id: `dc/${n}`, name: `host-${n}`, seenAtMs: atMs, evidenceAtMs: atMs, quotedAtMs: atMs, quote })]);
};

const jobsOn = (dataFolder: string): Jobs =>
  createJobs({
    store,
    dataFolder,
    user: 'ann',
    nowMs: () => atMs,
    recheck: recheckInThread(new URL('./worker.ts', import.meta.url)),
    onProgress: (job) => onTold(job),
  });

beforeEach(() => {
  atMs = T0;
  onTold = () => {};
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-recheck-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  keeper = createKeeper({ store, keys: keyFile(folder), head: headFile(folder), nowMs: () => atMs, version: '1', shell: 'console' });
  keeper.begin([], []);
  for (let n = 0; n < 400; n += 1) record(n);
  keeper.seal(true);
  jobs = jobsOn(folder);
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes to the file as somebody would who knows SQL. */
const tamper = (sql: string): void =>
  withFile(folder, false, (db) => {
    for (const { name } of db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
      db.exec(`DROP TRIGGER ${name}`);
    db.exec(sql);
  });
/** Begins one as a screen does, and gives it as the screen is told of its end. */
const recheck = (given: RecheckAsk = {}, on: Jobs = jobs): Promise<Job> =>
  new Promise((resolve, reject) => {
    const before = onTold;
    onTold = (job) => {
      before(job);
      if (job.state !== 'running') resolve(job);
    };
    void Promise.resolve(on.handlers['ledger.recheck'](given)).then((started) => {
      if (started.state === 'refused') reject(new Error(started.message));
      return undefined;
    });
  });
const kept = async () => {
  const { verifierKey, checkpoint } = await keeper.handlers['ledger.state']({});
  return { key: verifierKey, checkpoint: checkpoint?.note ?? '' };
};
const codes = (job: Job, list: 'wrong' | 'notEvaluated'): readonly string[] => (job.report?.[list] ?? []).map(({ code }) => code);
const entered = () => store.ledger.list({ kind: 'ledger' }, 0, 10).rows;

describe('a re-check', () => {
  it('holds only with a key and a checkpoint that were kept elsewhere, and says how far it is', async () => {
    const told: Job[] = [];
    onTold = (job) => void told.push(job);
    const job = await recheck(await kept());
    expect(job).toMatchObject({ state: 'done', report: { outcome: 'holds', wrong: [], notEvaluated: [] }, nextStep: null });
    expect(job.report?.entries).toBeGreaterThan(400);
    expect(job.done).toBe(job.total);
    expect(new Set(told.map(({ done }) => done)).size).toBeGreaterThan(3);
  });

  it('without them says what it could not evaluate, and never that all is well', async () => {
    const job = await recheck();
    expect(job.report?.outcome).toBe('partly');
    expect(codes(job, 'notEvaluated')).toEqual(['key-first-use', 'nothing-outside']);
    expect(job.sentence).toMatch(/^Nothing wrong was found in [\d,]+ entries, but 2 things could not be evaluated\.$/u);
  });

  it('is an entry, with who began it, what came of it, and that it proves nothing by itself', async () => {
    await recheck();
    expect(entered()).toMatchObject([
      {
        kind: 'ledger.rechecked',
        who: { kind: 'os-user', name: 'ann' },
        body: { outcome: 'partly', wrong: 0, detail: expect.stringContaining('proves nothing to anyone else') },
      },
    ]);
    keeper.seal(true);
    expect((await recheck(await kept())).report?.outcome).toBe('holds');
  });

  it('names an entry that was changed, one that was removed, and evidence that is not what its digest says', async () => {
    tamper(`
      UPDATE ledger_entry SET bytes = replace(bytes, 'host-7', 'host-8') WHERE seq = 20;
      DELETE FROM ledger_entry WHERE seq = 300;
      UPDATE quote SET bytes = x'00';
      UPDATE latest_quote SET bytes = x'00';`);
    const job = await recheck(await kept());
    expect(job).toMatchObject({
      state: 'done',
      report: { outcome: 'broken' },
      nextStep: expect.stringContaining('plumbline audit verify'),
    });
    expect(codes(job, 'wrong')).toEqual(expect.arrayContaining(['entry-removed', 'evidence-changed']));
    expect(job.report?.wrong).toContainEqual(expect.objectContaining({ code: 'entry-removed', entry: 300 }));
    expect(entered()).toMatchObject([{ body: { outcome: 'broken' } }]);
  });

  it('sees an older ledger in place of the newest by a checkpoint that was kept elsewhere, and only by it', async () => {
    const given = await kept();
    const all = store.ledger.size();
    tamper(`
      DELETE FROM ledger_entry WHERE seq > 100; DELETE FROM ledger_checkpoint WHERE size > 100;
      DELETE FROM span WHERE entry_seq > 100; DELETE FROM ledger_tile WHERE level > 0 OR place > 0;`);
    expect(store.ledger.size()).toBeLessThan(all);
    expect(codes(await recheck(given), 'wrong')).toContain('ledger-rewound');
  });

  it('looks at one moment while recording goes on', async () => {
    let more = 1_000;
    onTold = () => {
      for (let n = 0; n < 5; n += 1) record((more += 1));
      keeper.seal(true);
    };
    const job = await recheck(await kept());
    expect(job.report).toMatchObject({ outcome: 'holds', entries: job.total });
    expect(store.ledger.size()).toBeGreaterThan(job.total);
  });

  it('that is stopped concludes nothing, and is no entry', async () => {
    onTold = (job) => {
      if (job.state === 'running') void jobs.handlers['jobs.cancel']({ id: job.id });
    };
    const job = await recheck();
    expect(job).toMatchObject({ state: 'stopped', report: null, sentence: expect.stringContaining('nothing can be concluded') });
    expect(entered()).toEqual([]);
  });

  it('of a database that cannot be read fails, and concludes nothing', async () => {
    const other = path.join(folder, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'plumbline.db'), 'no database at all'.repeat(1_000));
    const job = await recheck({}, jobsOn(other));
    expect(job).toMatchObject({ state: 'failed', report: null, nextStep: 'Get it from a backup.' });
    expect(job.sentence).toMatch(/cannot be read.*Nothing can be concluded/u);
    expect(entered()).toMatchObject([{ body: { outcome: 'unreadable' } }]);
  });

  it('of a database with a page that cannot be read never holds', async () => {
    const given = await kept();
    const other = path.join(folder, 'other');
    mkdirSync(other);
    withFile(folder, false, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
    const file = path.join(other, 'plumbline.db');
    copyFileSync(path.join(folder, 'plumbline.db'), file);
    const handle = openSync(file, 'r+');
    const pages = Math.floor(statSync(file).size / 4_096);
    for (let page = 5; page < pages; page += 7) writeSync(handle, Buffer.alloc(4_096, 0xff), 0, 4_096, page * 4_096);
    closeSync(handle);
    const job = await recheck(given, jobsOn(other));
    expect(job.report?.outcome ?? 'failed').toMatch(/^(?:broken|failed)$/u);
  });

  it.each([
    [{ key: 'nonsense' }, /key that was given/u],
    [{ checkpoint: 'nonsense' }, /checkpoint that was given/u],
  ])('is refused before it begins where %j was given', async (given, words) => {
    expect(await jobs.handlers['ledger.recheck'](given)).toMatchObject({
      state: 'refused',
      message: expect.stringMatching(words),
    });
    expect(await jobs.handlers['jobs.list']({})).toEqual([]);
  });

  it('takes a key that is not the one of this ledger for a swapped one', async () => {
    const { key } = await kept();
    const other = mkdtempSync(path.join(tmpdir(), 'plumbline-recheck-other-'));
    const opened = openStore(other);
    if (!opened.ok) throw new Error(opened.problem.message);
    const stranger = createKeeper({
      store: opened.value,
      keys: keyFile(other),
      head: headFile(other),
      nowMs: () => atMs,
      version: '1',
      shell: 'console',
    });
    stranger.begin([], []);
    const strange = (await stranger.handlers['ledger.state']({})).verifierKey;
    opened.value.close();
    rmSync(other, { recursive: true, force: true });
    expect(strange).not.toBe(key);
    expect(codes(await recheck({ key: strange }), 'wrong')).toContain('key-swapped');
  });
});
