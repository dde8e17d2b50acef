import type { Migration } from './migration.ts';

/** What people decide and say: reference values, findings, and that neither is edited. */
export const PEOPLE: readonly Migration[] = [
  {
    // Reference values of our own. Only the state of a set ever changes; another content is another set.
    version: 40,
    sql: `
CREATE TABLE reference_set (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT,
  items BLOB NOT NULL,
  how TEXT NOT NULL,
  words TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  state TEXT NOT NULL CHECK (state IN ('proposed','approved','withdrawn')),
  author TEXT NOT NULL CHECK (length(author) > 0),
  reason TEXT NOT NULL,
  proposed_at_ms INTEGER NOT NULL,
  approved_by TEXT,
  decided_at_ms INTEGER,
  withdrawn_by TEXT,
  replaces INTEGER REFERENCES reference_set (id)
) STRICT;
CREATE TRIGGER reference_set_keeps BEFORE UPDATE OF name, scope, items, how, words, sha256, from_ms, to_ms, author, reason, replaces
  ON reference_set BEGIN SELECT raise(ABORT, 'a reference set is never edited'); END;
CREATE TRIGGER reference_set_keeps_delete BEFORE DELETE ON reference_set BEGIN SELECT raise(ABORT, 'a reference set is never deleted'); END;
`,
  },
  {
    // What people say of findings, what findings have in common, and where hosts were. What holds is always asked for with
    // "resolved_at_ms IS NULL" first: that part stays as large as the fleet, whatever the past grows to.
    version: 50,
    sql: `
ALTER TABLE finding ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN what TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN cause_since_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','acknowledged','waived'));
ALTER TABLE finding ADD COLUMN assigned TEXT;
ALTER TABLE finding ADD COLUMN acknowledged_by TEXT;
ALTER TABLE finding ADD COLUMN acknowledged_at_ms INTEGER;
ALTER TABLE finding ADD COLUMN waived_by TEXT;
ALTER TABLE finding ADD COLUMN waived_at_ms INTEGER;
ALTER TABLE finding ADD COLUMN waived_until_ms INTEGER;
ALTER TABLE finding ADD COLUMN waive_reason TEXT;
ALTER TABLE finding ADD COLUMN severity_order INTEGER NOT NULL DEFAULT 2;
UPDATE finding SET cause_since_ms = opened_at_ms, what = title,
  severity_order = CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END;
CREATE INDEX finding_unresolved ON finding (resolved_at_ms, opened_at_ms DESC, id DESC, state, waived_until_ms);
CREATE INDEX finding_unresolved_worst ON finding (resolved_at_ms, severity_order, opened_at_ms DESC, id DESC);
CREATE INDEX finding_clusters ON finding (resolved_at_ms, cause, cause_since_ms, state, waived_until_ms, severity_order, host_id);
CREATE INDEX finding_worst ON finding (severity_order, opened_at_ms DESC, id DESC);
CREATE INDEX finding_by_cause ON finding (cause, opened_at_ms);
CREATE INDEX finding_by_host ON finding (host_id, opened_at_ms);
CREATE INDEX finding_by_kind ON finding (kind, opened_at_ms);
CREATE INDEX finding_by_person ON finding (assigned, opened_at_ms) WHERE assigned IS NOT NULL;
CREATE INDEX finding_waived ON finding (waived_until_ms) WHERE state = 'waived' AND resolved_at_ms IS NULL;

CREATE TABLE finding_note (
  id INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES finding (id),
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (length(who) > 0),
  text TEXT NOT NULL CHECK (length(text) > 0)
) STRICT;
CREATE INDEX finding_note_by_finding ON finding_note (finding_id, id);
CREATE INDEX journal_by_subject ON journal (subject, id);

CREATE TABLE host_location (
  id INTEGER PRIMARY KEY,
  host_id TEXT NOT NULL REFERENCES host (id),
  from_ms INTEGER NOT NULL,
  country TEXT,
  subdivision TEXT,
  site TEXT,
  assurance TEXT NOT NULL,
  source TEXT
) STRICT;
CREATE INDEX host_location_by_host ON host_location (host_id, id);

ALTER TABLE host_state ADD COLUMN tag_serial TEXT;
CREATE INDEX host_state_by_tag ON host_state (tag_serial) WHERE tag_serial IS NOT NULL;
`,
  },
  {
    // What people did is kept against REPLACE too, which deletes without asking the triggers of DELETE; versions of the manifest are kept
    // as reference sets are; states only go forward.
    version: 55,
    sql: `
CREATE TRIGGER journal_keeps_replace BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'the journal is only ever added to'); END;

CREATE TRIGGER finding_note_keeps_update BEFORE UPDATE ON finding_note BEGIN SELECT raise(ABORT, 'a note is never edited'); END;
CREATE TRIGGER finding_note_keeps_delete BEFORE DELETE ON finding_note BEGIN SELECT raise(ABORT, 'a note is never deleted'); END;
CREATE TRIGGER finding_note_keeps_replace BEFORE INSERT ON finding_note WHEN EXISTS (SELECT 1 FROM finding_note WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a note is never edited'); END;

CREATE TRIGGER manifest_version_keeps BEFORE UPDATE OF number, sha256, name, text, author, reason, proposed_at_ms
  ON manifest_version BEGIN SELECT raise(ABORT, 'a version of the manifest is never edited'); END;
CREATE TRIGGER manifest_version_keeps_delete BEFORE DELETE ON manifest_version
  BEGIN SELECT raise(ABORT, 'a version of the manifest is never deleted'); END;
CREATE TRIGGER manifest_version_begins BEFORE INSERT ON manifest_version
  WHEN NEW.state <> 'proposed' OR EXISTS (SELECT 1 FROM manifest_version WHERE number = NEW.number)
  BEGIN SELECT raise(ABORT, 'a version of the manifest begins as a proposal'); END;
CREATE TRIGGER manifest_version_goes_on BEFORE UPDATE ON manifest_version
  WHEN NOT ((OLD.state = 'proposed' AND NEW.state = 'withdrawn' AND NEW.approved_by IS OLD.approved_by AND NEW.active_from_ms IS NULL)
    OR (OLD.state = 'proposed' AND NEW.state = 'active' AND NOT EXISTS (SELECT 1 FROM manifest_version WHERE state = 'active'))
    OR (OLD.state = 'active' AND NEW.state = 'replaced' AND NEW.approved_by IS OLD.approved_by AND NEW.active_from_ms IS OLD.active_from_ms))
  BEGIN SELECT raise(ABORT, 'the state of a version only goes forward'); END;

CREATE TRIGGER reference_set_begins BEFORE INSERT ON reference_set
  WHEN NEW.state <> 'proposed' OR EXISTS (SELECT 1 FROM reference_set WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a reference set begins as a proposal'); END;
CREATE TRIGGER reference_set_goes_on BEFORE UPDATE ON reference_set
  WHEN NEW.id <> OLD.id OR NEW.proposed_at_ms <> OLD.proposed_at_ms
    OR NOT ((OLD.state = 'proposed' AND NEW.state = 'approved')
      OR (OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn' AND NEW.approved_by IS OLD.approved_by))
  BEGIN SELECT raise(ABORT, 'the state of a reference set only goes forward'); END;
`,
  },
];
