import Database from 'better-sqlite3';
import path from 'node:path';
import { SCHEMA_VERSION } from './migrations.ts';
import { BUSY_MS, DATABASE, versionOf } from './open.ts';
import { createReaders, LISTS_CACHE_KIB, type Readers } from './readers.ts';

export type ReadStore = Readers & {
  /**
   * Answers from one moment of the database, although the writer goes on meanwhile. What is read after the first wait of an answer in steps is
   * not part of it: nothing may hold on to a moment for long, or the write-ahead log could not be taken back into the database.
   */
  readonly atOnce: <T>(work: () => T) => T;
  readonly close: () => void;
};

/**
 * A second connection to a data folder that is in use, from which nothing can be written. Only while a store of this process has it open: that
 * one holds the lock, has migrated, and is closed last. Throws where there is nothing of this version to read.
 */
export const openReadStore = (folder: string): ReadStore => {
  const db = new Database(path.join(folder, DATABASE), { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    const version = versionOf(db);
    if (version !== SCHEMA_VERSION) throw new Error(`the database is of schema ${version}, and ${SCHEMA_VERSION} is read`);
    const readers = createReaders(db, LISTS_CACHE_KIB);
    const begin = db.prepare('BEGIN');
    const end = db.prepare('COMMIT');
    return {
      ...readers,
      atOnce: (work) => {
        begin.run();
        try {
          return work();
        } finally {
          // SQLite ends it by itself where the disk fails.
          if (db.inTransaction) end.run();
        }
      },
      close: () => void db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
};
