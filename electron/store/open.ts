import Database from 'better-sqlite3';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';

export type Db = Database.Database;

const versionSchema = z.number().int();

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** One writer per data folder: a lock file with the process id, taken over when that process is gone. */
const lockFolder = (folder: string): Result<() => void> => {
  const file = path.join(folder, 'plumbline.lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return ok(() => rmSync(file, { force: true }));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        return fail(
          'data-folder',
          `The data folder ${folder} cannot be written: ${describe(error)}.`,
          'Choose another folder with --data, or free space or rights.',
        );
      }
      const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
      if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isRunning(pid)) {
        return fail(
          'data-in-use',
          `Another Plumbline (process ${pid}) is using the data folder ${folder}.`,
          'Use that one, stop it, or choose another folder with --data.',
        );
      }
      rmSync(file, { force: true });
    }
  }
  return fail('data-in-use', `The lock in ${folder} could not be taken.`, 'Try again, or choose another folder with --data.');
};

/**
 * Opens (or creates) the database of a data folder, WAL mode, migrated.
 * Problems: data-folder, data-in-use, data-newer, data-damaged.
 */
export const openDatabase = (folder: string): Result<{ db: Db; created: boolean; close: () => void }> => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail('data-folder', `The data folder ${folder} cannot be made: ${describe(error)}.`, 'Choose another folder with --data.');
  }
  const lock = lockFolder(folder);
  if (!lock.ok) return lock;
  const file = path.join(folder, 'plumbline.db');
  const created = !existsSync(file);
  try {
    const db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    const version = versionSchema.parse(db.pragma('user_version', { simple: true }));
    if (version > SCHEMA_VERSION) {
      db.close();
      lock.value();
      return fail(
        'data-newer',
        `The data in ${folder} was written by a newer Plumbline (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
        'Start the newer version, or choose another folder with --data. Nothing was changed.',
      );
    }
    migrate(db, version);
    const close = (): void => {
      if (db.open) db.close();
      lock.value();
    };
    return ok({ db, created, close });
  } catch (error) {
    lock.value();
    return fail(
      'data-damaged',
      `The database ${file} cannot be opened: ${describe(error)}.`,
      'Free space on the disk, or move the file aside and start again; nothing was changed.',
    );
  }
};
