import type { Database } from 'better-sqlite3';

/** A connection to the database. */
export type Db = Database;
