import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FindingAct } from '../../../shared/contract/finding-bulk-schemas.ts';
import type { FindingQuery } from '../../../shared/contract/finding-schemas.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createJobs, type Jobs } from '../upkeep/jobs.ts';
import { createActOnFindings } from './bulk.ts';
import { createFindingLists } from './lists.ts';

const T0 = 1_800_000_000_000;
const DAY = 86_400_000;
const HOSTS = 1_001;
const ACKNOWLEDGE: FindingAct = { kind: 'acknowledge' };
const OPEN: FindingQuery = { states: ['open'] };

let folder: string;
let store: Store;
let jobs: Jobs;
let atMs: number;
let changes: number;
let onProgress: (done: number) => void;

const found = (index: number, cause = 'same') => ({
  kind: 'host-failed' as const,
  severity: 'critical' as const,
  cause: `host-failed/${cause}`,
  what: 'Boot loader changed',
  title: `Boot loader changed: host ${index}`,
  detail: 'It measures something else.',
  momentary: false,
});
const broken = (index: number, over: object = {}) =>
  hostRecord({ id: `dc/${index}`, agentId: String(index), name: `host ${index}`, ekSha256: null, findings: [found(index)], ...over });
const record = (index: number, over: object = {}): void => store.write.recordHosts([broken(index, over)]);

const preview = (act: FindingAct, query: FindingQuery = OPEN) =>
  createFindingLists(store.findings, () => atMs)['findings.preview']({ query, act });
const begin = async (act: FindingAct, query: FindingQuery = OPEN) => {
  const { meant } = await preview(act, query);
  return jobs.handlers['jobs.start']({ kind: 'findings', findings: { query, act, previewed: meant } });
};
const ended = async (id: number) => {
  for (;;) {
    const job = (await jobs.handlers['jobs.list']({})).find((one) => one.id === id);
    if (job !== undefined && job.state !== 'running') return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const through = async (act: FindingAct, query: FindingQuery = OPEN) => {
  const started = await begin(act, query);
  if (started.state !== 'running') throw new Error(started.message);
  return ended(started.id);
};
const undo = async (id: number) => {
  const started = await jobs.handlers['jobs.start']({ kind: 'findings', findings: { undo: id } });
  return started.state === 'running' ? ended(started.id) : started;
};
const total = (query: FindingQuery): number => store.findings.list(query, 'newest', 0, 1, atMs).total;
const entries = (kind: string, subject = 'findings') => store.ledger.list({ subject }, 0, 500).rows.filter((entry) => entry.kind === kind);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bulk-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  atMs = T0;
  changes = 0;
  onProgress = () => {};
  store.write.recordHosts(Array.from({ length: HOSTS }, (_, index) => broken(index)));
  jobs = createJobs({
    store,
    dataFolder: folder,
    user: 'ann',
    nowMs: () => atMs,
    onProgress: ({ done }) => onProgress(done),
    findings: createActOnFindings({
      store,
      user: 'ann',
      nowMs: () => atMs,
      onChange: () => {
        changes += 1;
      },
    }),
  });
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a step for all findings that match', () => {
  it('says before how many it would change, and on how many hosts', async () => {
    store.findings.steps.acknowledge({ ids: [1, 2] }, { who: 'bob', atMs });
    expect(await preview(ACKNOWLEDGE, {})).toMatchObject({
      matching: HOSTS,
      meant: { count: HOSTS - 2 },
      hosts: HOSTS - 2,
      critical: HOSTS - 2,
    });
    expect(await preview({ kind: 'reopen', reason: 'x' }, {})).toMatchObject({ matching: HOSTS, meant: { count: 2 } });
    expect(await preview({ kind: 'assign', person: 'cara' }, { hostId: 'dc/7' })).toMatchObject({ matching: 1, meant: { count: 1 } });
  });

  it('is entered once, with the query, the count and what they are, and in the history of each finding', async () => {
    const { meant } = await preview(ACKNOWLEDGE);
    const job = await through(ACKNOWLEDGE);
    expect(job).toMatchObject({ state: 'done', done: HOSTS, total: HOSTS });
    expect(job.sentence).toMatch(/^Acknowledged: 1,001 findings, entry [\d,]+ of the ledger\.$/u);
    expect(total(OPEN)).toBe(0);
    expect(total({ states: ['acknowledged'] })).toBe(HOSTS);
    const [entry, ...others] = entries('findings.decided');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      who: { kind: 'os-user', name: 'ann' },
      subject: 'findings',
      body: { act: 'acknowledge', query: 'state in (open)', count: HOSTS, sha256: meant.sha256 },
    });
    for (const id of [1, 500, HOSTS])
      expect(entries('finding.acknowledged', `finding ${id}`).map(({ body }) => body)).toMatchObject([{ of: entry?.seq }]);
    expect(store.findings.journal(7, 10).at(-1)).toMatchObject({ who: 'ann', kind: 'finding.acknowledged' });
    expect(changes).toBeGreaterThan(1);
  });

  it('is not begun where there are more than was said, and what was seen is what has to be decided on again', async () => {
    const { meant } = await preview(ACKNOWLEDGE);
    record(HOSTS);
    const ask = { kind: 'findings' as const, findings: { query: OPEN, act: ACKNOWLEDGE, previewed: meant } };
    expect(await jobs.handlers['jobs.start'](ask)).toEqual({
      state: 'refused',
      message: '1,001 findings were to be changed, and now it is 1,002. Nothing was changed.',
      nextStep: 'Look at the number again, then decide again.',
    });
    expect(total(OPEN)).toBe(HOSTS + 1);
    expect(entries('findings.decided')).toEqual([]);
  });

  it('is not begun where as many, but others, match', async () => {
    const { meant } = await preview(ACKNOWLEDGE);
    record(HOSTS);
    store.findings.steps.acknowledge({ ids: [1] }, { who: 'bob', atMs });
    const ask = { kind: 'findings' as const, findings: { query: OPEN, act: ACKNOWLEDGE, previewed: meant } };
    expect(await jobs.handlers['jobs.start'](ask)).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('not the same 1,001 findings'),
    });
  });

  it('stopped half-way: what was changed stays, the rest is untouched, and the ledger tells how many', async () => {
    const started = await begin(ACKNOWLEDGE);
    if (started.state !== 'running') throw new Error(started.message);
    onProgress = (done) => {
      if (done > 0) void jobs.handlers['jobs.cancel']({ id: started.id });
    };
    const job = await ended(started.id);
    expect(job.state).toBe('stopped');
    const changed = total({ states: ['acknowledged'] });
    expect(changed).toBeGreaterThan(0);
    expect(total(OPEN)).toBe(HOSTS - changed);
    expect(job.sentence).toContain(`Stopped after ${changed} of 1,001 findings`);
    expect(entries('findings.stopped')[0]?.body).toMatchObject({ count: changed, of: entries('findings.decided')[0]?.seq });
    expect(await undo(started.id)).toMatchObject({ state: 'done' });
    expect(total(OPEN)).toBe(HOSTS);
  });

  it('what changes while it runs is left alone', async () => {
    const started = await begin(ACKNOWLEDGE);
    if (started.state !== 'running') throw new Error(started.message);
    onProgress = (done) => {
      if (done === 0) return;
      onProgress = () => {};
      store.findings.steps.waive({ ids: [HOSTS] }, T0 + DAY, 'Bob knows why.', { who: 'bob', atMs });
    };
    expect((await ended(started.id)).sentence).toContain('1 finding changed meanwhile, and was left alone.');
    expect(store.findings.one(HOSTS, atMs)).toMatchObject({ state: 'waived', waiver: { by: 'bob' } });
  });

  it.each([
    [T0, 'must end in the future'],
    [T0 + 400 * DAY, 'one year at most'],
  ])('a waiver until %i is refused: %s', async (untilMs, why) => {
    expect(await begin({ kind: 'waive', untilMs, reason: 'A planned update.' })).toMatchObject({
      state: 'refused',
      message: expect.stringContaining(why),
    });
  });
});

