import type { Migration } from './migration.ts';

/** Hosts, their history and evidence, and what a manifest decides of them. */
export const HOSTS: readonly Migration[] = [
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
];
