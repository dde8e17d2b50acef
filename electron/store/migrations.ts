import type { Database } from 'better-sqlite3';

/** One step of the schema. Steps are only ever added; a shipped one is never edited. Versions go in tens so that a fix fits between. */
export type Migration = { readonly version: number; readonly sql: string };

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 10,
    sql: `
CREATE TABLE host (
  id TEXT PRIMARY KEY NOT NULL,
  agent_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  name TEXT NOT NULL,
  host_class TEXT,
  address TEXT,
  verdict TEXT NOT NULL CHECK (verdict IN ('trusted','failed','stale','inconclusive')),
  severity INTEGER NOT NULL,
  verified TEXT NOT NULL,
  reported TEXT NOT NULL,
  disagreement INTEGER NOT NULL,
  broken_link TEXT,
  broken_order INTEGER NOT NULL,
  reason TEXT NOT NULL,
  chain TEXT NOT NULL,
  country TEXT,
  subdivision TEXT,
  site TEXT,
  assurance TEXT NOT NULL,
  evidence_at_ms INTEGER,
  changed_at_ms INTEGER NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  search TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX host_by_severity ON host (severity, name);
CREATE INDEX host_by_name ON host (name);
CREATE INDEX host_by_evidence ON host (evidence_at_ms);
CREATE INDEX host_by_changed ON host (changed_at_ms);
CREATE INDEX host_by_country ON host (country, name);

CREATE TABLE host_state (
  host_id TEXT PRIMARY KEY NOT NULL REFERENCES host (id),
  detail TEXT NOT NULL,
  ak_name TEXT,
  ak_pinned_at_ms INTEGER,
  ek_sha256 TEXT,
  clock TEXT,
  event_log_sha256 TEXT,
  ima_sha256 TEXT,
  runtime_reference_sha256 TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX host_state_by_ek ON host_state (ek_sha256);
CREATE INDEX host_state_by_event_log ON host_state (event_log_sha256);
CREATE INDEX host_state_by_ima ON host_state (ima_sha256);
CREATE INDEX host_state_by_reference ON host_state (runtime_reference_sha256);

CREATE TABLE span (
  id INTEGER PRIMARY KEY,
  host_id TEXT NOT NULL REFERENCES host (id),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  reported TEXT NOT NULL,
  broken_link TEXT,
  reason TEXT NOT NULL,
  confirmations INTEGER NOT NULL
) STRICT;
CREATE INDEX span_by_host ON span (host_id, id);

CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  bytes BLOB NOT NULL,
  size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  id INTEGER PRIMARY KEY,
  host_id TEXT REFERENCES host (id),
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX finding_open ON finding (subject, kind) WHERE resolved_at_ms IS NULL;
CREATE INDEX finding_newest ON finding (opened_at_ms);

CREATE TABLE trend (
  at_ms INTEGER PRIMARY KEY,
  inventory INTEGER NOT NULL,
  trusted INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  stale INTEGER NOT NULL,
  inconclusive INTEGER NOT NULL
) STRICT;

CREATE TABLE endpoint (
  name TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  problem TEXT,
  hosts INTEGER NOT NULL,
  last_sweep_at_ms INTEGER,
  last_success_at_ms INTEGER,
  last_duration_ms INTEGER,
  interval_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
  },
  {
    // Large evidence in parts, so that no write of it takes long. A blob with parts has no bytes of its own.
    version: 20,
    sql: `
CREATE TABLE blob_part (
  sha256 TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX blob_part_by_blob ON blob_part (sha256, part);
`,
  },
  {
    // What a manifest decided, and what it decided by: now per host, and per span at its beginning.
    version: 30,
    sql: `
ALTER TABLE host ADD COLUMN policy_class TEXT;
ALTER TABLE host ADD COLUMN covered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE host ADD COLUMN required INTEGER NOT NULL DEFAULT 0;
ALTER TABLE host ADD COLUMN max_age_ms INTEGER NOT NULL DEFAULT 900000;
ALTER TABLE host ADD COLUMN decided_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE host_state ADD COLUMN standing TEXT;
ALTER TABLE host_state ADD COLUMN decisive TEXT;
ALTER TABLE span ADD COLUMN standing BLOB;
ALTER TABLE span ADD COLUMN manifest INTEGER;

CREATE TABLE manifest_version (
  number INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  proposed_at_ms INTEGER NOT NULL,
  approved_by TEXT,
  state TEXT NOT NULL CHECK (state IN ('proposed','active','replaced','withdrawn')),
  active_from_ms INTEGER,
  active_to_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX manifest_active ON manifest_version (state) WHERE state = 'active';

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (length(who) > 0),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_keeps_update BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is only ever added to'); END;
CREATE TRIGGER journal_keeps_delete BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is only ever added to'); END;
`,
  },
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

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** Brings the database to SCHEMA_VERSION in one transaction. The caller has made sure that it is not from a newer version. */
export const migrate = (db: Database, from: number): void => {
  db.transaction(() => {
    for (const step of MIGRATIONS) {
      if (step.version <= from) continue;
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }
  })();
};
