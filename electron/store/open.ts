import Database from 'better-sqlite3';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import type { Db } from './db.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';

export const DATABASE = 'plumbline.db';
/** So long a connection waits for another one of this process; with one writer none has to, but for moments at opening and at the end. */
export const BUSY_MS = 5_000;

const versionSchema = z.number().int();
export const versionOf = (db: Db): number => versionSchema.parse(db.pragma('user_version', { simple: true }));

/** 32 MiB of the log are brought into the database at once: a sweep over thousands of hosts waits for the disk less often. */
const WAL_PAGES = 8192;

const describe = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';

/**
 * One process per data folder. The lock is an exclusive transaction on a database of its own that nobody ever writes: the operating
 * system releases it with the process, however that ends, so there is no stale lock to judge.
 */
export const lockFolder = (folder: string): Result<() => void> => {
  try {
    const lock = new Database(path.join(folder, 'plumbline.lock'), { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return ok(() => lock.close());
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    return isBusy(error)
      ? fail(
          'data-in-use',
          `Another Plumbline is using the data folder ${visibleText(folder, 300)}.`,
          'Use that one, stop it, or choose another folder with --data.',
        )
      : fail(
          'data-folder',
          `The data folder ${visibleText(folder, 300)} cannot be written: ${describe(error)}.`,
          'Choose another folder with --data, or give space or rights.',
        );
  }
};

const openProblem = (error: unknown, folder: string, file: string): Result<never> => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = describe(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return fail(
      'data-damaged',
      `The database ${visibleText(file, 300)} is damaged: ${why}.`,
      'Restore a backup (plumbline data restore FILE --data DIR), or choose another folder with --data. Nothing was changed.',
    );
  return fail(
    'data-folder',
    `The data folder ${visibleText(folder, 300)} cannot be written: ${why}.`,
    'Give space or rights, or choose another folder with --data. Nothing was changed.',
  );
};

/** What an earlier version wrote, as it was: for whoever must go back to it. The one of the last migration is kept. */
const keepBefore = (db: Db, folder: string, version: number): void => {
  const copy = path.join(folder, 'plumbline.before-migration.db');
  rmSync(copy, { force: true });
  db.prepare('VACUUM INTO ?').run(copy);
  const kept = new Database(copy, { readonly: true });
  try {
    if (versionOf(kept) !== version) throw new Error('the copy made before the migration is not whole');
  } finally {
    kept.close();
  }
};

/**
 * Opens (or creates) the database of a data folder, WAL mode, migrated.
 * Problems: data-folder, data-in-use, data-newer, data-damaged.
 */
export const openDatabase = (folder: string): Result<{ db: Db; close: () => void }> => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail(
      'data-folder',
      `The data folder ${visibleText(folder, 300)} cannot be made: ${describe(error)}.`,
      'Choose another folder with --data.',
    );
  }
  const lock = lockFolder(folder);
  if (!lock.ok) return lock;
  const file = path.join(folder, DATABASE);
  try {
    const db = new Database(file, { timeout: BUSY_MS });
    // Only before the first table: space can then be given back step by step.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
    db.pragma('foreign_keys = ON');
    const version = versionOf(db);
    if (version > SCHEMA_VERSION) {
      db.close();
      lock.value();
      return fail(
        'data-newer',
        `The data in ${visibleText(folder, 300)} was written by a newer Plumbline (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
        'Start the newer version, or choose another folder with --data. Nothing was changed.',
      );
    }
    if (version > 0 && version < SCHEMA_VERSION) keepBefore(db, folder, version);
    migrate(db, version);
    const close = (): void => {
      if (db.open) db.close();
      lock.value();
    };
    return ok({ db, close });
  } catch (error) {
    lock.value();
    return openProblem(error, folder, file);
  }
};
