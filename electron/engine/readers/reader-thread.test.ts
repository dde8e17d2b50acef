import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { breath } from '../breath.ts';
import type { CollectorEvents } from '../collector.ts';
import { createEngine, type Engine } from '../engine.ts';
import { createAnswers } from './answers.ts';
import { createReaderThread, MOST_STARTS, type Reader } from './reader-thread.ts';
import { createReading } from './reading.ts';
import { fromOdd, type Gate, makeGate, NO_READER, ODD, ODD_READER } from './testing/gate.ts';

const T0 = 1_800_000_000_000;
const PAGE = { query: {}, sort: { by: 'name', descending: false }, offset: 0, limit: 10 } as const;
const COMPLETE = { kind: 'values', field: 'country', typed: '' } as const;
const FRENCH = { country: 'FR', subdivision: null, site: null, assurance: 'reported', source: null } as const;

let folder: string;
let store: Store;
let nowMs: number;
const readers: Reader[] = [];
const engines: Engine[] = [];
const readerOf = (worker: URL, gate: Gate): Reader => {
  const reader = createReaderThread(worker, gate.start(folder), () => ({ nowMs, notRecorded: [] }));
  readers.push(reader);
  return reader;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-readers-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  nowMs = T0;
  store.write.recordHosts([hostRecord({ id: 'dc/1', name: 'a' })]);
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  await Promise.all(readers.splice(0).map((reader) => reader.stop()));
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An engine whose collector is the test, and whose reader is odd. */
const engineWith = (gate: Gate, over: Partial<Store['write']> = {}) => {
  let events: CollectorEvents | null = null;
  let reader: Reader | null = null;
  const engine = createEngine({
    store: { ...store, write: { ...store.write, ...over } },
    endpoints: [],
    endorsement: null,
    anchors: [],
    manifestText: null,
    version: '0',
    shell: 'console',
    dataFolder: folder,
    emit: () => {},
    nowMs: () => nowMs,
    collect: (_, told) => {
      events = told;
      return {
        start: () => {},
        sweepNow: () => false,
        isSweeping: () => false,
        nextSweepAtMs: () => null,
        setManifest: () => {},
        setReferences: () => {},
        stop: () => Promise.resolve(),
      };
    },
    read: (moment) => {
      reader = createReaderThread(ODD_READER, gate.start(folder), moment);
      return reader;
    },
  });
  engines.push(engine);
  return {
    handlers: engine.handlers,
    record: (host: Parameters<typeof hostRecord>[0]) => events?.onRecord(hostRecord(host)),
    isOpen: (times = 1) => (reader === null ? Promise.reject(new Error('nobody reads')) : fromOdd(reader, gate, 'hosts.list', PAGE, times)),
  };
};

describe('a read that takes long', () => {
  it('holds up neither recording nor what the engine answers, and sees what was recorded before its turn', async () => {
    const gate = makeGate();
    const { handlers, record, isOpen } = engineWith(gate);
    await isOpen();
    const completing = handlers['hosts.complete'](COMPLETE);
    const listing = handlers['hosts.list'](PAGE);
    await gate.held();
    // From here on until the gate opens, the reader cannot answer anything.
    await record({ id: 'dc/2', name: 'b', location: FRENCH });
    expect(await handlers['app.info']({})).toMatchObject({ name: 'Plumbline' });
    expect(await handlers['views.save']({ list: 'hosts', name: 'mine', filter: '', sort: PAGE.sort })).toMatchObject({ ok: true });
    expect(await handlers['hosts.locations']({ id: 'dc/2', offset: 0, limit: 10 })).toMatchObject({ total: 1 });
    gate.open();
    expect((await completing).values).toEqual([
      { value: 'DE', hosts: 1 },
      { value: 'FR', hosts: 1 },
    ]);
    expect(await listing).toMatchObject({ total: 2 });
  });

  it('is not judged by the time at which it was asked, but by that of its turn', async () => {
    const gate = makeGate();
    const reader = readerOf(ODD_READER, gate);
    expect((await fromOdd(reader, gate, 'hosts.list', PAGE)).rows).toMatchObject([{ verdict: 'trusted' }]);
    const completing = reader.ask('hosts.complete', COMPLETE);
    const listing = reader.ask('hosts.list', PAGE);
    await gate.held();
    nowMs = T0 + 600_001;
    gate.open();
    await completing;
    expect(await listing).toMatchObject({ value: { rows: [{ verdict: 'stale' }] } });
  });
});

describe('questions that wait', () => {
  it('are asked in their order, and once where they are the same', async () => {
    const gate = makeGate();
    const reader = readerOf(ODD_READER, gate);
    await fromOdd(reader, gate, 'hosts.list', PAGE);
    const before = gate.asked();
    const completing = reader.ask('hosts.complete', COMPLETE);
    await gate.held();
    const lists = Array.from({ length: 20 }, (_, n) => reader.ask('hosts.list', { ...PAGE, limit: 1 + (n % 2) }));
    // What all of them ask is read after this.
    store.write.recordHosts([hostRecord({ id: 'dc/2', name: 'b' })]);
    gate.open();
    await completing;
    const totals = (await Promise.all(lists)).map((found) => [found?.value.total, found?.value.rows.length]);
    expect(totals).toEqual(Array.from({ length: 20 }, (_, n) => [2, 1 + (n % 2)]));
    expect(gate.asked() - before).toBe(3);
  });
});

describe('what could not be recorded', () => {
  const full = (): never => {
    throw new Error('database or disk is full');
  };

  it('makes the hosts of its endpoint stale in the next answer of the reader', async () => {
    const { handlers, record, isOpen } = engineWith(makeGate(), { recordHosts: full });
    await isOpen();
    expect(await handlers['hosts.list'](PAGE)).toMatchObject({ rows: [{ verdict: 'trusted' }] });
    await record({ id: 'dc/2' });
    expect(await handlers['hosts.list'](PAGE)).toMatchObject({ rows: [{ verdict: 'stale' }] });
    expect(await handlers['overview.get']({})).toMatchObject({ tally: { trusted: 0, stale: 1 } });
    expect(await isOpen()).toMatchObject({ rows: [{ verdict: 'stale' }] });
  });

  it('is also seen by an answer that waited for its turn', async () => {
    const gate = makeGate();
    const { handlers, record, isOpen } = engineWith(gate, { recordHosts: full });
    await isOpen();
    const completing = handlers['hosts.complete'](COMPLETE);
    await gate.held();
    const listing = handlers['hosts.list'](PAGE);
    const recording = record({ id: 'dc/2' });
    gate.open();
    await recording;
    await completing;
    expect(await listing).toMatchObject({ rows: [{ verdict: 'stale' }] });
  });
});

describe('what could not be recorded while the reader read', () => {
  it('makes its answer one of before, and it is made anew', async () => {
    const gate = makeGate();
    const reader = readerOf(ODD_READER, gate);
    await fromOdd(reader, gate, 'hosts.list', PAGE);
    let lost: string[] = [];
    store.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => lost });
    const late: Reader = {
      ...reader,
      ask: async (name, input) => {
        const found = await reader.ask(name, input);
        lost = ['dc'];
        return found;
      },
    };
    const reading = createReading(
      createAnswers(store, () => nowMs),
      late,
      () => lost,
    );
    expect(await reading['hosts.list'](PAGE)).toMatchObject({ rows: [{ verdict: 'stale' }] });
    lost = [];
    expect(await reading['overview.read']({ maxAgeMs: 600_000 })).toMatchObject({ tally: { trusted: 0, stale: 1 } });
  });
});

