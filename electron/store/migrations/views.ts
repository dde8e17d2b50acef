import type { Migration } from './migration.ts';

/** Views that were saved, of more lists than that of hosts. */
export const VIEWS: readonly Migration[] = [
  {
    // `filter`: of hosts a text of the filter language, of the other lists the part of the address that says what is shown. `sort` is empty where
    // that says the order as well.
    version: 190,
    sql: `
CREATE TABLE saved_view_of (
  list TEXT NOT NULL CHECK (list IN ('hosts', 'findings', 'map', 'references', 'record')),
  name TEXT NOT NULL CHECK (length(name) > 0),
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  descending INTEGER NOT NULL CHECK (descending IN (0, 1)),
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;
INSERT INTO saved_view_of SELECT list, name, filter, sort, descending, saved_at_ms FROM saved_view;
DROP TABLE saved_view;
ALTER TABLE saved_view_of RENAME TO saved_view;
`,
  },
];
