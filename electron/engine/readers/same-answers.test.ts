import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIFFERENCE_LOGS, DIFFERENCE_WITH } from '../../../shared/contract/difference-schemas.ts';
import { RAW_KINDS } from '../../../shared/contract/raw-schemas.ts';
import { type Fleet, startFleet } from '../../simulator/fleet.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createEngine, type Engine } from '../engine.ts';
import { loadConfig } from '../load-config.ts';
import { createAnswers } from './answers.ts';
import type { ReadHandlers, ReadInput, ReadName, ReadOutput } from './messages.ts';
import { createReaderThread, type Reader } from './reader-thread.ts';
import { fromReader, READER } from './testing/gate.ts';

const SORT = { by: 'verdict', descending: false } as const;
const PAGE = { query: {}, sort: SORT, offset: 0, limit: 100 };
const ROWS = { offset: 0, limit: 500 };
const AGED_MS = 8 * 24 * 60 * 60_000;

/** A simulated fleet, recorded by an engine over real connections, and read by both sides. */
describe('the reader says what the engine would say', () => {
  let folder: string;
  let fleet: Fleet;
  let store: Store;
  let engine: Engine;
  let own: ReadHandlers;
  let reader: Reader;
  let recordedAtMs: number;
  let hosts: readonly string[];
  let nowMs: number;
  let notRecorded: string[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-same-'));
    fleet = await startFleet({ hosts: 12, tamper: 6, seed: 3, stateDir: path.join(folder, 'fleet') });
    const config = loadConfig(fleet.endpointsFile, null);
    const opened = openStore(path.join(folder, 'data'));
    if (!config.ok || !opened.ok) throw new Error('the fleet cannot be read');
    store = opened.value;
    engine = createEngine({ store, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
    await engine.sweepAll(new AbortController().signal);
    recordedAtMs = Date.now();
    hosts = store.hosts.all('demo-fleet').map(({ row }) => row.id);
    store.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => notRecorded });
    own = createAnswers(store, () => nowMs);
    reader = createReaderThread(READER, { dataFolder: path.join(folder, 'data') }, () => ({ nowMs, notRecorded }));
  });
  afterAll(async () => {
    await reader.stop();
    await engine.stop();
    store.close();
    await fleet.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    nowMs = recordedAtMs;
    notRecorded = [];
  });

  const both = async <N extends ReadName>(name: N, input: ReadInput<N>): Promise<ReadOutput<N>> => {
    const handler: ReadHandlers[N] = own[name];
    const said = await fromReader(reader, name, input);
    expect(said).toEqual(await handler(input));
    return said;
  };
  const everything = async () => {
    await both('hosts.list', { ...PAGE, query: { verdicts: ['failed', 'stale'], text: 'e' } });
    await both('hosts.list', { ...PAGE, filter: 'country is known and not name like ZÜRICH*', sort: { by: 'country', descending: true } });
    await both('hosts.list', { ...PAGE, filter: 'verdikt = failed' });
    await both('hosts.complete', { kind: 'values', field: 'country', typed: '' });
    await both('hosts.complete', { kind: 'members', field: 'label', typed: '' });
    await both('fleet.asOf', { atMs: recordedAtMs, query: { verdicts: ['trusted'] }, offset: 0, limit: 100 });
    await both('fleet.asOf', { atMs: recordedAtMs - 60_000, query: {}, offset: 0, limit: 100 });
    await both('fleet.places', { query: {}, atMs: null });
    await both('fleet.places', { query: {}, filter: 'verdict = failed', atMs: null });
    await both('fleet.places', { query: {}, filter: 'verdikt = failed', atMs: null });
    await both('fleet.places', { query: {}, atMs: recordedAtMs });
    await both('fleet.movements', { fromMs: 0, toMs: nowMs, ...ROWS });
    await both('fleet.moments', {});
    await both('fleet.regions', { atMs: null });
    for (const id of [...hosts.slice(0, 3), 'nobody']) {
      await both('hosts.history', { id, limit: 100 });
      await both('hosts.events', { id, ...ROWS, text: 'pcr 7' });
      await both('hosts.ima', { id, ...ROWS, onlyBroken: true });
      await both('hosts.ima', { id, ...ROWS });
      await both('hosts.peers', { id });
      for (const held of DIFFERENCE_WITH)
        for (const log of DIFFERENCE_LOGS)
          await both('hosts.difference', { id, with: held, peer: null, log, unfolded: [0], at: null, ...ROWS });
      for (const what of RAW_KINDS) {
        await both('hosts.bytes', { id, what, sha256: null, offset: 16, limit: 64 });
        await both('hosts.fields', { id, what, sha256: null, index: 2 });
      }
      await both('hosts.keys', { id });
    }
    await both('findings.list', { ...ROWS, sort: 'severity' });
    await both('findings.clusters', ROWS);
    await both('ledger.list', ROWS);
    await both('ledger.list', { ...ROWS, kind: 'finding' });
    return { overview: await both('overview.read', { maxAgeMs: 900_000 }), list: await both('hosts.list', PAGE) };
  };

  it('of a fleet that was just recorded', async () => {
    const { overview, list } = await everything();
    expect(overview.tally).toMatchObject({ inventory: 12, failed: expect.any(Number) });
    expect(overview.tally.trusted).toBeGreaterThan(0);
    expect(list.rows.filter(({ verdict }) => verdict === 'trusted')).toHaveLength(overview.tally.trusted);
    const ima = await both('hosts.ima', { id: hosts[0] ?? '', ...ROWS });
    expect(ima.rows.length).toBeGreaterThan(0);
  });

  it('while trust ages and nothing is recorded', async () => {
    nowMs += AGED_MS;
    const { overview, list } = await everything();
    expect([overview.nowMs, overview.tally.trusted]).toEqual([nowMs, 0]);
    expect(list.rows.map(({ verdict }) => verdict)).not.toContain('trusted');
  });

  it('of an endpoint whose results cannot be recorded, at once and as long as they cannot', async () => {
    notRecorded = ['demo-fleet'];
    const { overview, list } = await everything();
    expect(overview.tally.trusted).toBe(0);
    expect(list.rows.map(({ verdict }) => verdict)).not.toContain('trusted');
    notRecorded = ['another'];
    expect((await both('overview.read', { maxAgeMs: 900_000 })).tally.trusted).toBeGreaterThan(0);
  });

  it('directly after every kind of change', async () => {
    const before = (await both('hosts.list', PAGE)).total;
    for (let n = 1; n <= 20; n += 1) {
      store.write.recordHosts([hostRecord({ id: `more/${n}`, endpoint: 'more', name: `more ${n}`, seenAtMs: nowMs, evidenceAtMs: nowMs })]);
      expect((await both('hosts.list', PAGE)).total).toBe(before + n);
    }
    const [finding] = (await both('findings.list', ROWS)).rows;
    if (finding === undefined) throw new Error('nothing was found');
    const on = { ids: [finding.id] };
    await engine.handlers['findings.waive']({ on, untilMs: Date.now() + 60_000, reason: 'a test' });
    expect((await both('findings.list', ROWS)).counts.waived).toBe(1);
    nowMs = Date.now() + 120_000;
    expect((await both('findings.list', ROWS)).counts.waived).toBe(0);
    store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: 'a test', body: { detail: 'a test' } });
    expect((await both('ledger.list', ROWS)).rows[0]?.subject).toBe('a test');
    await everything();
  });

  it('to many questions at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => [
        await fromReader(reader, 'hosts.list', { ...PAGE, offset: n, limit: 1 }),
        await fromReader(reader, 'fleet.asOf', { atMs: recordedAtMs - n, query: {}, offset: 0, limit: 3 }),
      ]),
    );
    const expected = [];
    for (let n = 0; n < 30; n += 1)
      expected.push([
        await own['hosts.list']({ ...PAGE, offset: n, limit: 1 }),
        await own['fleet.asOf']({ atMs: recordedAtMs - n, query: {}, offset: 0, limit: 3 }),
      ]);
    expect(asked).toEqual(expected);
  });
});
