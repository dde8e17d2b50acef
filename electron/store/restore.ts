import Database from 'better-sqlite3';
import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { lockFolder, versionOf } from './open.ts';

const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 200);

/** Whether a file is a whole database of a version that this one knows. */
const inspect = (file: string): string | null => {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const version = versionOf(db);
      if (version === 0 || version % 5 !== 0) return 'it is no database of Plumbline';
      if (version > SCHEMA_VERSION) return `it was written by a newer Plumbline (schema ${version}, this one knows ${SCHEMA_VERSION})`;
      const check: unknown = db.pragma('quick_check(1)', { simple: true });
      return check === 'ok' ? null : `it is damaged: ${visibleText(String(check), 200)}`;
    } finally {
      db.close();
    }
  } catch (error) {
    return words(error);
  }
};

/** Puts what is still in the write-ahead log into the file, so that one file is all of it. */
const settleLog = (file: string): void => {
  if (!existsSync(file)) return;
  try {
    const db = new Database(file);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
  } catch {
    // A database that cannot be opened is what somebody restores for; it is kept as it is.
  }
};

const sync = (file: string): void => {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
};

/**
 * Puts a backup in the place of the database of a data folder. The one that was there is kept beside it, and until the last step, which is one
 * rename, it stays in place. The ledger's key and newest checkpoint stay, so the next start says what is not there any more.
 * Problems: data-in-use, data-folder, restore-unusable, restore-failed.
 */
export const restoreDatabase = (backup: string, folder: string, nowMs: number): Result<{ readonly kept: string | null }> => {
  const why = inspect(backup);
  if (why !== null)
    return fail(
      'restore-unusable',
      `${visibleText(backup, 300)} cannot be restored: ${why}.`,
      'Choose another backup. Nothing was changed.',
    );
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail(
      'data-folder',
      `The data folder ${visibleText(folder, 300)} cannot be made: ${words(error)}.`,
      'Choose another with --data.',
    );
  }
  const lock = lockFolder(folder);
  if (!lock.ok) return lock;
  const file = path.join(folder, 'plumbline.db');
  const part = `${file}.restoring`;
  try {
    settleLog(file);
    copyFileSync(backup, part);
    sync(part);
    const kept = path.join(folder, `plumbline.replaced-${new Date(nowMs).toISOString().replaceAll(/[:.]/gu, '-')}.db`);
    const isThere = existsSync(file);
    if (isThere) linkSync(file, kept);
    // A log that was left behind belongs to the database that goes.
    for (const end of ['-wal', '-shm']) {
      if (existsSync(file + end) && isThere) copyFileSync(file + end, kept + end);
      rmSync(file + end, { force: true });
    }
    renameSync(part, file);
    return ok({ kept: isThere ? kept : null });
  } catch (error) {
    rmSync(part, { force: true });
    return fail(
      'restore-failed',
      `The backup was not restored: ${words(error)}.`,
      'Check the free space and the rights of the data folder.',
    );
  } finally {
    lock.value();
  }
};
