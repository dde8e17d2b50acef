import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EvidenceState, ItemKind } from '../../../shared/contract/assessment-schemas.ts';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import type { ReportDefinition } from '../../../shared/contract/report-schemas.ts';
import { openReadOnlyStore, openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createExports } from '../exports/exports.ts';
import { exportHere } from '../exports/run.ts';
import { createReadOnlyEngine } from '../read-only/read-only-engine.ts';
import { createJobs, type Jobs } from '../upkeep/jobs.ts';
import { createAssess } from './assess.ts';
import { createReports } from './reports.ts';
import { createItemLists } from './run-items.ts';

const T0 = Date.parse('2026-11-21T06:00:00.000Z');
const SOON = { timeout: 30_000 };
const HOSTS: ReportDefinition = {
  name: 'all hosts',
  note: '',
  of: { rows: 'hosts', query: {}, sort: { by: 'name', descending: false } },
  format: 'oscal',
  schedule: null,
};

let folder: string;
let store: Store;
let jobs: Jobs;
let nowMs: number;
let last: Job | null;
const build = () => {
  const exports = createExports({
    store,
    dataFolder: folder,
    version: '1',
    signature: null,
    nowMs: () => nowMs,
    who: { kind: 'os-user', name: 'ann' },
    notRecorded: () => [],
    run: exportHere(() => nowMs),
  });
  const options = { store, dataFolder: folder, user: 'ann', nowMs: () => nowMs };
  jobs = createJobs({ ...options, onProgress: (job) => (last = job), makeExport: exports.make });
  const reports = createReports({ store, user: 'ann', nowMs: () => nowMs, begin: jobs.report });
  const who = { kind: 'os-user', name: 'ann' } as const;
  return { ...reports.handlers, ...createAssess({ store, who, nowMs: () => nowMs }), ...createItemLists(store.assessments) };
};
let handlers: ReturnType<typeof build>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-assess-'));
  nowMs = T0;
  last = null;
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.ledger.useClock(() => nowMs);
  handlers = build();
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const record = (name: string, verdict: 'trusted' | 'failed'): void => {
  store.write.recordHosts([
    hostRecord({
      id: `dc/${name}`,
      endpoint: 'dc',
      name,
      verdict,
      seenAtMs: nowMs,
      evidenceAtMs: nowMs,
      ...(verdict === 'failed' && { chain: ['failed', ...Array.from({ length: 8 }, () => 'inconclusive' as const)] }),
    }),
  ]);
};
const define = async (definition: Partial<ReportDefinition> = {}): Promise<number> => {
  const saved = await handlers['reports.save']({ id: null, definition: { ...HOSTS, ...definition } });
  if (saved.state !== 'done') throw new Error(saved.message);
  return saved.id;
};
const make = async (id: number): Promise<NonNullable<Job['made']>> => {
  nowMs += 60_000;
  const begun = await handlers['reports.run']({ id });
  if (begun.state !== 'running') throw new Error(begun.message);
  await expect.poll(() => (last?.id === begun.id ? last.state : 'running'), SOON).not.toBe('running');
  if (last?.made === null || last === null) throw new Error(last?.sentence);
  return last.made;
};
const items = async (id: number, kind: ItemKind = 'host', asked: { state?: EvidenceState; text?: string } = {}) => {
  const found = await handlers['reports.items']({ id, kind, ...asked, offset: 0, limit: 100 });
  if (found === null) throw new Error('there is nothing to be judged');
  return found;
};
const say = (id: number, run: number, state: EvidenceState, comment: string, name = 'b', kind: ItemKind = 'host') =>
  handlers['reports.assess']({
    id,
    assessment: { run, items: [{ kind, id: kind === 'host' ? `dc/${name}` : name }], state, comment },
  });
const lastRun = async () => (await handlers['reports.list']({}))[0]?.lastRun;

