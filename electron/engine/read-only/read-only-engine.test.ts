import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALL_EFFECTS } from '../../../shared/contract/call-effects.ts';
import { CALL_NAMES, type CallName } from '../../../shared/contract/contract.ts';
import { dispatch } from '../../../shared/contract/dispatch.ts';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import { openReadOnlyStore, openStore, type ReadOnlyStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { headFile } from '../ledger/head-file.ts';
import { createKeeper, type Keeper } from '../ledger/keeper.ts';
import { keyFile } from '../ledger/key-file.ts';
import { createReadOnlyEngine, type ReadOnlyEngine } from './read-only-engine.ts';

/** Other work on the machine may delay it; what never comes fails. */
const SOON = { timeout: 15_000 };
const T0 = 1_800_000_000_000;
const MANIFEST = 'apiVersion: plumbline/v1\nkind: TrustManifest\nmetadata:\n  name: another\n';

let folder: string;
/** The Plumbline that keeps the folder, and has it in use all the time. */
let keeping: Store;
let keeper: Keeper;
let opened: ReadOnlyStore;
let engine: ReadOnlyEngine;
let told: Job[];

const record = (id: string): void =>
  keeping.write.recordHosts([hostRecord({ id: `dc/${id}`, name: id, seenAtMs: T0, evidenceAtMs: T0, demo: false })]);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-read-only-test-'));
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  keeping = store.value;
  keeper = createKeeper({ store: keeping, keys: keyFile(folder), head: headFile(folder), nowMs: () => T0, version: '1', shell: 'console' });
  keeper.begin([], []);
  record('a');
  record('b');
  keeper.seal(true);
  const readable = openReadOnlyStore(folder);
  if (!readable.ok) throw new Error(readable.problem.message);
  opened = readable.value;
  told = [];
  engine = createReadOnlyEngine({
    opened,
    version: '1',
    shell: 'console',
    dataFolder: folder,
    nowMs: () => T0 + 1_000,
    emit: (name, payload) => {
      if (name === 'jobs.progress' && 'kind' in payload) told.push(payload);
    },
  });
});
afterEach(async () => {
  await engine.stop();
  opened.store.close();
  keeping.close();
  rmSync(folder, { recursive: true, force: true });
});

const ROWS = { offset: 0, limit: 10 };
const INPUTS: Readonly<Partial<Record<CallName, unknown>>> = {
  'views.list': { list: 'findings' },
  'hosts.list': { query: {}, sort: { by: 'verdict', descending: false }, ...ROWS },
  'hosts.complete': { kind: 'values', field: 'country', typed: '' },
  'hosts.get': { id: 'dc/a' },
  'hosts.history': { id: 'dc/a', limit: 10 },
  'hosts.locations': { id: 'dc/a', ...ROWS },
  'hosts.events': { id: 'dc/a', ...ROWS },
  'hosts.ima': { id: 'dc/a', ...ROWS },
  'hosts.difference': { id: 'dc/a', with: 'reference', peer: null, log: 'programs', unfolded: [], at: null, ...ROWS },
  'hosts.peers': { id: 'dc/a' },
  'hosts.bytes': { id: 'dc/a', what: 'event-log', sha256: null, ...ROWS },
  'hosts.fields': { id: 'dc/a', what: 'quote', sha256: null, index: 0 },
  'hosts.keys': { id: 'dc/a' },
  'fleet.asOf': { atMs: T0, query: {}, ...ROWS },
  'fleet.places': { query: {}, atMs: T0 },
  'fleet.movements': { fromMs: 0, toMs: T0, ...ROWS },
  'fleet.regions': { atMs: null },
  'findings.list': ROWS,
  'findings.clusters': ROWS,
  'findings.get': { id: 1 },
  'findings.preview': { query: { openOnly: true }, act: { kind: 'acknowledge' } },
  'references.compare': { id: 1, to: null, ...ROWS },
  'references.reach': { id: 1 },
  'policy.check': { text: MANIFEST },
  'policy.versions': ROWS,
  'policy.version': { number: 1 },
  'policy.compare': { from: 0, to: 0 },
  'policy.whatIf': { text: MANIFEST },
  'policy.whatIfResult': { id: 1, ...ROWS },
  'policy.whatIfCancel': { id: 1 },
  'references.list': ROWS,
  'references.get': { id: 1, ...ROWS },
  'ledger.list': ROWS,
  'posture.get': { days: 30 },
  'jobs.cancel': { id: 1 },
  'exports.get': { id: 1 },
  'exports.save': { id: 1 },
  'reports.items': { id: 1, kind: 'host', ...ROWS },
  'reports.itemHistory': { id: 1, item: { kind: 'host', id: 'dc/a' }, ...ROWS },
};
const READING = CALL_NAMES.filter((name) => CALL_EFFECTS[name] === 'reads');
const WRITING = CALL_NAMES.filter((name) => CALL_EFFECTS[name] === 'writes');