describe('a reader that fails', () => {
  it('leaves the engine to answer, also what it was asked already, and is begun again so many times', async () => {
    const gate = makeGate(true);
    const { handlers, isOpen } = engineWith(gate);
    for (let start = 1; start <= MOST_STARTS; start += 1) {
      await isOpen(start);
      expect(gate.starts()).toBe(start);
      const asked = await Promise.all([
        handlers['hosts.complete'](COMPLETE),
        handlers['hosts.list'](PAGE),
        handlers['hosts.complete'](COMPLETE),
      ]);
      expect(asked).toMatchObject([{ values: [{ value: 'DE', hosts: 1 }] }, { total: 1 }, { values: [{ value: 'DE', hosts: 1 }] }]);
    }
    for (let n = 0; n < 10; n += 1) {
      expect(await handlers['hosts.list'](PAGE)).toMatchObject({ total: 1 });
      await breath();
    }
    expect(gate.starts()).toBe(MOST_STARTS);
  });

  it('that cannot open answers nothing, and is not tried for ever', async () => {
    const gate = makeGate();
    const reader = readerOf(NO_READER, gate);
    while (gate.starts() < MOST_STARTS) {
      expect(await reader.ask('hosts.list', PAGE)).toBeNull();
      await breath();
    }
    expect(await reader.ask('hosts.list', PAGE)).toBeNull();
    await reader.stop();
    expect(gate.starts()).toBe(MOST_STARTS);
  });

  it('at one question answers the next one', async () => {
    const gate = makeGate();
    gate.open();
    const reader = readerOf(ODD_READER, gate);
    await fromOdd(reader, gate, 'hosts.list', PAGE);
    const unreadable = { kind: 'values', field: 'x'.repeat(5_000), typed: '' } as const;
    expect(await reader.ask(ODD, unreadable)).toBeNull();
    expect(await reader.ask(ODD, COMPLETE)).toMatchObject({ value: { values: [{ value: 'DE' }] } });
  });
});

describe('a reader that is stopped', () => {
  it('answers what it had begun, nothing afterwards, and leaves nothing of the folder open', async () => {
    const gate = makeGate();
    const reader = readerOf(ODD_READER, gate);
    await fromOdd(reader, gate, 'hosts.list', PAGE);
    const asked = [
      reader.ask('hosts.complete', COMPLETE),
      reader.ask('fleet.asOf', { atMs: T0, query: {}, offset: 0, limit: 10 }),
      reader.ask('hosts.list', PAGE),
    ];
    await gate.held();
    const stopped = reader.stop();
    gate.open();
    await stopped;
    const [completed, ...others] = await Promise.allSettled(asked);
    expect(completed).toMatchObject({ status: 'fulfilled', value: { value: { values: [{ value: 'DE' }] } } });
    expect(others).toHaveLength(2);
    expect(await reader.ask('hosts.list', PAGE)).toBeNull();
    expect(gate.starts()).toBe(1);
    store.close();
    expect(existsSync(path.join(folder, 'plumbline.db-wal'))).toBe(false);
    const again = openStore(folder);
    if (!again.ok) throw new Error(again.problem.message);
    store = again.value;
  });

  it('before it was asked anything was never there', async () => {
    const gate = makeGate();
    const reader = readerOf(ODD_READER, gate);
    await reader.stop();
    expect(await reader.ask('hosts.list', PAGE)).toBeNull();
    expect(gate.starts()).toBe(0);
  });
});