describe('what a person says of a run', () => {
  it('is asked of each host of its rows and each control of its file; all are ready at first', async () => {
    record('a', 'trusted');
    record('b', 'failed');
    const id = await define();
    const made = await make(id);
    expect(await items(id)).toMatchObject({
      run: { entry: made.id, sha256: made.sha256 },
      counts: { ready: 2, approved: 0, flagged: 0, 'not-applicable': 0 },
      rows: [
        { id: 'dc/a', name: 'a', standing: 'trusted', state: 'ready', said: null, former: null },
        { id: 'dc/b', name: 'b', standing: 'failed', state: 'ready' },
      ],
    });
    const controls = await items(id, 'control');
    expect(controls.total).toBe(controls.kinds.control);
    const standings = new Map(controls.rows.map((row) => [row.id, row.standing]));
    // The chain of b is broken at the hardware.
    expect([...standings.values()]).toContain('against');
    expect([...standings.values()].every((one) => ['against', 'not-evaluated', 'supported'].includes(one))).toBe(true);
  });

  it('is an entry of the ledger and a step of a history, and takes nothing back that was said', async () => {
    record('b', 'failed');
    const id = await define();
    const { id: run, sha256 } = await make(id);
    expect(await say(id, run, 'flagged', 'Shim is old.\u202e')).toEqual({ state: 'done', id });
    nowMs += 1_000;
    await say(id, run, 'approved', '');
    expect((await items(id)).rows[0]).toMatchObject({ state: 'approved', said: { who: 'ann', atMs: nowMs, comment: '' } });
    const history = await handlers['reports.itemHistory']({ id, item: { kind: 'host', id: 'dc/b' }, offset: 0, limit: 10 });
    expect(history.rows).toMatchObject([
      { state: 'approved', run, sha256 },
      { state: 'flagged', comment: 'Shim is old.\\u{202e}', standing: 'failed' },
    ]);
    const entries = store.ledger.list({ kind: 'report' }, 0, 10).rows.filter(({ kind }) => kind === 'report.assessed');
    expect(entries).toMatchObject([
      { seq: history.rows[0]?.entry, subject: `report ${id}`, who: { name: 'ann' }, body: { run, sha256, state: 'approved' } },
      { body: { item: { kind: 'host', id: 'dc/b' }, comment: 'Shim is old.\u202e', standing: 'failed' } },
    ]);
  });

  it('begins again with the next run, which tells what was flagged before and how it stands now', async () => {
    for (const name of ['a', 'b', 'c']) record(name, 'failed');
    const id = await define();
    const first = await make(id);
    for (const name of ['a', 'b', 'c']) await say(id, first.id, 'flagged', `why ${name}`, name);
    await say(id, first.id, 'ready', '', 'c');
    nowMs += 60_000;
    record('a', 'trusted');
    await make(id);
    expect((await items(id)).rows).toMatchObject([
      { id: 'dc/a', state: 'ready', said: null, former: { state: 'flagged', run: first.id, sha256: first.sha256 } },
      { id: 'dc/b', state: 'ready', former: { comment: 'why b' } },
      { id: 'dc/c', former: null },
    ]);
    expect((await lastRun())?.flagged).toEqual({
      count: 2,
      first: [
        { kind: 'host', name: 'b', before: 'failed', after: 'failed', comment: 'why b' },
        { kind: 'host', name: 'a', before: 'failed', after: 'trusted', comment: 'why a' },
      ],
    });
  });

  it('of a host that is not in the next run any more is told as that', async () => {
    record('b', 'failed');
    const id = await define({ of: { rows: 'hosts', query: { verdicts: ['failed'] }, sort: { by: 'name', descending: false } } });
    await say(id, (await make(id)).id, 'flagged', 'why');
    nowMs += 60_000;
    record('b', 'trusted');
    await make(id);
    expect((await lastRun())?.flagged.first).toMatchObject([{ name: 'b', after: null }]);
  });

  it('of a run that is not the last any more is refused: it was said of another file', async () => {
    record('b', 'failed');
    const id = await define();
    const first = await make(id);
    await make(id);
    expect(await say(id, first.id, 'approved', '')).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('not the last run'),
    });
    expect((await items(id)).counts.ready).toBe(1);
  });

  it.each([
    ['flagged', '', 'b', 'need a comment'],
    ['not-applicable', '', 'b', 'need a comment'],
    ['approved', '', 'nobody', 'not in the run'],
  ] as const)('%s with the comment %j of %s is refused, and nothing is entered', async (state, comment, name, words) => {
    record('b', 'failed');
    const id = await define();
    const { id: run } = await make(id);
    const size = store.ledger.size();
    expect(await say(id, run, state, comment, name)).toMatchObject({ state: 'refused', message: expect.stringContaining(words) });
    expect(store.ledger.size()).toBe(size);
  });

  it('is found by its state and by the name of a host', async () => {
    for (const name of ['a', 'b', 'bb']) record(name, 'failed');
    const id = await define();
    await say(id, (await make(id)).id, 'flagged', 'why');
    const flagged = await items(id, 'host', { state: 'flagged' });
    expect([flagged.total, flagged.counts]).toEqual([1, { ready: 2, approved: 0, flagged: 1, 'not-applicable': 0 }]);
    expect((await items(id, 'host', { text: 'B' })).rows.map(({ name }) => name)).toEqual(['b', 'bb']);
  });

  it('of rows that are no hosts, and of no run, is asked of nothing', async () => {
    const id = await define({ of: { rows: 'ledger', lastDays: null }, format: 'csv' });
    const ask = { id, kind: 'host', offset: 0, limit: 10 } as const;
    expect(await handlers['reports.items'](ask)).toBeNull();
    await make(id);
    expect(await handlers['reports.items'](ask)).toBeNull();
    expect(await handlers['reports.items']({ ...ask, id: 99 })).toBeNull();
  });

  it('of a sample that is drawn anew each time is carried on, and the samples are not held against each other', async () => {
    for (const name of ['a', 'b', 'c', 'd']) record(name, 'failed');
    const id = await define({ of: { rows: 'hosts', query: {}, sort: { by: 'name', descending: false }, sample: { size: 4 } } });
    await say(id, (await make(id)).id, 'flagged', 'why');
    await make(id);
    expect(await lastRun()).toMatchObject({ difference: null, flagged: { first: [{ name: 'b', after: 'failed' }] } });
  });
});

