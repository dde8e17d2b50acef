import type { Migration } from './migration.ts';

/** Reports that are made again. */
export const REPORTS: readonly Migration[] = [
  {
    // `definition`: JSON. `looked_at_ms`: runs that were due until then were made, or failed. `problem`: why the last one that was due failed.
    // Of runs only the last is kept, for the difference to the next: `rows` are names and verdicts of its hosts, packed. All are in the ledger.
    version: 140,
    sql: `
CREATE TABLE report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  defined_by TEXT NOT NULL,
  defined_at_ms INTEGER NOT NULL,
  looked_at_ms INTEGER NOT NULL,
  problem TEXT
) STRICT;
CREATE TABLE report_run (
  report_id INTEGER PRIMARY KEY REFERENCES report (id) ON DELETE CASCADE,
  entry INTEGER NOT NULL,
  cut_off_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  rows BLOB,
  difference TEXT
) STRICT;
`,
  },
];
