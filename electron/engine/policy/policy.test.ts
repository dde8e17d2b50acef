import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WhatIf } from '../../../shared/contract/policy-schemas.ts';
import type { Store } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { type RecordedFleet, recordedFleet } from '../testing/recorded-fleet.ts';
import { createPolicy, type Policy } from './policy.ts';

const HEAD = 'apiVersion: plumbline/v1\nkind: TrustManifest\n';
const manifest = (name: string, rules = ''): string => `${HEAD}metadata: { name: ${name} }\n${rules}`;
/** Every host may only be in the United States. */
const ONLY_US = manifest('only-us', 'location: { places: [us] }\nplaces: [{ name: us, countries: [US] }]\n');
const RELAXED = manifest('relaxed', 'chain: { bootLoader: not-required }\nactivation: { approvals: 2 }\n');

/** A manifest over a fleet of which everything is recorded, as people work with it. */
describe('the manifest of a recorded fleet', () => {
  let recorded: RecordedFleet;
  let store: Store;
  let engine: Engine;
  let atMs = Date.now();

  beforeAll(async () => {
    recorded = await recordedFleet({ hosts: 24, tamper: 11, seed: 3 }, () => atMs);
    ({ store, engine } = recorded);
    atMs += 60_000;
  });
  afterAll(() => recorded.close());

  /** The same store in the hands of somebody. */
  const inHandsOf = (user: string): Policy =>
    createPolicy({ store, given: null, user, nowMs: () => atMs, onProgress: () => {}, onChange: () => {} });
  const tryOut = async (text: string, asOf?: number): Promise<WhatIf> => {
    const started = await engine.handlers['policy.whatIf']({ text, ...(asOf !== undefined && { atMs: asOf }) });
    if (!started.ok) throw new Error(JSON.stringify(started.problems));
    for (;;) {
      const result = await engine.handlers['policy.whatIfResult']({ id: started.id, offset: 0, limit: 500 });
      if (result !== null && result.state !== 'running') return result;
      await new Promise(setImmediate);
    }
  };
  const active = async (): Promise<{ number: number; text: string }> => {
    const { number, text } = await engine.handlers['policy.get']({});
    return { number, text: text ?? '' };
  };

  it('the file that the endpoints file names is in force as version 1, with who and why', async () => {
    expect(await active()).toMatchObject({ number: 1, text: expect.stringContaining('TrustManifest') });
    expect(store.policy.versions(0, 10)).toMatchObject([
      { number: 1, state: 'active', author: expect.stringMatching(/./u), reason: 'Given as a file at start.' },
    ]);
  });

  it('what if the active manifest were active: nothing changes, host by host', async () => {
    const result = await tryOut((await active()).text);
    expect(result).toMatchObject({ state: 'done', total: 24, changed: 0, unknown: 0, newlyFailed: 0, rows: [] });
    expect(result.after).toEqual(store.fleet.tally());
  });

  it('what if a workload might run nowhere: says which, on which hosts', async () => {
    const result = await tryOut(manifest('no-payments', 'workloads: [{ name: payments-*, countries: [JP] }]\n'));
    const changes = result.rows.flatMap((row) => row.workloads);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.every(({ name, before, after }) => name.startsWith('payments-') && before !== false && after === false)).toBe(true);
  });

  it('what if hosts might only be in one country: says who would fail, and why, and changes nothing', async () => {
    const before = store.fleet.tally();
    const result = await tryOut(ONLY_US);
    expect(result.newlyFailed).toBeGreaterThan(0);
    expect(result.after.failed).toBe(result.before.failed + result.newlyFailed);
    expect(result.rows.find((row) => row.before.verdict === 'trusted')).toMatchObject({
      after: { verdict: 'failed', brokenLink: 'workloads', reason: expect.stringMatching(/^The host is in .*may only be in us\.$/u) },
    });
    expect(store.fleet.tally()).toEqual(before);
  });

  it('a manifest that would fail more of the fleet than is allowed unasked asks again, and takes effect when that is meant', async () => {
    const { text: original } = await active();
    expect(await engine.handlers['policy.activate']({ text: ONLY_US, reason: 'a mistake', confirmed: false })).toMatchObject({
      state: 'ask-again',
      hosts: 24,
      askAboveShare: 0.1,
    });
    expect((await active()).number).toBe(1);
    const expected = (await tryOut(ONLY_US)).after;
    atMs += 1_000;
    expect(await engine.handlers['policy.activate']({ text: ONLY_US, reason: 'a mistake', confirmed: true })).toEqual({
      state: 'active',
      number: 2,
    });
    await inHandsOf('nobody').apply();
    expect(store.fleet.tally()).toEqual(expected);
    const failed = store.hosts.all('demo-fleet').find(({ row }) => row.brokenLink === 'workloads')?.row;
    expect(store.hosts.history(failed?.id ?? '', 5)[0]).toMatchObject({ verdict: 'failed', fromMs: expect.any(Number) });
    expect(store.findings.list({ openOnly: true, hostId: failed?.id ?? '', kinds: ['host-failed'] }, 'newest', 0, 10, atMs).total).toBe(1);

    atMs += 1_000;
    expect(await engine.handlers['policy.activate']({ text: original, reason: 'back', confirmed: false })).toEqual({
      state: 'active',
      number: 3,
    });
    await inHandsOf('nobody').apply();
    expect((await tryOut(original)).changed).toBe(0);
    expect(store.policy.versions(0, 10).map(({ number, state }) => [number, state])).toEqual([
      [3, 'active'],
      [2, 'replaced'],
      [1, 'replaced'],
    ]);
  });

  it('what if, as of a past moment: judged is what was known then', async () => {
    const { text } = await active();
    const then = store.policy.version(2)?.activeFromMs ?? 0;
    const during = await tryOut(text, then);
    // Every host that version 2 failed and this one does not differs from what was said at that moment.
    expect(during.before.failed).toBeGreaterThan(during.after.failed);
    expect(during.after).toEqual((await tryOut(text)).after);
    const earlier = await tryOut(text, then - 500);
    expect(earlier).toMatchObject({ changed: 0, unknown: 0 });
  });

  it('what if, as of a moment at which trust had grown stale: it is not trusted again', async () => {
    const { text } = await active();
    const later = atMs + 3_600_000;
    store.write.expire(later);
    const result = await tryOut(text, later + 1);
    expect(result).toMatchObject({ unknown: 0, changed: 0, after: { trusted: 0 } });
    await engine.sweepAll(new AbortController().signal);
  });

  it('a manifest that is broken never replaces one that works', async () => {
    const answer = await engine.handlers['policy.activate']({ text: `${HEAD}metadata: {}`, reason: 'broken', confirmed: true });
    expect(answer).toMatchObject({ state: 'invalid', problems: [{ line: 3 }] });
    expect((await active()).number).toBe(3);
  });

  it('where two must agree, the author cannot approve, a second person can, and each step is in the ledger', async () => {
    const ann = inHandsOf('ann');
    expect(await ann.handlers['policy.activate']({ text: RELAXED, reason: 'two people from now on', confirmed: true })).toMatchObject({
      state: 'active',
    });
    const proposed = await ann.handlers['policy.activate']({ text: ONLY_US, reason: 'alone', confirmed: true });
    expect(proposed).toMatchObject({ state: 'proposed' });
    const number = proposed.state === 'proposed' ? proposed.number : 0;
    expect(await ann.handlers['policy.approve']({ number, confirmed: true })).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('ann'),
    });
    const bob = inHandsOf('bob');
    expect(await bob.handlers['policy.approve']({ number, confirmed: false })).toMatchObject({ state: 'ask-again' });
    expect(await bob.handlers['policy.approve']({ number, confirmed: true })).toEqual({ state: 'active', number });
    await bob.apply();
    expect(await bob.handlers['policy.approve']({ number, confirmed: true })).toMatchObject({ state: 'refused' });
    expect(store.policy.version(number)).toMatchObject({ author: 'ann', approvedBy: 'bob', state: 'active' });
    expect(store.ledger.list({ kind: 'manifest' }, 0, 3).rows.map(({ who, kind }) => [who.name, kind])).toEqual([
      ['bob', 'manifest.activated'],
      ['ann', 'manifest.proposed'],
      ['ann', 'manifest.activated'],
    ]);
  });

  it('a restart finds the active version; a file that waits for a second person does not take effect', () => {
    const { number } = store.policy.active() ?? { number: 0 };
    expect(inHandsOf('ann').inForce().number).toBe(number);
    store.policy.activate(
      store.policy.propose({ text: RELAXED, sha256: 'x', name: 'relaxed', author: 'ann', reason: 'r' }, atMs),
      'bob',
      'bob',
      atMs,
      'r',
    );
    const open = (): Policy =>
      createPolicy({ store, given: ONLY_US, user: 'ann', nowMs: () => atMs, onProgress: () => {}, onChange: () => {} });
    expect(open().inForce().manifest.name).toBe('relaxed');
    const proposals = store.policy.versions(0, 1)[0]?.number;
    expect(open().notice()).toContain(`version ${proposals} and waits`);
    expect(store.policy.versions(0, 1)[0]).toMatchObject({ number: proposals, state: 'proposed' });
  });

  it('versions are compared line by line', async () => {
    const diff = await engine.handlers['policy.compare']({ from: 0, to: 2 });
    expect(diff.every((line) => line.kind === 'added')).toBe(true);
    expect(diff.map((line) => line.text)).toContain('location: { places: [us] }');
  });

  it('a text is kept as it was written: comments, order and blank lines survive being proposed, taken back and read again', async () => {
    const text = `# Why: agreed on 12 May.\n\nkind: TrustManifest # kind first\napiVersion: plumbline/v1\n\nmetadata: { name: commented }   # wide\n`;
    expect(await engine.handlers['policy.check']({ text })).toMatchObject({ valid: true });
    const number = store.policy.propose({ text, sha256: 'x', name: 'commented', author: 'ann', reason: 'r' }, atMs);
    store.policy.withdraw(number, 'ann', 'r');
    expect((await engine.handlers['policy.version']({ number }))?.text).toBe(text);
  });

  it('a job that is cancelled stops, and says so', async () => {
    const started = await engine.handlers['policy.whatIf']({ text: ONLY_US });
    const id = started.ok ? started.id : 0;
    await engine.handlers['policy.whatIfCancel']({ id });
    await engine.handlers['policy.whatIfCancel']({ id: 999 });
    await new Promise(setImmediate);
    const result = await engine.handlers['policy.whatIfResult']({ id, offset: 0, limit: 10 });
    expect(result?.state).toBe('cancelled');
  });
});
