import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signCheckpoint } from '../ledger/checkpoint.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { makeVerifierKey } from '../ledger/verifier-key.ts';
import { auditSource } from './audit/source.ts';
import { JOURNAL_SQL } from './finding-readers.ts';
import { type LedgerQuery, ledgerSearch } from './ledger-reader.ts';
import { BY_ITSELF } from './ledger-writer.ts';
import { openStore, type Store } from './store.ts';
import { ledgerBeforeFiling } from './testing/before-filing.ts';
import { quotesBeforePacking } from './testing/before-packing.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const made = makeVerifierKey('plumbline.invalid/x', privateKey);
if (!made.ok) throw new Error(made.problem.message);
const keys = [made.value];

let folder: string;
let store: Store;
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};
const withFile = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(path.join(folder, 'plumbline.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const enter = (kind: string, subject: string, body = {}): number => store.ledger.append({ who: BY_ITSELF, kind, subject, body });
const seal = (): void => {
  const sealed = store.ledger.seal(0, false, ({ size, root }) =>
    signCheckpoint({ origin: 'plumbline.invalid/x', size, root }, [{ privateKey }]),
  );
  if (!sealed.ok) throw new Error(sealed.problem.message);
};
const found = (query: LedgerQuery): readonly number[] => store.ledger.list(query, 0, 100).rows.map(({ seq }) => seq);
const wrong = (): readonly string[] =>
  withFile((db) => recheck(auditSource(db), { keys }).problems.map(({ code, seq, range }) => `${code} ${seq ?? JSON.stringify(range)}`));
const kept = (): readonly unknown[] =>
  withFile((db) => db.prepare('SELECT seq, bytes, hex(leaf) FROM ledger_entry ORDER BY seq').raw().all());

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-filing-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an entry', () => {
  it('is found by its subject, by the beginning of its kind, and by both, newest first', () => {
    for (const [kind, subject] of [
      ['finding.opened', 'finding 1'],
      ['finding.opened', 'finding 2'],
      ['finding.resolved', 'finding 1'],
      ['export.made', 'finding 1'],
    ] as const)
      enter(kind, subject);
    expect(found({ subject: 'finding 1' })).toEqual([3, 2, 0]);
    expect(found({ kind: 'finding' })).toEqual([2, 1, 0]);
    expect(found({ subject: 'finding 1', kind: 'finding' })).toEqual([2, 0]);
    expect(found({ subject: 'finding 3' })).toEqual([]);
    expect(store.ledger.list({ subject: 'finding 1' }, 1, 1)).toMatchObject({ total: 3, rows: [{ seq: 2 }] });
  });

  it('is found by its own subject where the one before it was taken back, with its number', () => {
    const draft = { who: BY_ITSELF, kind: 'settings.changed', subject: 'taken back', body: {} };
    expect(() => store.ledger.appendAll([draft, { ...draft, kind: 'no kind' }])).toThrow('cannot be recorded');
    enter('settings.changed', 'kept');
    enter('settings.changed', 'taken back');
    expect([found({ subject: 'kept' }), found({ subject: 'taken back' })]).toEqual([[0], [1]]);
    expect(wrong()).toEqual([]);
  });

  it('says all that it was given, also under a name that JavaScript has a use for', () => {
    enter('settings.changed', 'odd', JSON.parse('{"z":1,"__proto__":{"b":2,"a":[{"d":1,"c":"\\u0000"}]},"constructor":3}'));
    expect(kept()).toMatchObject([
      [0, expect.stringContaining('"body":{"__proto__":{"a":[{"c":"\\u0000","d":1}],"b":2},"constructor":3,"z":1}'), expect.anything()],
    ]);
  });
});

