import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import type { Db } from './db.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { BUSY_MS, DATABASE, versionOf } from './open.ts';

export type OpenedToRead = {
  /** Refuses every statement that writes, whoever asks for it. */
  readonly db: Db;
  /** Where the database lies that is read: the data folder itself, or that of a copy. */
  readonly folder: string;
  readonly close: () => void;
};

const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);

const connect = (folder: string): Db => {
  const db = new Database(path.join(folder, DATABASE), { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    // A file is only looked at when something is read of it.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** SQLite must write beside a database to read one in WAL mode. On a medium that takes no writes, a copy is read, which is gone with `close`. */
const connectToCopy = (folder: string): OpenedToRead => {
  const copy = mkdtempSync(path.join(tmpdir(), 'plumbline-read-only-'));
  const remove = (): void => rmSync(copy, { recursive: true, force: true });
  try {
    for (const name of [DATABASE, `${DATABASE}-wal`])
      if (existsSync(path.join(folder, name))) copyFileSync(path.join(folder, name), path.join(copy, name));
    const db = connect(copy);
    return {
      db,
      folder: copy,
      close: () => {
        db.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};

const connectAnyhow = (folder: string): OpenedToRead => {
  try {
    const db = connect(folder);
    return { db, folder, close: () => void db.close() };
  } catch {
    return connectToCopy(folder);
  }
};

/**
 * Opens the database of a data folder so that nothing can be written to it; it is neither locked, nor made, nor migrated, and another process
 * may have it in use. SQLite may leave an empty log and its index (`-wal`, `-shm`) beside it. Problems: data-missing, data-damaged, data-newer,
 * data-older.
 */
export const openToRead = (folder: string): Result<OpenedToRead> => {
  const name = visibleText(folder, 300);
  if (!existsSync(path.join(folder, DATABASE)))
    return fail('data-missing', `There is no database in ${name}.`, 'Name the data folder of a Plumbline with --data DIR.');
  let opened: OpenedToRead;
  try {
    opened = connectAnyhow(folder);
  } catch (error) {
    return fail('data-damaged', `The database in ${name} cannot be read: ${words(error)}.`, 'Check the rights, or get it from a backup.');
  }
  const version = versionOf(opened.db);
  if (version === SCHEMA_VERSION) return ok(opened);
  opened.close();
  const said = `(schema ${version}, this one reads ${SCHEMA_VERSION})`;
  return version > SCHEMA_VERSION
    ? fail('data-newer', `The data in ${name} was written by a newer Plumbline ${said}.`, 'Start that version. Nothing was changed.')
    : fail(
        'data-older',
        `The data in ${name} was written by an older Plumbline ${said}, and read-only it cannot be brought up to date.`,
        'Start that version, or let this one open a copy of the folder without --read-only. Nothing was changed.',
      );
};
