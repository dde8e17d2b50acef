import type { Db } from '../db.ts';

/** One step of the schema. Steps are only ever added; a shipped one is never edited. Versions go in tens so that a fix fits between. */
export type Migration = { readonly version: number; readonly sql: string; readonly after?: (db: Db) => void };
