import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput } from '../../../shared/contract/contract.ts';
import { calls } from '../../../shared/contract/contract.ts';
import type { Finding, FindingCluster } from '../../../shared/contract/finding-schemas.ts';
import { hasInvisible } from '../../../shared/model/hostile-text.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { parseManifest } from '../../appraisal/manifest/parse.ts';
import type { Store } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { type RecordedFleet, recordedFleet } from '../testing/recorded-fleet.ts';
import { redecisionOf } from '../policy/redecide.ts';
import { createFindingLife, type FindingLife } from './life.ts';

const DAY = 86_400_000;

/** Findings of a fleet of which a good half is tampered with, as people work with them. */
describe('the findings of a recorded fleet', () => {
  let recorded: RecordedFleet;
  let store: Store;
  let engine: Engine;
  let ann: FindingLife;
  let atMs = Date.now();
  let changes = 0;

  beforeAll(async () => {
    recorded = await recordedFleet({ hosts: 60, tamper: 33, seed: 3 }, () => atMs);
    ({ store, engine } = recorded);
    ann = createFindingLife({
      store,
      user: 'ann',
      nowMs: () => atMs,
      onChange: () => {
        changes += 1;
      },
    });
  });
  afterAll(() => recorded.close());

  const list = async (query: Partial<CallInput<'findings.list'>> = {}) =>
    engine.handlers['findings.list'](calls['findings.list'].input.parse({ offset: 0, limit: 500, ...query }));
  const clusters = async (): Promise<FindingCluster[]> => (await engine.handlers['findings.clusters']({ offset: 0, limit: 500 })).rows;
  const cluster = async (cause: string): Promise<FindingCluster> => {
    const found = (await clusters()).find((one) => one.cause === cause);
    if (!found) throw new Error('the cluster is gone');
    return found;
  };
  const largest = async (): Promise<FindingCluster> => {
    const [first] = (await clusters()).filter((one) => one.kind === 'host-failed' && one.counts.open === one.findings && one.hosts > 1);
    if (!first) throw new Error('no cluster');
    return first;
  };
  const parsed = (): Manifest => {
    const active = parseManifest(store.policy.active()?.text ?? '');
    if (!active.ok) throw new Error('no manifest');
    return active.manifest;
  };
  const oneOpen = async (): Promise<Finding> => {
    const [finding] = (await list({ states: ['open'], kinds: ['host-failed'] })).rows;
    if (!finding) throw new Error('nothing is open');
    return finding;
  };

  it('what broke the same way on many hosts is one cluster, told without the name of any host', async () => {
    const all = (await clusters()).filter((one) => one.kind === 'host-failed');
    const many = all.filter((one) => one.hosts > 1);
    expect(many.length).toBeGreaterThanOrEqual(5);
    expect(all.reduce((sum, one) => sum + one.hosts, 0)).toBe(33);
    const names = (await list()).rows.map((finding) => finding.hostName ?? '');
    for (const one of many) {
      expect(one.sentence).toMatch(/^\d+ hosts within .*\.$/u);
      expect(names.some((name) => one.sentence.includes(name))).toBe(false);
      expect((await list({ cause: one.cause, openOnly: true })).total).toBe(one.findings);
    }
    expect((await engine.handlers['findings.clusters']({ offset: 0, limit: 500, minFindings: 2, kind: 'host-failed' })).total).toBe(
      many.length,
    );
  });

  it('a second look at the same fleet changes no cause', async () => {
    const before = (await clusters()).map((one) => [one.cause, one.findings]);
    await engine.sweepAll(new AbortController().signal);
    expect((await clusters()).map((one) => [one.cause, one.findings])).toEqual(before);
  });

  it('a decision anew by the same manifest finds the same causes: what people said of them stays', async () => {
    const manifest = parsed();
    const anew = store.hosts.all('demo-fleet').flatMap(({ row }) => {
      const decided = redecisionOf(row.id, store.standings, manifest, 1, atMs)?.findings ?? [];
      return decided.map((finding) => `${row.id} ${finding.cause}`);
    });
    expect(anew.sort()).toEqual((await list({ openOnly: true })).rows.map((finding) => `${finding.hostId} ${finding.cause}`).sort());
  });

  it('a whole cluster is waived in one step, until a date and with a reason; its hosts stay failed', async () => {
    const tally = store.fleet.tally();
    const { cause, findings } = await largest();
    const before = (await list()).counts;
    expect(await ann.handlers['findings.waive']({ on: { cause }, untilMs: atMs + 30 * DAY, reason: 'A planned update.' })).toEqual({
      state: 'done',
      changed: findings,
    });
    expect((await cluster(cause)).counts).toEqual({ open: 0, acknowledged: 0, waived: findings });
    expect(changes).toBe(1);
    const after = await list({ cause, openOnly: true });
    expect(after.counts).toEqual({ open: before.open - findings, acknowledged: 0, waived: findings });
    expect(after.rows).toHaveLength(findings);
    for (const finding of after.rows) {
      expect(finding).toMatchObject({ state: 'waived', resolvedAtMs: null, waiver: { by: 'ann', reason: 'A planned update.' } });
      expect((await engine.handlers['hosts.get']({ id: finding.hostId ?? '' }))?.row.verdict).toBe('failed');
      expect(store.findings.journal(finding.id, 10)).toMatchObject([
        { who: 'Plumbline', kind: 'finding.opened' },
        { who: 'ann', kind: 'finding.waived' },
      ]);
    }
    expect(store.fleet.tally()).toEqual(tally);
  });

  it('what is waived is still among what holds, wherever that is counted', async () => {
    const { openFindings, findingCounts } = await engine.handlers['overview.get']({});
    const { counts, total } = await list({ openOnly: true });
    expect(openFindings).toBe(total);
    expect(openFindings).toBe(counts.open + counts.acknowledged + counts.waived);
    expect(findingCounts).toEqual(counts);
    expect(counts.waived).toBeGreaterThan(1);
  });

  it('waivers that run out soon can be asked for, and are open again by the clock, written or not', async () => {
    const waived = (await list({ states: ['waived'] })).rows;
    expect((await list({ waiverEndsWithinDays: 14 })).total).toBe(0);
    atMs += 17 * DAY;
    expect((await list({ waiverEndsWithinDays: 14 })).total).toBe(waived.length);
    atMs += 13 * DAY;
    expect((await list({ states: ['waived'] })).total).toBe(0);
    expect((await list({ states: ['open'], cause: waived[0]?.cause ?? '' })).rows).toMatchObject(waived.map(() => ({ waiver: null })));
    expect((await list({ waiverEndsWithinDays: 14 })).total).toBe(0);
    expect(ann.endWaivers()).toBe(waived.length);
    expect(ann.endWaivers()).toBe(0);
    expect(store.findings.journal(waived[0]?.id ?? 0, 10).map(({ who, kind }) => [who, kind])).toEqual([
      ['Plumbline', 'finding.opened'],
      ['ann', 'finding.waived'],
      ['Plumbline', 'finding.waiver-ended'],
    ]);
  });

  it.each([
    ['has ended already', () => atMs],
    ['lasts longer than a year', () => atMs + 367 * DAY],
  ])('a waiver that %s is refused', async (_what, untilMs) => {
    const { id } = await oneOpen();
    expect(await ann.handlers['findings.waive']({ on: { ids: [id] }, untilMs: untilMs(), reason: 'x' })).toMatchObject({
      state: 'refused',
    });
    expect(store.findings.one(id, atMs)?.state).toBe('open');
  });

  it('a waiver without a reason does not pass the contract', () => {
    const input = { on: { ids: [1] }, untilMs: atMs + DAY };
    expect(calls['findings.waive'].input.safeParse({ ...input, reason: ' ' }).success).toBe(false);
    expect(calls['findings.waive'].input.safeParse({ ...input, reason: 'why' }).success).toBe(true);
  });

  it('a finding is acknowledged, assigned and noted, each with who and when', async () => {
    const { id } = await oneOpen();
    const on = { ids: [id] };
    await ann.handlers['findings.acknowledge']({ on });
    await ann.handlers['findings.assign']({ on, person: 'Bob' });
    await ann.handlers['findings.note']({ on, text: 'Asked the site.\n\u202eevil\u202c\u0007 <script>alert(1)</script>' });
    const detail = await engine.handlers['findings.get']({ id });
    expect(detail?.finding).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'ann', atMs }, assigned: 'Bob' });
    expect(detail?.notes).toEqual([
      { id: 1, atMs, who: 'ann', text: 'Asked the site.\n\\u{202e}evil\\u{202c}\\x07 <script>alert(1)</script>' },
    ]);
    expect(detail?.journal.map((step) => step.kind)).toEqual([
      'finding.opened',
      'finding.acknowledged',
      'finding.assigned',
      'finding.noted',
    ]);
    expect(detail?.cluster?.cause).toBe(detail?.finding.cause);
    expect((await list({ assigned: 'Bob' })).rows.map((row) => row.id)).toEqual([id]);
    expect(await ann.handlers['findings.acknowledge']({ on })).toMatchObject({ state: 'refused' });
    const { rows } = await engine.handlers['ledger.list']({ kind: 'finding', offset: 0, limit: 500 });
    expect(rows.filter((row) => hasInvisible(row.sentence + row.body))).toEqual([]);
  });

  it('a waiver is taken back, and somebody must look again', async () => {
    const { id } = await oneOpen();
    const on = { ids: [id, 999_999] };
    await ann.handlers['findings.acknowledge']({ on });
    await ann.handlers['findings.waive']({ on, untilMs: atMs + DAY, reason: 'x' });
    expect(await ann.handlers['findings.unwaive']({ on, reason: 'It was not planned.' })).toEqual({ state: 'done', changed: 1 });
    expect(store.findings.one(id, atMs)).toMatchObject({ state: 'open', acknowledged: null, waiver: null });
    expect(await ann.handlers['findings.unwaive']({ on, reason: 'x' })).toMatchObject({ state: 'refused' });
  });

  it('where every host was said to be is kept, on whose word', async () => {
    const ids = store.hosts.all('demo-fleet').map(({ row }) => row.id);
    const said = await Promise.all(ids.map(async (id) => engine.handlers['hosts.locations']({ id, offset: 0, limit: 10 })));
    expect(said.every(({ total, rows }) => total === 1 && rows.length === 1)).toBe(true);
    expect(said.map(({ rows }) => rows[0]?.source)).toContain('The tag in the TPM');
  });

  it('a tag that another host holds as well is a copy, whichever of the two it is', () => {
    const hosts = { ...store.hosts, sharingTag: (serial: string) => (serial === '7' ? 'web-2' : null) };
    const life = createFindingLife({ store: { findings: store.findings, hosts }, user: 'ann', nowMs: () => atMs, onChange: () => {} });
    const web1 = { id: 'dc/1', name: 'web-1', ekSha256: null };
    expect(life.besideOthers({ ...web1, tagSerial: '7' }, 0)).toMatchObject([
      { kind: 'tag-copied', severity: 'critical', momentary: false, detail: expect.stringContaining('web-2') },
    ]);
    const [mine, theirs] = ['web-1', 'web-3'].map((name) => life.besideOthers({ ...web1, name, tagSerial: '7' }, 0)[0]?.cause);
    expect(mine).toBe(theirs);
    expect(life.besideOthers({ ...web1, tagSerial: '8' }, 0)).toEqual([]);
    expect(life.besideOthers({ ...web1, tagSerial: null }, 0)).toEqual([]);
  });

  it('finds no tag on two hosts where each has its own', async () => {
    expect((await list({ kinds: ['tag-copied', 'impossible-move', 'endpoint-frozen'] })).total).toBe(0);
  });
});
