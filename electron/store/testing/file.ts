import path from 'node:path';
import Database from 'better-sqlite3';

/** Looks into the file of a data folder, or writes to it as somebody else would: past everything that the store makes sure of. */
export const withFile = <T>(folder: string, readonly: boolean, work: (db: Database.Database) => T): T => {
  const db = new Database(path.join(folder, 'plumbline.db'), { readonly });
  try {
    return work(db);
  } finally {
    db.close();
  }
};
