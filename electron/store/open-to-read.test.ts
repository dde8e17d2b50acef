import Database from 'better-sqlite3';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from './migrations.ts';
import { openToRead } from './open-to-read.ts';
import { openStore } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-to-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (version = SCHEMA_VERSION): void => {
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  store.value.close();
  const db = new Database(path.join(folder, 'plumbline.db'));
  db.pragma(`user_version = ${version}`);
  db.close();
};
const codeOf = (): string => {
  const opened = openToRead(folder);
  if (opened.ok) opened.value.close();
  return opened.ok ? 'opened' : opened.problem.code;
};

describe('a database that is only read', () => {
  it('is that of the folder, and refuses every write', () => {
    make();
    const opened = openToRead(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    expect(opened.value.folder).toBe(folder);
    expect(() => opened.value.db.exec('CREATE TABLE mine (x)')).toThrow(/readonly/u);
    opened.value.close();
  });

  it('is not locked: whoever keeps it may open it meanwhile, and the other way round', () => {
    make();
    const opened = openToRead(folder);
    const store = openStore(folder);
    expect([opened.ok, store.ok, codeOf()]).toEqual([true, true, 'opened']);
    if (opened.ok) opened.value.close();
    if (store.ok) store.value.close();
  });

  it('is never made where there is none', () => {
    expect(codeOf()).toBe('data-missing');
    expect(existsSync(path.join(folder, 'plumbline.db'))).toBe(false);
  });

  it.each([
    [SCHEMA_VERSION + 1, 'data-newer'],
    [SCHEMA_VERSION - 1, 'data-older'],
  ])('is not migrated: of schema %i it is refused as %s', (version, code) => {
    make(version);
    expect(codeOf()).toBe(code);
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(version);
    db.close();
  });

  it('is refused where it is damaged', () => {
    writeFileSync(path.join(folder, 'plumbline.db'), 'not a database at all, but longer than nothing'.repeat(100));
    expect(codeOf()).toBe('data-damaged');
  });
});
