import type { Migration } from './migration.ts';

/** What people say of the runs of reports. */
export const ASSESSMENTS: readonly Migration[] = [
  {
    // `run`: the number of the entry `export.made`. `flagged`: what was flagged before, and how it stood in this run, as JSON. `controls`: as JSON,
    // where the file says something of controls. Runs that an older version made have no digest, and are not judged.
    version: 160,
    sql: `
ALTER TABLE report_run ADD COLUMN sha256 TEXT;
ALTER TABLE report_run ADD COLUMN controls TEXT;
ALTER TABLE report_run ADD COLUMN flagged TEXT;
CREATE TABLE assessment (
  id INTEGER PRIMARY KEY,
  report_id INTEGER NOT NULL,
  run INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('host', 'control')),
  item TEXT NOT NULL,
  name TEXT NOT NULL,
  standing TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'approved', 'flagged', 'not-applicable')),
  comment TEXT NOT NULL,
  who TEXT NOT NULL CHECK (length(who) > 0),
  at_ms INTEGER NOT NULL,
  entry INTEGER NOT NULL
) STRICT;
CREATE INDEX assessment_by_item ON assessment (report_id, kind, item, run, id);
CREATE TRIGGER assessment_keeps_update BEFORE UPDATE ON assessment BEGIN SELECT raise(ABORT, 'what was said is never edited'); END;
CREATE TRIGGER assessment_keeps_delete BEFORE DELETE ON assessment BEGIN SELECT raise(ABORT, 'what was said is never deleted'); END;
CREATE TRIGGER assessment_keeps_replace BEFORE INSERT ON assessment WHEN EXISTS (SELECT 1 FROM assessment WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'what was said is never edited'); END;
`,
  },
];