describe('undone', () => {
  it('an acknowledgement and a waiver are taken back, and entered', async () => {
    const acknowledged = await through(ACKNOWLEDGE);
    atMs += 1_000;
    expect(await undo(acknowledged.id)).toMatchObject({ state: 'done', sentence: expect.stringContaining('Undone for 1,001 findings') });
    expect(total(OPEN)).toBe(HOSTS);
    const waived = await through({ kind: 'waive', untilMs: T0 + DAY, reason: 'A planned update.' });
    expect(total({ states: ['waived'] })).toBe(HOSTS);
    await undo(waived.id);
    expect(total(OPEN)).toBe(HOSTS);
    expect(store.findings.journal(1, 10).map(({ kind }) => kind)).toEqual([
      'finding.opened',
      'finding.acknowledged',
      'finding.unacknowledged',
      'finding.waived',
      'finding.unwaived',
    ]);
    expect(entries('findings.decided')).toHaveLength(4);
  });

  it('an assignment goes back to whoever it was before', async () => {
    store.findings.steps.assign({ ids: [3] }, 'bob', { who: 'bob', atMs });
    const job = await through({ kind: 'assign', person: 'cara' });
    expect(store.findings.one(3, atMs)?.assigned).toBe('cara');
    await undo(job.id);
    expect(store.findings.one(3, atMs)?.assigned).toBe('bob');
    expect(total({ assigned: null })).toBe(HOSTS - 1);
  });

  it('never over a later step of somebody else, and it says so', async () => {
    const job = await through(ACKNOWLEDGE);
    atMs += 1_000;
    store.findings.steps.waive({ ids: [5] }, T0 + DAY, 'Bob knows why.', { who: 'bob', atMs });
    expect(await undo(job.id)).toMatchObject({
      sentence: expect.stringContaining('1 finding had been changed again since, and was left alone.'),
    });
    expect(store.findings.one(5, atMs)).toMatchObject({ state: 'waived', waiver: { by: 'bob' } });
  });

  it('once', async () => {
    const job = await through(ACKNOWLEDGE);
    await undo(job.id);
    expect(await undo(job.id)).toMatchObject({ state: 'refused', message: 'This cannot be undone any more.' });
  });
});

describe('which findings', () => {
  it('of an endpoint: those of its hosts, and its own', () => {
    record(HOSTS, { id: 'lab/1', endpoint: 'lab' });
    const draft = { ...found(0, 'silent'), kind: 'endpoint-silent' as const };
    store.write.setEndpointFinding('lab', draft, T0);
    expect(total({ endpoint: 'lab' })).toBe(2);
    expect(total({ endpoint: 'dc' })).toBe(HOSTS);
    expect(total({ endpoint: 'nowhere' })).toBe(0);
  });

  it('by age, and the oldest first', () => {
    atMs = T0 + 10 * DAY;
    record(HOSTS, { seenAtMs: atMs, evidenceAtMs: atMs });
    expect(total({ openedWithinDays: 7 })).toBe(1);
    expect(total({ openedBeforeDays: 7 })).toBe(HOSTS);
    expect(store.findings.list({}, 'oldest', 0, 1, atMs).rows[0]?.openedAtMs).toBe(T0);
  });
});
