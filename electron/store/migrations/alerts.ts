import type { Migration } from './migration.ts';

/** How far those outside were told. */
export const ALERTS: readonly Migration[] = [
  {
    // `seq`: entries before it were told or were not to be; `sent`: how many in all. `problem`: what failed since it last worked, a JSON list.
    version: 130,
    sql: `
CREATE TABLE alert_place (
  name TEXT PRIMARY KEY NOT NULL,
  seq INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  sent_at_ms INTEGER,
  problems TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
`,
  },
];
