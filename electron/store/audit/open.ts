import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { Db } from '../db.ts';

export type OpenedForAudit = { readonly db: Db; readonly close: () => void };

const NAME = 'plumbline.db';
const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 200);

/** SQLite must write beside a database to read one in WAL mode; on a medium that takes no writes it is read from a copy. */
const openCopy = (file: string): OpenedForAudit => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-audit-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, path.join(folder, NAME + end));
    const db = new Database(path.join(folder, NAME));
    return {
      db,
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

const tryOpen = (file: string): OpenedForAudit => {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return { db, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Opens the database of a data folder to be looked at: nothing is written to it, and it may be in use. Problems: data-missing, data-damaged. */
export const openForAudit = (folder: string): Result<OpenedForAudit> => {
  const file = path.join(folder, NAME);
  const name = visibleText(file, 300);
  if (!existsSync(file)) return fail('data-missing', `There is no ${name}.`, 'Name the data folder with --data.');
  try {
    return ok(tryOpen(file));
  } catch (first) {
    try {
      return ok(openCopy(file));
    } catch {
      return fail('data-damaged', `${name} cannot be read: ${words(first)}.`, 'Get it from a backup.');
    }
  }
};
