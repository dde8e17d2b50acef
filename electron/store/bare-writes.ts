import Database from 'better-sqlite3';
import path from 'node:path';
import type { RawQuote } from './records.ts';

/** What SQLite alone needs to keep the newest quote and times of hosts, in a database of its own: the limit of recording confirmations. */
export type BareWrites = {
  /** The hosts from number `first` on, in one transaction. */
  readonly write: (first: number, seen: readonly { readonly seenAtMs: number; readonly quote: RawQuote }[]) => void;
  readonly close: () => void;
};

export const bareWrites = (folder: string, hosts: number): BareWrites => {
  const db = new Database(path.join(folder, 'bare.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('CREATE TABLE host (num INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL) STRICT');
  const fill = db.prepare("INSERT INTO host VALUES (?, 0, '', x'')");
  db.transaction(() => {
    for (let num = 0; num < hosts; num += 1) fill.run(num);
  })();
  const update = db.prepare('UPDATE host SET at_ms = ?, sha256 = ?, bytes = ? WHERE num = ?');
  return {
    write: db.transaction((first, seen) => {
      for (const [at, { seenAtMs, quote }] of seen.entries()) update.run(seenAtMs, quote.sha256, quote.packed, first + at);
    }),
    close: () => void db.close(),
  };
};