describe('what was said of a run before', () => {
  const prepare = async (format: ReportDefinition['format']): Promise<Buffer> => {
    record('b', 'failed');
    const id = await define({ format });
    const { id: run } = await make(id);
    await say(id, run, 'flagged', 'Ask the vendor.');
    const made = await make(id);
    return readFileSync(path.join(folder, 'exports', made.name));
  };

  it('is in OSCAL as the examination of a person, bound to the file that was judged', async () => {
    const person = z.object({ uuid: z.string(), name: z.string() });
    const observation = z.object({
      description: z.string(),
      methods: z.array(z.string()),
      origins: z.array(z.object({ actors: z.array(z.object({ type: z.string(), 'actor-uuid': z.string() })) })),
      props: z.array(z.object({ name: z.string(), value: z.string() })),
    });
    const { metadata, results } = z
      .object({
        'assessment-results': z.object({
          metadata: z.object({ parties: z.array(person) }),
          results: z.array(z.object({ observations: z.array(observation) })),
        }),
      })
      .parse(JSON.parse((await prepare('oscal')).toString('utf8')))['assessment-results'];
    const said = results[0]?.observations.find(({ methods }) => methods.includes('EXAMINE'));
    expect(said?.description).toContain('Ask the vendor.');
    expect(said?.description).toContain('not a measurement');
    expect(said?.origins[0]?.actors[0]).toEqual({ type: 'party', 'actor-uuid': metadata.parties.find(({ name }) => name === 'ann')?.uuid });
    expect(said?.props).toContainEqual(expect.objectContaining({ name: 'evidence-state', value: 'flagged' }));
  });

  it.skipIf(!existsSync('/usr/bin/pdftotext'))('is in the detailed report as a judgement (needs poppler-utils)', async () => {
    await prepare('pdf');
    const made = await handlers['reports.list']({});
    expect(made).toHaveLength(1);
    const name = last?.made?.name ?? '';
    const text = execFileSync('/usr/bin/pdftotext', ['-layout', path.join(folder, 'exports', name), '-'], { encoding: 'utf8' });
    for (const words of ['What people said of the runs before', 'Ask the vendor.', 'Flagged']) expect(text).toContain(words);
    expect(text.replaceAll(/\s+/gu, ' ')).toContain('a judgement and no measurement');
  });
});

describe('read-only', () => {
  it('shows what was said, and has no call that says anything', async () => {
    record('b', 'failed');
    const id = await define();
    await say(id, (await make(id)).id, 'flagged', 'why');
    const opened = openReadOnlyStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    const engine = createReadOnlyEngine({ opened: opened.value, version: '1', shell: 'console', dataFolder: folder, emit: () => {} });
    expect(await engine.handlers['reports.items']({ id, kind: 'host', offset: 0, limit: 10 })).toMatchObject({ counts: { flagged: 1 } });
    expect(Object.keys(engine.handlers)).not.toContain('reports.assess');
    await engine.stop();
  });
});