const bytesOf = (file: string): string =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, file)))
    .digest('hex');
const database = () => ['plumbline.db', 'plumbline.db-wal'].map(bytesOf);
const entries = () => keeping.ledger.size();
const ended = async (): Promise<Job> => {
  await expect.poll(() => told.at(-1)?.state ?? 'running', SOON).not.toBe('running');
  const last = told.at(-1);
  if (last === undefined) throw new Error('nothing was told of a job');
  return last;
};

describe('a read-only Plumbline beside the one that keeps the folder', () => {
  it('has every call that reads, and none that writes', () => {
    expect(Object.keys(engine.handlers).toSorted()).toEqual(READING.toSorted());
  });

  it('answers every call that reads, and neither the database nor its log has another byte afterwards', async () => {
    const before = [database(), entries()];
    const answers = [];
    for (const name of READING) answers.push([name, await dispatch(engine.handlers, name, INPUTS[name] ?? {})]);
    expect(answers).toEqual(READING.map((name) => [name, expect.objectContaining({ ok: true })]));
    await ended();
    expect([database(), entries()]).toEqual(before);
  });

  it.each(WRITING)('says of %s that it is not registered', async (name) => {
    expect(await dispatch(engine.handlers, name, {})).toMatchObject({ ok: false, error: { code: 'not-registered' } });
  });

  it('could not write even if a call tried to', () => {
    const { store } = opened;
    for (const write of [
      () => store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: 'a test', body: {} }),
      () => store.views.save('hosts', { name: 'mine', filter: '', sort: { by: 'name', descending: false }, savedAtMs: T0 }, BY_ITSELF),
      () => store.settings.write('a test', 1),
      () => store.write.recordHosts([hostRecord({ id: 'dc/c' })]),
      () => store.write.expire(T0 * 2),
    ])
      expect(write).toThrow(/readonly/u);
  });

  it('says of itself that it is read-only', async () => {
    expect(await engine.handlers['app.info']({})).toMatchObject({ readOnly: true, dataFolder: folder });
  });

  it('re-checks the ledger against what was kept elsewhere, and enters nothing about it', async () => {
    const { verifierKey, checkpoint } = await keeper.handlers['ledger.state']({});
    const before = entries();
    await engine.handlers['ledger.recheck']({ key: verifierKey, checkpoint: checkpoint?.note });
    expect(await ended()).toMatchObject({
      state: 'done',
      report: { outcome: 'holds' },
      sentence: expect.stringContaining('It is not entered into the ledger, because this Plumbline is read-only.'),
    });
    expect(entries()).toBe(before);
  });

  it('shows what the other one records meanwhile', async () => {
    const page = async () => (await engine.handlers['hosts.list']({ query: {}, sort: { by: 'name', descending: false }, ...ROWS })).total;
    const version = opened.version();
    expect(await page()).toBe(2);
    record('c');
    expect(await page()).toBe(3);
    expect(opened.version()).not.toBe(version);
  });

  it('shows the manifest that the other one puts in force meanwhile', async () => {
    expect((await engine.handlers['policy.get']({})).number).toBe(0);
    const sha256 = createHash('sha256').update(MANIFEST).digest('hex');
    const number = keeping.policy.propose({ text: MANIFEST, sha256, name: 'another', author: 'ann', reason: 'a test' }, T0);
    keeping.policy.activate(number, null, 'ann', T0, 'a test');
    expect(await engine.handlers['policy.get']({})).toMatchObject({ number, name: 'another' });
    expect((await engine.handlers['overview.get']({})).manifest.name).toBe('another');
  });

  it('lets trust grow stale by the clock, although nobody writes', async () => {
    await engine.stop();
    const later = createReadOnlyEngine({
      opened,
      version: '1',
      shell: 'console',
      dataFolder: folder,
      nowMs: () => T0 + 8 * 86_400_000,
      emit: () => {},
    });
    engine = later;
    expect((await later.handlers['overview.get']({})).tally).toMatchObject({ inventory: 2, trusted: 0, stale: 2 });
  });
});