describe('looking entries up', () => {
  const plan = (sql: string, values: readonly (string | number)[]): string =>
    withFile((db) =>
      z
        .array(z.object({ detail: z.string() }))
        .parse(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values))
        .map(({ detail }) => detail)
        .join('; '),
    );
  const BY_SUBJECT = 'SEARCH e USING INDEX ledger_entry_by_subject (subject_id=?)';

  it.each([
    [{ subject: 'x' }, BY_SUBJECT],
    [{ subject: 'x', kind: 'finding' }, BY_SUBJECT],
    [{ kind: 'finding' }, 'ledger_entry_by_kind (kind>? AND kind<?)'],
  ])('by %j goes along %s', (query, index) => {
    const { clause, values } = ledgerSearch(query);
    const said = plan(`SELECT e.bytes FROM ${clause} ORDER BY e.seq DESC LIMIT ? OFFSET ?`, [...values, 10, 0]);
    expect(said).toContain(index);
    expect(said).not.toMatch(/SCAN/u);
    // What begins alike is sorted by place; what is about one subject is in that order already.
    expect(said.includes('TEMP B-TREE')).toBe(!('subject' in query));
  });

  it('of one finding goes along its subject, and is never sorted', () => {
    const said = plan(JOURNAL_SQL, ['finding 1', 10]);
    expect(said).toContain(BY_SUBJECT);
    expect(said).not.toMatch(/SCAN|TEMP B-TREE/u);
  });

  it('by one kind goes along it, in the order of the ledger', () => {
    const said = plan("SELECT bytes FROM ledger_entry WHERE kind = 'sweep.confirmed' AND seq > ? ORDER BY seq LIMIT 100", [0]);
    expect(said).toContain('ledger_entry_by_kind (kind=? AND rowid>?)');
    expect(said).not.toContain('TEMP B-TREE');
  });
});

describe('a ledger of an earlier version', () => {
  const SUBJECTS = ['host dc/1', 'a\u0000b', 'host é😀', 'he said "\\"', ''];
  const before = (): readonly unknown[] => {
    for (let n = 0; n < 300; n += 1) enter(n % 3 === 0 ? 'verdict.changed' : 'finding.opened', SUBJECTS[n % SUBJECTS.length] ?? '', { n });
    seal();
    store.close();
    withFile(quotesBeforePacking);
    withFile(ledgerBeforeFiling);
    return kept();
  };

  it('holds before and after it is brought up to date, is the same byte for byte, and is found by the same words', () => {
    const entries = before();
    expect(wrong()).toEqual([]);
    store = open();
    expect(kept()).toEqual(entries);
    expect(wrong()).toEqual([]);
    for (const [at, subject] of SUBJECTS.entries()) {
      expect(store.ledger.list({ subject }, 0, 1)).toMatchObject({ total: 60, rows: [{ seq: 295 + at }] });
      expect(store.ledger.list({ subject, kind: 'verdict' }, 0, 1).total).toBe(20);
    }
    expect(store.ledger.list({ kind: 'verdict' }, 0, 1).total).toBe(100);
    expect(enter('finding.opened', 'host dc/1')).toBe(300);
    expect(found({ subject: 'host dc/1' })[0]).toBe(300);
    withFile((db) => {
      for (const sql of [
        'DELETE FROM ledger_entry',
        "UPDATE ledger_entry SET bytes = '{}'",
        "UPDATE ledger_subject SET subject = 'x' || id",
      ])
        expect(() => db.exec(sql)).toThrow(/only|never/u);
    });
  });

  it('that somebody tampered with is taken over as it is, and the re-check names the same entries', () => {
    before();
    withFile((db) =>
      db.exec(`
        DROP TRIGGER ledger_entry_keeps_update; DROP TRIGGER ledger_entry_keeps_delete;
        DROP INDEX ledger_entry_by_kind; DROP INDEX ledger_entry_by_subject;
        UPDATE ledger_entry SET bytes = '{"kind":7,"subject":["x"]}' WHERE seq = 8;
        UPDATE ledger_entry SET bytes = replace(bytes, 'host dc/1', 'host dc/2') WHERE seq = 10;
        DELETE FROM ledger_entry WHERE seq = 20;`),
    );
    // What SQL cannot write there, a bad sector can: bytes that are no JSON.
    const file = path.join(folder, 'plumbline.db');
    const rotten = readFileSync(file);
    for (let at = rotten.indexOf('"body":{"n":7}'); at >= 0; at = rotten.indexOf('"body":{"n":7}')) rotten.write('[', at + 7);
    writeFileSync(file, rotten);
    const entries = kept();
    const named = wrong();
    expect(named).toEqual(
      expect.arrayContaining([
        'entry-unreadable 7',
        'entry-changed 7',
        'entry-unreadable 8',
        'entry-changed 8',
        'entry-changed 10',
        'entry-removed 20',
      ]),
    );
    store = open();
    expect(kept()).toEqual(entries);
    expect(wrong()).toEqual(named);
  });
});
