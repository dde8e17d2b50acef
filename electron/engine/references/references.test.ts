import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dispatch } from '../../../shared/contract/dispatch.ts';
import type { ReferenceProposal } from '../../../shared/contract/reference-schemas.ts';
import { BUILT_IN_MANIFEST } from '../../appraisal/manifest/manifest.ts';
import { type Fleet, startFleet } from '../../simulator/fleet.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createEngine, type Engine } from '../engine.ts';
import { loadConfig } from '../load-config.ts';
import { createReferences, type References } from './references.ts';

const COMMON = { name: 'a test', scope: null, reason: 'a test', toMs: null, replaces: null };
const BOOT_LOADER_HOSTS = [2, 9];

/** Own reference values over a recorded fleet, as people work with them. */
describe('reference values of our own', () => {
  let folder: string;
  let fleet: Fleet;
  let store: Store;
  let engine: Engine;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-references-'));
    const named = BOOT_LOADER_HOSTS.map((index) => ({ name: 'boot-loader-changed' as const, index }));
    fleet = await startFleet({
      hosts: 14,
      seed: 3,
      named: [...named, { name: 'unknown-binary', index: 4 }, { name: 'log-forged', index: 5 }],
      stateDir: path.join(folder, 'fleet'),
    });
    const config = loadConfig(fleet.endpointsFile, null);
    const opened = openStore(path.join(folder, 'data'));
    if (!config.ok || !opened.ok) throw new Error('the fleet cannot be read');
    store = opened.value;
    engine = createEngine({ store, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
    await sweep();
  });
  afterAll(async () => {
    await engine.stop();
    store.close();
    await fleet.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const sweep = () => engine.sweepAll(new AbortController().signal);
  const idOf = (index: number): string => `demo-fleet/${fleet.hosts[index]?.id ?? ''}`;
  const verdictOf = (id: string) => store.hosts.get(id)?.row.verdict;
  const honest = () => fleet.hosts.filter((host) => host.incident === null);
  const proposed = (answer: ReferenceProposal): Extract<ReferenceProposal, { state: 'proposed' }> => {
    if (answer.state !== 'proposed') throw new Error(answer.message);
    return answer;
  };
  const inHandsOf = (user: string, approvals: 1 | 2): References =>
    createReferences({
      store,
      user,
      nowMs: Date.now,
      manifest: () => ({ ...BUILT_IN_MANIFEST, activation: { approvals, askAboveShare: 1 } }),
      onChange: () => {},
    });

  it('what a golden host measures is proven, complete, and accepts that host', async () => {
    const golden = honest()[0];
    const answer = proposed(await engine.handlers['references.capture']({ from: { host: `demo-fleet/${golden?.id}` }, ...COMMON }));
    expect(answer.contents).toMatch(/^1 firmware entry, \d+ secure boot keys, 1 boot chain, 2 machine owner key lists, \d+ files$/u);
    expect(answer.left).toEqual([]);
    // Items of one host are what every other host of its class has, too.
    const alike = honest().filter((host) => host.hostClass === golden?.hostClass);
    expect(alike.length).toBeGreaterThan(1);
    expect(await engine.handlers['references.approve']({ id: answer.id, reason: 'the model' })).toEqual({
      state: 'approved',
      id: answer.id,
    });
    await sweep();
    expect(honest().map((host) => verdictOf(`demo-fleet/${host.id}`))).toEqual(honest().map(() => 'trusted'));
    expect(BOOT_LOADER_HOSTS.map((index) => verdictOf(idOf(index)))).toEqual(['failed', 'failed']);
    const detail = await engine.handlers['hosts.get']({ id: `demo-fleet/${golden?.id}` });
    expect(detail?.references.map((one) => one.provenance).filter((text) => text.startsWith('Own reference set'))).toHaveLength(2);
    const sameClass = honest().length;
    expect(await engine.handlers['references.reach']({ id: answer.id })).toMatchObject({ hosts: 14, whole: true, meant: 14 });
    const reach = await engine.handlers['references.reach']({ id: answer.id });
    expect(reach?.judged).toBeGreaterThanOrEqual(sameClass);
    expect(reach?.trusted).toBe(sameClass);
    await engine.handlers['references.withdraw']({ id: answer.id, reason: 'done' });
  });

  it('its items are found by any of their words, and a set is held against the one before', async () => {
    const file = (name: string, digit: string) => ({ kind: 'file' as const, path: name, digest: digit.repeat(64) });
    const first = proposed(await engine.handlers['references.propose']({ items: [file('/bin/a', '1'), file('/bin/b', '2')], ...COMMON }));
    await engine.handlers['references.approve']({ id: first.id, reason: 'the first' });
    const next = proposed(
      await engine.handlers['references.propose']({ items: [file('/bin/b', '2'), file('/opt/c', '3')], ...COMMON, replaces: first.id }),
    );
    const found = async (text: string) => (await engine.handlers['references.get']({ id: next.id, offset: 0, limit: 10, text }))?.items;
    expect(await found('OPT 333')).toEqual([file('/opt/c', '3')]);
    expect(await found('bin')).toEqual([file('/bin/b', '2')]);
    expect(await found('nowhere')).toEqual([]);
    const asked = { id: next.id, to: null, offset: 0, limit: 10 };
    expect(await engine.handlers['references.compare'](asked)).toEqual({
      to: first.id,
      added: 1,
      removed: 1,
      total: 2,
      rows: [
        { sign: 'added', item: file('/opt/c', '3') },
        { sign: 'removed', item: file('/bin/a', '1') },
      ],
    });
    expect(await engine.handlers['references.compare']({ ...asked, id: first.id })).toBe(null);
    expect(await engine.handlers['references.reach']({ id: 99_999 })).toBe(null);
    for (const { id } of [first, next]) await engine.handlers['references.withdraw']({ id, reason: 'done' });
  });

  it('a changed boot loader is promoted, approved, trusted with its cluster after the next sweep, and fails again when that is undone', async () => {
    const host = idOf(2);
    const cluster = BOOT_LOADER_HOSTS.map(idOf).filter((id) => store.hosts.get(id)?.row.hostClass === store.hosts.get(host)?.row.hostClass);
    const answer = proposed(await engine.handlers['references.promote']({ host, ...COMMON }));
    expect(answer.words).toEqual([expect.stringMatching(/^boot loader: [0-9a-f]{8}….{4} → [0-9a-f]{8}….{4}$/u)]);
    expect(answer.cluster.toSorted()).toEqual(cluster.toSorted());
    await sweep();
    expect(verdictOf(host)).toBe('failed');
    await engine.handlers['references.approve']({ id: answer.id, reason: 'an update' });
    await sweep();
    expect(cluster.map(verdictOf)).toEqual(cluster.map(() => 'trusted'));
    expect(verdictOf(idOf(4))).toBe('failed');
    await engine.handlers['references.withdraw']({ id: answer.id, reason: 'it was none' });
    await sweep();
    expect(cluster.map(verdictOf)).toEqual(cluster.map(() => 'failed'));
    expect(store.ledger.list({ kind: 'reference' }, 0, 3).rows.map((row) => row.kind)).toEqual([
      'reference.withdrawn',
      'reference.approved',
      'reference.proposed',
    ]);
  });

  it('an unknown program is promoted by its path; evidence that contradicts itself never is', async () => {
    const answer = proposed(await engine.handlers['references.promote']({ host: idOf(4), ...COMMON }));
    expect(answer.words[0]).toMatch(/^file \/tmp\/\.x\/loader.*: unknown → /u);
    expect(await engine.handlers['references.promote']({ host: idOf(5), ...COMMON })).toMatchObject({ state: 'refused' });
    expect(await engine.handlers['references.capture']({ from: { host: idOf(4) }, ...COMMON })).toMatchObject({ state: 'refused' });
    expect(await engine.handlers['references.promote']({ host: `demo-fleet/${honest()[0]?.id}`, ...COMMON })).toMatchObject({
      state: 'refused',
    });
  });

  it('a group is captured by what most have, and says who deviates', async () => {
    const answer = proposed(await engine.handlers['references.capture']({ from: { query: null, share: 0.5 }, ...COMMON }));
    expect(answer.deviating.map((one) => one.id)).toEqual(expect.arrayContaining([idOf(2), idOf(4)]));
  });

  it('where the manifest asks for two, the author cannot approve and a second person can', async () => {
    const [ann, bob] = [inHandsOf('ann', 2), inHandsOf('bob', 2)];
    const answer = proposed(await ann.handlers['references.propose']({ items: [{ kind: 'secure-boot-off' }], ...COMMON }));
    expect(await ann.handlers['references.approve']({ id: answer.id, reason: 'alone' })).toMatchObject({ state: 'refused' });
    expect(await bob.handlers['references.approve']({ id: answer.id, reason: 'seen' })).toMatchObject({ state: 'approved' });
    expect(await bob.handlers['references.approve']({ id: answer.id, reason: 'again' })).toMatchObject({ state: 'refused' });
    expect(await ann.handlers['references.withdraw']({ id: answer.id, reason: 'no' })).toMatchObject({ state: 'withdrawn' });
    expect(await ann.handlers['references.withdraw']({ id: answer.id, reason: 'no' })).toMatchObject({ state: 'refused' });
  });

  it('a set that replaces another withdraws it when it is approved', async () => {
    const ann = inHandsOf('ann', 1).handlers;
    const items = [{ kind: 'file' as const, path: '/opt/a', digest: 'a'.repeat(64) }];
    const first = proposed(await ann['references.propose']({ items, ...COMMON })).id;
    await ann['references.approve']({ id: first, reason: 'r' });
    const second = proposed(await ann['references.propose']({ items, ...COMMON, replaces: first })).id;
    await ann['references.approve']({ id: second, reason: 'r' });
    expect([store.references.get(first)?.state, store.references.get(second)?.state]).toEqual(['withdrawn', 'approved']);
    expect(store.ledger.list({ kind: 'reference' }, 0, 2).rows).toMatchObject([
      {
        who: { name: 'ann' },
        kind: 'reference.withdrawn',
        subject: `reference set ${first}`,
        body: { detail: `Replaced by set ${second}. r` },
      },
      { who: { name: 'ann' }, kind: 'reference.approved', subject: `reference set ${second}` },
    ]);
    expect(await ann['references.list']({ offset: 0, limit: 1, state: 'withdrawn' })).toMatchObject({ rows: [{ id: first }] });
    expect(await ann['references.lint']({})).toMatchObject({ remarks: [{ set: second, kind: 'unused' }] });
    await ann['references.withdraw']({ id: second, reason: 'r' });
  });

  it('a Keylime policy becomes items, and names what it cannot take over', async () => {
    const text = JSON.stringify({ digests: { '/usr/bin/a': ['b'.repeat(64)] }, excludes: ['/run/.*'], keyrings: { '.ima': ['x'] } });
    const answer = proposed(await engine.handlers['references.import']({ text, format: 'keylime-runtime', ...COMMON }));
    expect(answer).toMatchObject({ contents: '1 file, 1 exclusion', left: ['keyrings: not taken over.'] });
    const set = await engine.handlers['references.get']({ id: answer.id, offset: 0, limit: 10 });
    expect(set).toMatchObject({ total: 2, set: { provenance: { how: 'imported' }, state: 'proposed' } });
    const boot = readFileSync(path.join(import.meta.dirname, 'testing', 'measured-boot-policy.json'), 'utf8');
    expect(proposed(await engine.handlers['references.import']({ text: boot, format: 'keylime-measured-boot', ...COMMON })).contents).toBe(
      '1 firmware entry, 1 secure boot key, 1 boot chain',
    );
  });

  it.each([
    ['', 'keylime-runtime'],
    ['{', 'keylime-measured-boot'],
    ['{}', 'keylime-measured-boot'],
    ['['.repeat(100_000), 'keylime-runtime'],
    ['{"digests":{"/a":["zz"]}}', 'keylime-runtime'],
    ['{"digests":{},"excludes":[".*"]}', 'keylime-runtime'],
    ['{"digests":{},"excludes":["(?=a)"]}', 'keylime-runtime'],
    ['{"has_secureboot":1}', 'keylime-measured-boot'],
  ] as const)('a text that is no policy is refused in a sentence: %#', async (text, format) => {
    const answer = await engine.handlers['references.import']({ text, format, ...COMMON });
    expect(answer).toMatchObject({ state: 'refused', message: expect.stringMatching(/\.$/u), nextStep: expect.stringMatching(/\.$/u) });
  });

  it('a policy with too many entries is refused at once, and others are answered while one is read', async () => {
    const policyOf = (paths: number): string =>
      JSON.stringify({
        digests: Object.fromEntries(Array.from({ length: paths }, (_value, index) => [`/usr/bin/${index}`, ['b'.repeat(64)]])),
      });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const [large, small] = [policyOf(200_001), policyOf(50_000)];
    expect(await engine.handlers['references.import']({ text: large, format: 'keylime-runtime', ...COMMON })).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('200001 items'),
    });
    expect(turns).toBe(0);
    expect(await engine.handlers['references.import']({ text: small, format: 'keylime-runtime', ...COMMON })).toMatchObject({
      state: 'proposed',
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it.each([
    { items: [], ...COMMON },
    { items: [{ kind: 'file', path: '/a', digest: 'A' }], ...COMMON },
    { items: [{ kind: 'firmware', crtm: null, platformFirmware: [] }], ...COMMON },
    { items: Array.from({ length: 10_001 }, () => ({ kind: 'secure-boot-off' })), ...COMMON },
    { items: Array.from({ length: 1_001 }, (_value, index) => ({ kind: 'exclude', pattern: `/${index}(a|b){1,900}x` })), ...COMMON },
    { items: [{ kind: 'secure-boot-off' }], ...COMMON, toMs: 1 },
    { items: [{ kind: 'secure-boot-off' }], ...COMMON, replaces: 99_999 },
  ])('items that cannot be are refused, never an exception: %#', async (input) => {
    const wire = await dispatch(engine.handlers, 'references.propose', input);
    expect(wire.ok ? wire.data : wire.error).toMatchObject(wire.ok ? { state: 'refused' } : { code: 'bad-input' });
  });

  it('an approval asks every endpoint again by itself, also where a sweep is under way', async () => {
    const host = idOf(2);
    const answer = proposed(await engine.handlers['references.promote']({ host, ...COMMON }));
    const until = (verdict: string) => vi.waitFor(() => expect(verdictOf(host)).toBe(verdict), { timeout: 8_000, interval: 50 });
    engine.start();
    await engine.handlers['poll.now']({});
    await engine.handlers['references.approve']({ id: answer.id, reason: 'an update' });
    await until('trusted');
    await engine.handlers['references.withdraw']({ id: answer.id, reason: 'it was none' });
    await until('failed');
  }, 20_000);

  it('asks of a host that nobody knows is refused', async () => {
    expect(await engine.handlers['references.capture']({ from: { host: 'nobody' }, ...COMMON })).toMatchObject({ state: 'refused' });
    expect(await engine.handlers['references.promote']({ host: 'nobody', ...COMMON })).toMatchObject({ state: 'refused' });
  });
});
