import Database from 'better-sqlite3';
import path from 'node:path';
import { openDatabase } from './open.ts';
import { HOST_COLUMNS } from './rows.ts';

/** What SQLite alone does at best, to hold the readers against. The store must be closed or have no change open. */
export type BareReads = {
  /** One condition asked of every host, from end to end. */
  readonly pass: () => void;
  /** Every host counted by what the overview tells apart, along an index that is in that order. */
  readonly groups: () => void;
  /** 200 hosts along an index. */
  readonly walk: () => void;
  /** Every host in the order of the list, one after the other; gives how many. What no export can be faster than. */
  readonly each: () => number;
  readonly close: () => void;
};

export const bareReads = (folder: string): BareReads => {
  const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
  const pass = db.prepare("SELECT count(*) FROM host NOT INDEXED WHERE +verdict = 'failed'");
  const groups = db.prepare('SELECT verdict, country, count(*) FROM host INDEXED BY host_overview GROUP BY verdict, country');
  const walk = db.prepare('SELECT * FROM host INDEXED BY host_by_name ORDER BY name LIMIT 200');
  const each = db.prepare(`SELECT ${HOST_COLUMNS} FROM host ORDER BY severity, name, id`).raw();
  return {
    pass: () => void pass.get(),
    groups: () => void groups.all(),
    walk: () => void walk.all(),
    each: () => {
      let hosts = 0;
      for (const _ of each.iterate()) hosts += 1;
      return hosts;
    },
    close: () => void db.close(),
  };
};

/** Opens a database and closes it again, its schema looked at and nothing more. */
export const openBare = (folder: string): void => {
  const opened = openDatabase(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  opened.value.db.prepare('SELECT count(*) FROM endpoint').get();
  opened.value.close();
};
