import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Activation, WhatIf } from '../../../shared/contract/policy-schemas.ts';
import { startFleet } from '../../simulator/fleet.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createEngine } from '../engine.ts';
import { loadConfig } from '../load-config.ts';
import { createPolicy, type Policy } from './policy.ts';

const HEAD = 'apiVersion: plumbline/v1\nkind: TrustManifest\n';
const manifest = (name: string, rules = ''): string => `${HEAD}metadata: { name: ${name} }\n${rules}`;
const TWO = 'activation: { approvals: 2 }\n';
const ONLY_JP = manifest('only-jp', 'location: { places: [jp] }\nplaces: [{ name: jp, countries: [JP] }]\n');
const ANYWHERE = manifest('anywhere');
const HOSTS = 45;

/** What somebody could try in order to get a manifest into force that should have been asked about. */
describe('putting a manifest into force', () => {
  let recorded: string;
  let folder: string;
  let store: Store;
  const sweptAtMs = Date.now();
  const atMs = sweptAtMs + 2_000;

  const open = (data: string): Store => {
    const opened = openStore(data);
    if (!opened.ok) throw new Error(opened.problem.message);
    return opened.value;
  };
  beforeAll(async () => {
    recorded = mkdtempSync(path.join(tmpdir(), 'plumbline-recorded-'));
    const fleet = await startFleet({ hosts: HOSTS, seed: 3, stateDir: path.join(recorded, 'fleet') });
    const config = loadConfig(fleet.endpointsFile, null);
    if (!config.ok) throw new Error('the fleet cannot be read');
    const first = open(path.join(recorded, 'data'));
    const engine = createEngine({
      store: first,
      ...config.value,
      manifestText: null,
      version: '0',
      shell: 'console',
      dataFolder: recorded,
      emit: () => {},
      nowMs: () => sweptAtMs,
    });
    await engine.sweepAll(new AbortController().signal);
    const number = first.policy.propose({ text: ANYWHERE, sha256: 'a', name: 'anywhere', author: 'ann', reason: 'r' }, sweptAtMs + 1_000);
    first.policy.activate(number, null, 'ann', sweptAtMs + 1_000, 'r');
    await engine.stop();
    first.close();
    await fleet.close();
  });
  afterAll(() => rmSync(recorded, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-activation-'));
    cpSync(path.join(recorded, 'data'), folder, { recursive: true });
    store = open(folder);
    await inHandsOf('ann').apply();
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const inHandsOf = (user: string, given: string | null = null, over: Partial<Pick<Store, 'write'>> = {}): Policy =>
    createPolicy({ store: { ...store, ...over }, given, user, nowMs: () => atMs, onProgress: () => {}, onChange: () => {} });
  const activate = async (policy: Policy, text: string, confirmed: boolean) =>
    policy.handlers['policy.activate']({ text, reason: 'a test', confirmed });
  const proposed = (answer: Activation): number => (answer.state === 'proposed' ? answer.number : 0);
  const approve = async (policy: Policy, number: number) => policy.handlers['policy.approve']({ number, confirmed: true });

  it('what is recorded by an earlier manifest does not count: an activation right after another one asks, too', async () => {
    const policy = inHandsOf('ann');
    await activate(policy, ONLY_JP, true);
    await policy.apply();
    const { failed } = store.fleet.tally();
    expect(failed).toBeGreaterThan(HOSTS / 2);
    expect(await activate(policy, ANYWHERE, true)).toMatchObject({ state: 'active' });
    expect(await activate(policy, ONLY_JP, false)).toMatchObject({ state: 'ask-again', newlyFailed: failed });
    await policy.stop();
  });

  it('what was found out against one version says nothing once another is in force', async () => {
    const policy = inHandsOf('ann');
    const slow = activate(policy, manifest('other'), false);
    await activate(policy, manifest('meanwhile', TWO), true);
    expect(await slow).toMatchObject({ state: 'refused', message: expect.stringContaining('meanwhile') });
    expect(policy.inForce().manifest.name).toBe('meanwhile');
    await policy.stop();
  });

  it('where two must agree, another spelling of one name is not a second person', async () => {
    const ann = inHandsOf('ann');
    await activate(ann, manifest('two', TWO), true);
    const number = proposed(await activate(ann, ONLY_JP, true));
    for (const user of ['ann', 'Ann', 'ANN ', 'ａｎｎ']) expect(await approve(inHandsOf(user), number)).toMatchObject({ state: 'refused' });
    expect(await approve(inHandsOf('bob'), number)).toMatchObject({ state: 'active' });
  });

  it('what is withdrawn while it is being approved stays withdrawn, and that is said', async () => {
    const ann = inHandsOf('ann');
    await activate(ann, manifest('two', TWO), true);
    const number = proposed(await activate(ann, manifest('late'), true));
    const bob = inHandsOf('bob');
    const approving = bob.handlers['policy.approve']({ number, confirmed: false });
    expect(await ann.handlers['policy.withdraw']({ number, reason: 'a mistake' })).toEqual({ state: 'withdrawn', number });
    expect(await approving).toMatchObject({ state: 'refused' });
    expect(bob.inForce().manifest.name).toBe('two');
  });

  it('a file given at start that would fail too many waits, also where one person is enough', async () => {
    const policy = inHandsOf('ann', ONLY_JP);
    await policy.apply();
    expect(policy.inForce().manifest.name).toBe('anywhere');
    expect(policy.notice()).toMatch(/would newly fail \d+ of 45 hosts/u);
    expect(store.policy.versions(0, 1)).toMatchObject([{ number: 2, state: 'proposed', name: 'only-jp' }]);
    // The next start proposes nothing twice, and whoever gave it may mean it.
    const again = inHandsOf('ann', ONLY_JP);
    await again.apply();
    expect(store.policy.versions(0, 5)).toHaveLength(2);
    expect(await approve(again, 2)).toMatchObject({ state: 'active', number: 2 });
    expect(again.notice()).toBeNull();
    await again.stop();
  });

  it('a file given at start that fails few is in force when the start is over', async () => {
    const policy = inHandsOf('ann', manifest('harmless'));
    await policy.apply();
    expect(policy.inForce()).toMatchObject({ number: 2, manifest: { name: 'harmless' } });
    expect(policy.notice()).toBeNull();
    expect(store.standings.decidedByOthers(2, '', 100)).toEqual([]);
  });

  it('a version in force that cannot be read leaves to two people what it left to two', async () => {
    const text = `${HEAD}metadata: { name: from-the-future }\nactivation:\n  approvals: 2\n  quorum: blue\n`;
    store.policy.activate(
      store.policy.propose({ text, sha256: 'x', name: 'future', author: 'ann', reason: 'r' }, atMs),
      'bob',
      'bob',
      atMs,
      'r',
    );
    const ann = inHandsOf('ann', ANYWHERE);
    await ann.apply();
    expect(ann.inForce()).toMatchObject({ number: 0, manifest: { builtIn: true } });
    expect(await activate(ann, ANYWHERE, true)).toMatchObject({ state: 'proposed' });
  });

  it('hosts that cannot be written are not said to be decided again for ever', async () => {
    const refuse = (): never => {
      throw new Error('database or disk is full');
    };
    const policy = inHandsOf('ann', null, { write: { ...store.write, redecide: refuse } });
    await activate(policy, ONLY_JP, true);
    await expect(policy.apply()).rejects.toThrow('full');
    expect(await policy.handlers['policy.get']({})).toMatchObject({ number: 2, applying: null });
  });

  it('what if, as of a moment before any manifest: compared is with the defaults that applied then', async () => {
    const policy = inHandsOf('ann');
    const text = manifest('nowhere', 'workloads: [{ name: "*", countries: [JP] }]\n');
    await activate(policy, text, true);
    const then = sweptAtMs + 500;
    expect(store.policy.activeAt(then)).toBeNull();
    const started = await policy.handlers['policy.whatIf']({ text, atMs: then });
    const id = started.ok ? started.id : 0;
    await vi.waitFor(async () => {
      const found = await policy.handlers['policy.whatIfResult']({ id, offset: 0, limit: HOSTS });
      expect(found).toMatchObject({ state: 'done', done: HOSTS });
      expect(found?.rows.flatMap((row) => row.workloads).length).toBeGreaterThan(0);
    });
    await policy.stop();
  });

  const HOUR = 3_600_000;
  const tryOut = async (policy: Policy, text: string, asOf?: number): Promise<WhatIf | null> => {
    const started = await policy.handlers['policy.whatIf']({ text, ...(asOf !== undefined && { atMs: asOf }) });
    const find = () => policy.handlers['policy.whatIfResult']({ id: started.ok ? started.id : 0, offset: 0, limit: HOSTS });
    await vi.waitFor(async () => expect(await find()).toMatchObject({ state: 'done' }));
    return find();
  };

  it('deciding anew brings no evidence: what had grown stale is not trusted again for a moment, and stays as it was found', async () => {
    store.write.expire(atMs + HOUR);
    const stale = store.findings.list({ openOnly: true, kinds: ['host-stale'] }, 'newest', 0, 1, atMs).rows[0];
    store.findings.steps.waive({ ids: [stale?.id ?? 0] }, atMs + 9 * HOUR, 'moving', { who: 'ann', atMs: atMs + HOUR });
    const policy = createPolicy({
      store,
      given: null,
      user: 'ann',
      nowMs: () => atMs + HOUR + 1_000,
      onProgress: () => {},
      onChange: () => {},
    });
    const before = store.fleet.tally();
    expect(before).toMatchObject({ trusted: 0 });
    await activate(policy, manifest('harmless'), true);
    await policy.apply();
    expect(store.standings.decidedByOthers(2, '', 1)).toEqual([]);
    expect(store.fleet.tally()).toEqual(before);
    expect(store.hosts.get(stale?.hostId ?? '')?.row).toMatchObject({ verdict: 'stale', changedAtMs: atMs + HOUR });
    expect(store.findings.one(stale?.id ?? 0, atMs + HOUR)).toMatchObject({ state: 'waived' });
    // A manifest that lets evidence be older trusts it again.
    await activate(policy, manifest('patient', 'freshness: { maxAge: 2h }\n'), true);
    await policy.apply();
    expect(store.fleet.tally().trusted).toBeGreaterThan(HOSTS / 2);
    await policy.stop();
  });

  it('what if, as of a moment when nobody was there to see trust grow stale: it was stale', async () => {
    const policy = inHandsOf('ann');
    expect((await tryOut(policy, ANYWHERE))?.before.trusted).toBeGreaterThan(HOSTS / 2);
    expect(await tryOut(policy, ANYWHERE, sweptAtMs + HOUR)).toMatchObject({ changed: 0, before: { trusted: 0 }, after: { trusted: 0 } });
    expect(await tryOut(policy, ANYWHERE, sweptAtMs - HOUR)).toMatchObject({ done: 0, total: 0, changed: 0 });
    await policy.stop();
  });

  it.each([
    ['while newer results cannot be recorded', { nowMs: () => atMs, notRecorded: () => ['dc', 'demo-fleet'] }],
    ['after the clock was set back', { nowMs: () => sweptAtMs - HOUR, notRecorded: (): string[] => [] }],
  ])('what if, %s: nothing is trusted under any manifest', async (_when, freshness) => {
    store.judgeFreshness(freshness);
    const policy = inHandsOf('ann');
    expect(await tryOut(policy, ANYWHERE)).toMatchObject({ changed: 0, after: { trusted: 0 } });
    await policy.stop();
  });
});
