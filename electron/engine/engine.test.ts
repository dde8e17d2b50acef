import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dispatch } from '../../shared/contract/dispatch.ts';
import { calls } from '../../shared/contract/contract.ts';
import { type Fleet, startFleet } from '../simulator/fleet.ts';
import { openStore, type Store } from '../store/store.ts';
import { createEngine, type Engine } from './engine.ts';
import { loadConfig } from './load-config.ts';

const truthSchema = z.array(
  z.object({
    id: z.string(),
    incident: z.string().nullable(),
    verdict: z.string(),
    brokenLink: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);

/** The whole path over real mTLS: simulated agents, connector, verification, appraisal, SQLite, contract. */
describe('a fleet of 24 hosts, 11 of them tampered with', () => {
  let folder: string;
  let fleet: Fleet;
  let store: Store;
  let engine: Engine;
  let truth: z.output<typeof truthSchema>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-engine-'));
    fleet = await startFleet({ hosts: 24, tamper: 11, seed: 3, stateDir: path.join(folder, 'fleet') });
    truth = truthSchema.parse(JSON.parse(readFileSync(fleet.groundTruthFile, 'utf8')));
    const config = loadConfig(fleet.endpointsFile, null);
    const opened = openStore(path.join(folder, 'data'));
    if (!config.ok || !opened.ok) throw new Error('the fleet cannot be read');
    store = opened.value;
    engine = createEngine({ store, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
    await engine.sweepAll(new AbortController().signal);
  });
  afterAll(async () => {
    await engine.stop();
    store.close();
    await fleet.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rowOf = (id: string) => store.hosts.all('demo-fleet').find((host) => host.agentId === id)?.row;

  it('gives every host the right verdict, broken link and reason', () => {
    const judged = truth.map((host) => {
      const row = rowOf(host.id);
      const saysWhy = host.reason === null || (row?.reason ?? '').toLowerCase().includes(host.reason.toLowerCase());
      return { id: host.id, incident: host.incident, verdict: row?.verdict, brokenLink: row?.brokenLink, saysWhy };
    });
    expect(judged).toHaveLength(24);
    expect(judged).toEqual(truth.map(({ id, incident, verdict, brokenLink }) => ({ id, incident, verdict, brokenLink, saysWhy: true })));
  });

  it('trusts no host with a link that was not evaluated', () => {
    const links = store.hosts.all('demo-fleet').flatMap(({ row }) => (row.verdict === 'trusted' ? row.chain : []));
    expect(links).toContain('trusted');
    expect(links.filter((link) => link !== 'trusted' && link !== 'not-required')).toEqual([]);
  });

  it('answers every call of the contract, in the shape of the contract', async () => {
    const id = store.hosts.all('demo-fleet')[0]?.row.id ?? '';
    const inputs: Readonly<Record<string, unknown>> = {
      'preferences.set': { theme: 'dark' },
      'hosts.list': { query: {}, sort: { by: 'verdict', descending: false }, offset: 0, limit: 10 },
      'hosts.complete': { kind: 'values', field: 'country', typed: '' },
      'views.list': { list: 'findings' },
      'views.save': { list: 'hosts', name: 'a test', filter: 'verdict = failed', sort: { by: 'name', descending: false } },
      'views.delete': { list: 'hosts', name: 'a test' },
      'hosts.get': { id },
      'hosts.history': { id, limit: 10 },
      'hosts.events': { id, offset: 0, limit: 500 },
      'hosts.ima': { id, offset: 0, limit: 500 },
      'hosts.difference': { id, with: 'peer', peer: null, log: 'boot-events', unfolded: [], at: null, offset: 0, limit: 500 },
      'hosts.peers': { id },
      'hosts.bytes': { id, what: 'quote', sha256: null, offset: 0, limit: 4096 },
      'hosts.fields': { id, what: 'event-log', sha256: null, index: 1 },
      'hosts.keys': { id },
      'findings.list': { offset: 0, limit: 10, openOnly: false },
      'hosts.locations': { id, offset: 0, limit: 10 },
      'findings.clusters': { offset: 0, limit: 10 },
      'findings.get': { id: 1 },
      'findings.preview': { query: { openOnly: true }, act: { kind: 'acknowledge' } },
      'findings.acknowledge': { on: { ids: [1] } },
      'findings.assign': { on: { ids: [1] }, person: 'ann' },
      'findings.waive': { on: { ids: [1] }, untilMs: Date.now() + 60_000, reason: 'a test' },
      'findings.unwaive': { on: { ids: [1] }, reason: 'a test' },
      'findings.reopen': { on: { ids: [1] }, reason: 'a test' },
      'findings.note': { on: { ids: [1] }, text: 'a test' },
      'policy.check': { text: 'kind: nothing' },
      'policy.versions': { offset: 0, limit: 10 },
      'policy.version': { number: 1 },
      'policy.compare': { from: 0, to: 1 },
      'policy.whatIf': { text: 'kind: nothing' },
      'policy.whatIfResult': { id: 1, offset: 0, limit: 10 },
      'policy.whatIfCancel': { id: 1 },
      'policy.activate': { text: 'kind: nothing', reason: 'a test', confirmed: false },
      'policy.approve': { number: 99, confirmed: false },
      'policy.withdraw': { number: 99, reason: 'a test' },
      'references.list': { offset: 0, limit: 10 },
      'references.get': { id: 1, offset: 0, limit: 10 },
      'references.compare': { id: 1, to: null, offset: 0, limit: 10 },
      'references.reach': { id: 1 },
      'references.capture': { from: { host: id }, name: 'a test', scope: null, reason: 'a test', toMs: null, replaces: null },
      'references.import': {
        text: 'nothing',
        format: 'keylime-runtime',
        name: 'a test',
        scope: null,
        reason: 'a test',
        toMs: null,
        replaces: null,
      },
      'references.propose': {
        items: [{ kind: 'secure-boot-off' }],
        name: 'a test',
        scope: null,
        reason: 'a test',
        toMs: null,
        replaces: null,
      },
      'references.promote': { host: id, name: 'a test', scope: null, reason: 'a test', toMs: null, replaces: null },
      'references.approve': { id: 99, reason: 'a test' },
      'references.withdraw': { id: 99, reason: 'a test' },
      'references.lint': {},
      'fleet.asOf': { atMs: 0, query: {}, offset: 0, limit: 10 },
      'fleet.places': { query: {}, atMs: null },
      'fleet.movements': { fromMs: 0, toMs: 1, offset: 0, limit: 10 },
      'fleet.regions': { atMs: null },
      'ledger.list': { offset: 0, limit: 10 },
      'posture.get': { days: 30 },
      'posture.setTarget': { percent: 98, reason: 'as the board decided' },
      'exports.get': { id: 99 },
      'exports.save': { id: 99 },
      'exports.delete': { id: 99 },
      'reports.save': {
        id: null,
        definition: { name: 'a test', note: '', of: { rows: 'ledger', lastDays: 30 }, format: 'csv', schedule: null },
      },
      'reports.delete': { id: 99 },
      'reports.run': { id: 99 },
      'reports.items': { id: 99, kind: 'host', offset: 0, limit: 10 },
      'reports.itemHistory': { id: 99, item: { kind: 'host', id }, offset: 0, limit: 10 },
      'reports.assess': { id: 99, assessment: { run: 1, items: [{ kind: 'host', id }], state: 'approved', comment: '' } },
      'jobs.start': { kind: 'compact' },
      'jobs.cancel': { id: 99 },
      'retention.set': { retention: { confirmationsDays: 1, quotesDays: 1, evidenceDays: 1, trendDays: 1 }, reason: 'a test' },
      'ledger.rotateKey': { reason: 'a test' },
    };
    const names = Object.keys(calls).filter((name) => name !== 'poll.now');
    const answers = await Promise.all(names.map(async (name) => [name, (await dispatch(engine.handlers, name, inputs[name] ?? {})).ok]));
    expect(answers).toEqual(names.map((name) => [name, true]));
  });

  it('names the event that broke the boot loader, with what was expected', async () => {
    const host = truth.find((one) => one.incident === 'boot-loader-changed');
    const answer = await engine.handlers['hosts.events']({ id: `demo-fleet/${host?.id}`, offset: 0, limit: 10, onlyBroken: true });
    expect(answer.rows).toHaveLength(1);
    expect(answer.rows[0]).toMatchObject({
      pcr: 4,
      replayProven: true,
      broke: { link: 'boot-loader', expected: [expect.stringMatching(/^[0-9a-f]{64}$/)] },
    });
  });

  it('names the unknown program by its path', async () => {
    const host = truth.find((one) => one.incident === 'unknown-binary');
    const answer = await engine.handlers['hosts.ima']({ id: `demo-fleet/${host?.id}`, offset: 0, limit: 10, onlyBroken: true });
    expect(answer.rows.map((row) => row.judged)).toEqual(['unknown-path']);
    expect(answer.rows[0]?.path).toMatch(/^\/tmp\/\.x\//);
  });

  it('follows endorsement certificates to the root that the endpoints file names', async () => {
    const honest = truth.find((one) => one.incident === null);
    const detail = await engine.handlers['hosts.get']({ id: `demo-fleet/${honest?.id}` });
    expect(detail?.checks.filter((check) => check.code.startsWith('ek-')).map(({ code, outcome }) => [code, outcome])).toEqual([
      ['ek-mismatch', 'pass'],
      ['ek-certificate', 'pass'],
      ['ek-chain', 'pass'],
      ['ek-revocation', 'not-evaluated'],
    ]);
  });

  it('says on every level that this is a simulated fleet', async () => {
    expect((await engine.handlers['app.info']({})).demo).toEqual({ hosts: 24, leavesTo: null });
    expect(store.hosts.all('demo-fleet').every(({ row }) => row.demo)).toBe(true);
  });

  it('extends the spans when a second sweep finds the same, and keeps the keys pinned', async () => {
    await engine.sweepAll(new AbortController().signal);
    const honest = truth.find((one) => one.incident === null);
    expect(store.hosts.history(`demo-fleet/${honest?.id}`, 10)).toMatchObject([{ verdict: 'trusted', confirmations: 2 }]);
    expect(store.fleet.tally()).toEqual({ inventory: 24, trusted: 13, failed: 11, stale: 0, inconclusive: 0 });
  });
});
