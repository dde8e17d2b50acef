import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASE } from './open.ts';
import { openReadStore, type ReadStore } from './read-store.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const SORT = { by: 'name', descending: false } as const;

let folder: string;
let store: Store;
let reader: ReadStore;
const file = (): string => path.join(folder, DATABASE);
const withRaw = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(file());
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const names = (of: Pick<ReadStore, 'hosts'>): string[] => of.hosts.list({}, SORT, 0, 10, T0).rows.map(({ name }) => name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-read-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.write.recordHosts([hostRecord({ id: 'dc/1', name: 'a' })]);
  reader = openReadStore(folder);
  reader.judgeFreshness({ nowMs: () => T0, notRecorded: () => [] });
});
afterEach(() => {
  reader.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a connection that only reads', () => {
  it('sees what was recorded as soon as it is recorded', () => {
    expect(names(reader)).toEqual(['a']);
    store.write.recordHosts([hostRecord({ id: 'dc/2', name: 'b' })]);
    expect(names(reader)).toEqual(['a', 'b']);
  });

  it('answers from one moment, and from the next one afterwards', () => {
    const [before, within] = reader.atOnce(() => {
      const first = names(reader);
      store.write.recordHosts([hostRecord({ id: 'dc/2', name: 'b' })]);
      return [first, reader.fleet.tally().inventory];
    });
    expect([before, within]).toEqual([['a'], 1]);
    expect(reader.fleet.tally().inventory).toBe(2);
  });

  it('lets go of its moment where an answer fails', () => {
    expect(() =>
      reader.atOnce(() => {
        names(reader);
        throw new Error('no answer');
      }),
    ).toThrow('no answer');
    store.write.recordHosts([hostRecord({ id: 'dc/2', name: 'b' })]);
    expect(reader.atOnce(() => names(reader))).toEqual(['a', 'b']);
  });

  it('is not held up by a change that is under way, and does not see it', () => {
    withRaw((db) => {
      db.exec("BEGIN IMMEDIATE; UPDATE host SET name = 'half'");
      expect(names(reader)).toEqual(['a']);
      db.exec('ROLLBACK');
    });
  });

  it('shows a fleet as of a moment, which needs tables of its own', () => {
    const show = (of: Pick<ReadStore, 'asOf'>) => {
      const steps = of.asOf.show(T0);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      return { tally: step.value.fleet.tally(), list: step.value.list({ text: 'a' }, SORT, 0, 10, T0) };
    };
    expect(show(reader)).toEqual(show(store));
    expect(show(reader).tally.trusted).toBe(1);
  });

  it('holds nothing back: the log is taken into the database and free space is given back while it is open', () => {
    for (let n = 0; n < 40; n += 1) {
      store.write.recordHosts([hostRecord({ id: 'dc/1', name: 'a', detail: 'x'.repeat(100_000 + n) })]);
      reader.atOnce(() => names(reader));
    }
    withRaw((db) => db.exec(`CREATE TABLE heap AS SELECT zeroblob(4000000) AS bytes; DROP TABLE heap`));
    expect(withRaw((db) => db.pragma('wal_checkpoint(TRUNCATE)'))).toMatchObject([{ busy: 0 }]);
    const before = statSync(file()).size;
    const steps = store.upkeep.compact();
    for (let step = steps.next(); step.done !== true; step = steps.next()) names(reader);
    expect(withRaw((db) => db.pragma('wal_checkpoint(TRUNCATE)'))).toMatchObject([{ busy: 0 }]);
    expect(before - statSync(file()).size).toBeGreaterThan(3_000_000);
    expect(names(reader)).toEqual(['a']);
  });

  it('leaves the folder as it was: nothing stays beside the database once both are closed', () => {
    names(reader);
    reader.close();
    store.close();
    expect(existsSync(`${file()}-wal`)).toBe(false);
    const again = openStore(folder);
    expect(again.ok).toBe(true);
    if (again.ok) again.value.close();
  });

  it('reads no other version, and makes no database where there is none', () => {
    const version = withRaw((db) => {
      const now = db.pragma('user_version', { simple: true });
      db.pragma('user_version = 5');
      return now;
    });
    expect(() => openReadStore(folder)).toThrow('schema 5');
    withRaw((db) => db.pragma(`user_version = ${String(version)}`));
    const empty = path.join(folder, 'empty');
    expect(() => openReadStore(empty)).toThrow('directory does not exist');
    expect(existsSync(empty)).toBe(false);
  });
});
