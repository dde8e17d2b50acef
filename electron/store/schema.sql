-- Schema 190, as the migrations make it.

CREATE TRIGGER assessment_keeps_delete BEFORE DELETE ON assessment BEGIN SELECT raise(ABORT, 'what was said is never deleted'); END;

CREATE TRIGGER assessment_keeps_replace BEFORE INSERT ON assessment WHEN EXISTS (SELECT 1 FROM assessment WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'what was said is never edited'); END;

CREATE TRIGGER assessment_keeps_update BEFORE UPDATE ON assessment BEGIN SELECT raise(ABORT, 'what was said is never edited'); END;

CREATE TRIGGER finding_note_keeps_delete BEFORE DELETE ON finding_note BEGIN SELECT raise(ABORT, 'a note is never deleted'); END;

CREATE TRIGGER finding_note_keeps_replace BEFORE INSERT ON finding_note WHEN EXISTS (SELECT 1 FROM finding_note WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a note is never edited'); END;

CREATE TRIGGER finding_note_keeps_update BEFORE UPDATE ON finding_note BEGIN SELECT raise(ABORT, 'a note is never edited'); END;

CREATE TRIGGER ledger_checkpoint_keeps_delete BEFORE DELETE ON ledger_checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint is never deleted'); END;

CREATE TRIGGER ledger_checkpoint_keeps_update BEFORE UPDATE ON ledger_checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint is never edited'); END;

CREATE TRIGGER ledger_checkpoint_next BEFORE INSERT ON ledger_checkpoint
  WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)
  BEGIN SELECT raise(ABORT, 'a checkpoint covers more than the one before'); END;

CREATE TRIGGER ledger_entry_keeps_delete BEFORE DELETE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;

CREATE TRIGGER ledger_entry_keeps_update BEFORE UPDATE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;

CREATE TRIGGER ledger_entry_next BEFORE INSERT ON ledger_entry
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)
  BEGIN SELECT raise(ABORT, 'the ledger is only ever added to, at its end'); END;

CREATE TRIGGER ledger_subject_keeps_delete BEFORE DELETE ON ledger_subject BEGIN SELECT raise(ABORT, 'a subject of the ledger is never deleted'); END;

CREATE TRIGGER ledger_subject_keeps_update BEFORE UPDATE ON ledger_subject BEGIN SELECT raise(ABORT, 'a subject of the ledger is never edited'); END;

CREATE TRIGGER ledger_subject_next BEFORE INSERT ON ledger_subject
  WHEN EXISTS (SELECT 1 FROM ledger_subject WHERE id = NEW.id OR subject = NEW.subject)
  BEGIN SELECT raise(ABORT, 'a subject of the ledger is never replaced'); END;

CREATE TRIGGER manifest_version_begins BEFORE INSERT ON manifest_version
  WHEN NEW.state <> 'proposed' OR EXISTS (SELECT 1 FROM manifest_version WHERE number = NEW.number)
  BEGIN SELECT raise(ABORT, 'a version of the manifest begins as a proposal'); END;

CREATE TRIGGER manifest_version_goes_on BEFORE UPDATE ON manifest_version
  WHEN NOT ((OLD.state = 'proposed' AND NEW.state = 'withdrawn' AND NEW.approved_by IS OLD.approved_by AND NEW.active_from_ms IS NULL)
    OR (OLD.state = 'proposed' AND NEW.state = 'active' AND NOT EXISTS (SELECT 1 FROM manifest_version WHERE state = 'active'))
    OR (OLD.state = 'active' AND NEW.state = 'replaced' AND NEW.approved_by IS OLD.approved_by AND NEW.active_from_ms IS OLD.active_from_ms))
  BEGIN SELECT raise(ABORT, 'the state of a version only goes forward'); END;

CREATE TRIGGER manifest_version_keeps BEFORE UPDATE OF number, sha256, name, text, author, reason, proposed_at_ms
  ON manifest_version BEGIN SELECT raise(ABORT, 'a version of the manifest is never edited'); END;

CREATE TRIGGER manifest_version_keeps_delete BEFORE DELETE ON manifest_version
  BEGIN SELECT raise(ABORT, 'a version of the manifest is never deleted'); END;

CREATE TRIGGER piece_gets_loose AFTER DELETE ON stretch_piece
  WHEN NOT EXISTS (SELECT 1 FROM stretch_piece WHERE piece_id = OLD.piece_id)
  BEGIN INSERT INTO loose_piece VALUES (OLD.piece_id); END;

CREATE TRIGGER piece_is_loose AFTER INSERT ON piece BEGIN INSERT INTO loose_piece VALUES (NEW.id); END;

CREATE TRIGGER piece_is_used AFTER INSERT ON stretch_piece BEGIN DELETE FROM loose_piece WHERE id = NEW.piece_id; END;

CREATE TRIGGER reference_set_begins BEFORE INSERT ON reference_set
  WHEN NEW.state <> 'proposed' OR EXISTS (SELECT 1 FROM reference_set WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a reference set begins as a proposal'); END;

CREATE TRIGGER reference_set_goes_on BEFORE UPDATE ON reference_set
  WHEN NEW.id <> OLD.id OR NEW.proposed_at_ms <> OLD.proposed_at_ms
    OR NOT ((OLD.state = 'proposed' AND NEW.state = 'approved')
      OR (OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn' AND NEW.approved_by IS OLD.approved_by))
  BEGIN SELECT raise(ABORT, 'the state of a reference set only goes forward'); END;

CREATE TRIGGER reference_set_keeps BEFORE UPDATE OF name, scope, items, how, words, sha256, from_ms, to_ms, author, reason, replaces
  ON reference_set BEGIN SELECT raise(ABORT, 'a reference set is never edited'); END;

CREATE TRIGGER reference_set_keeps_delete BEFORE DELETE ON reference_set BEGIN SELECT raise(ABORT, 'a reference set is never deleted'); END;

CREATE TRIGGER stretch_gets_loose AFTER DELETE ON blob_stretch
  WHEN NOT EXISTS (SELECT 1 FROM blob_stretch WHERE stretch_id = OLD.stretch_id)
  BEGIN INSERT INTO loose_stretch VALUES (OLD.stretch_id); END;

CREATE TRIGGER stretch_is_loose AFTER INSERT ON stretch BEGIN INSERT INTO loose_stretch VALUES (NEW.id); END;

CREATE TRIGGER stretch_is_used AFTER INSERT ON blob_stretch BEGIN DELETE FROM loose_stretch WHERE id = NEW.stretch_id; END;

CREATE TABLE alert_place (
  name TEXT PRIMARY KEY NOT NULL,
  seq INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  sent_at_ms INTEGER,
  problems TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;

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

CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  bytes BLOB NOT NULL,
  size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_part (
  sha256 TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE blob_stretch (
  sha256 TEXT NOT NULL REFERENCES blob (sha256) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  stretch_id INTEGER NOT NULL REFERENCES stretch (id),
  PRIMARY KEY (sha256, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmation (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  rows BLOB NOT NULL
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
, cause TEXT NOT NULL DEFAULT '', what TEXT NOT NULL DEFAULT '', cause_since_ms INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','acknowledged','waived')), assigned TEXT, acknowledged_by TEXT, acknowledged_at_ms INTEGER, waived_by TEXT, waived_at_ms INTEGER, waived_until_ms INTEGER, waive_reason TEXT, severity_order INTEGER NOT NULL DEFAULT 2) STRICT;

CREATE TABLE finding_note (
  id INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES finding (id),
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (length(who) > 0),
  text TEXT NOT NULL CHECK (length(text) > 0)
) STRICT;

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
, policy_class TEXT, covered INTEGER NOT NULL DEFAULT 0, required INTEGER NOT NULL DEFAULT 0, max_age_ms INTEGER NOT NULL DEFAULT 900000, decided_by INTEGER NOT NULL DEFAULT 0, labels TEXT) STRICT, WITHOUT ROWID;

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

CREATE TABLE host_state (
  host_id TEXT PRIMARY KEY NOT NULL REFERENCES host (id),
  ak_name TEXT,
  ak_pinned_at_ms INTEGER,
  ek_sha256 TEXT,
  event_log_sha256 TEXT,
  ima_sha256 TEXT,
  runtime_reference_sha256 TEXT
, decisive TEXT, tag_serial TEXT, ek_certificate_sha256 TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE host_text (host_id TEXT PRIMARY KEY NOT NULL REFERENCES host (id), detail TEXT NOT NULL, standing TEXT) STRICT;

CREATE TABLE latest_quote (num INTEGER PRIMARY KEY REFERENCES pulse (num), sha256 TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;

CREATE TABLE ledger_anchor (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'witness', 'time-stamp')),
  target TEXT NOT NULL,
  size INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  note TEXT,
  token BLOB,
  problem TEXT
) STRICT;

CREATE TABLE ledger_checkpoint (size INTEGER PRIMARY KEY NOT NULL, at_ms INTEGER NOT NULL, note TEXT NOT NULL) STRICT;

CREATE TABLE ledger_entry (
  seq INTEGER PRIMARY KEY NOT NULL,
  bytes TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES ledger_subject (id)
) STRICT;

CREATE TABLE ledger_subject (id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE ledger_tile (level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, place)) STRICT;

CREATE TABLE loose_piece (id INTEGER PRIMARY KEY REFERENCES piece (id) ON DELETE CASCADE) STRICT;

CREATE TABLE loose_stretch (id INTEGER PRIMARY KEY REFERENCES stretch (id) ON DELETE CASCADE) STRICT;

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

CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE pulse (
  num INTEGER PRIMARY KEY,
  host_id TEXT NOT NULL UNIQUE REFERENCES host (id),
  span_id INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  confirmations INTEGER NOT NULL,
  steady TEXT NOT NULL DEFAULT '',
  quoted_at_ms INTEGER,
  quote_sha256 TEXT,
  quote_kept_at_ms INTEGER,
  clock TEXT
) STRICT;

CREATE TABLE quote (
  id INTEGER PRIMARY KEY,
  num INTEGER NOT NULL REFERENCES pulse (num),
  at_ms INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL
, base_id INTEGER REFERENCES quote (id)) STRICT;

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
, sha256 TEXT, controls TEXT, flagged TEXT) STRICT;

CREATE TABLE "saved_view" (
  list TEXT NOT NULL CHECK (list IN ('hosts', 'findings', 'map', 'references', 'record')),
  name TEXT NOT NULL CHECK (length(name) > 0),
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  descending INTEGER NOT NULL CHECK (descending IN (0, 1)),
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

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
, standing BLOB, manifest INTEGER, name TEXT, host_class TEXT, address TEXT, verified TEXT, disagreement INTEGER NOT NULL DEFAULT 0, chain TEXT, country TEXT, subdivision TEXT, site TEXT, assurance TEXT, policy_class TEXT, covered INTEGER NOT NULL DEFAULT 0, required INTEGER NOT NULL DEFAULT 0, max_age_ms INTEGER NOT NULL DEFAULT 900000, evidence_at_ms INTEGER, seen_at_ms INTEGER, decisive TEXT, quote_sha256 TEXT, event_log_sha256 TEXT, ima_sha256 TEXT, runtime_reference_sha256 TEXT, entry_seq INTEGER, ek_certificate_sha256 TEXT) STRICT;

CREATE TABLE stretch (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size INTEGER NOT NULL
) STRICT;

CREATE TABLE stretch_piece (
  stretch_id INTEGER NOT NULL REFERENCES stretch (id),
  place INTEGER NOT NULL,
  piece_id INTEGER NOT NULL REFERENCES piece (id),
  PRIMARY KEY (stretch_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE trend (
  at_ms INTEGER PRIMARY KEY,
  inventory INTEGER NOT NULL,
  trusted INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  stale INTEGER NOT NULL,
  inconclusive INTEGER NOT NULL
) STRICT;

CREATE INDEX assessment_by_item ON assessment (report_id, kind, item, run, id);

CREATE UNIQUE INDEX blob_part_by_blob ON blob_part (sha256, part);

CREATE INDEX blob_stretch_by_stretch ON blob_stretch (stretch_id);

CREATE INDEX confirmation_by_age ON confirmation (at_ms);

CREATE INDEX finding_by_cause ON finding (cause, opened_at_ms);

CREATE INDEX finding_by_host ON finding (host_id, opened_at_ms);

CREATE INDEX finding_by_kind ON finding (kind, opened_at_ms);

CREATE INDEX finding_by_person ON finding (assigned, opened_at_ms) WHERE assigned IS NOT NULL;

CREATE INDEX finding_clusters ON finding (resolved_at_ms, cause, cause_since_ms, state, waived_until_ms, severity_order, host_id);

CREATE INDEX finding_newest ON finding (opened_at_ms);

CREATE INDEX finding_note_by_finding ON finding_note (finding_id, id);

CREATE UNIQUE INDEX finding_open ON finding (subject, kind) WHERE resolved_at_ms IS NULL;

CREATE INDEX finding_unresolved ON finding (resolved_at_ms, opened_at_ms DESC, id DESC, state, waived_until_ms);

CREATE INDEX finding_unresolved_worst ON finding (resolved_at_ms, severity_order, opened_at_ms DESC, id DESC);

CREATE INDEX finding_waived ON finding (waived_until_ms) WHERE state = 'waived' AND resolved_at_ms IS NULL;

CREATE INDEX finding_worst ON finding (severity_order, opened_at_ms DESC, id DESC);

CREATE INDEX host_by_changed ON host (changed_at_ms, name);

CREATE INDEX host_by_class ON host (host_class, name);

CREATE INDEX host_by_country ON host (country, name);

CREATE INDEX host_by_endpoint ON host (endpoint, name);

CREATE INDEX host_by_evidence ON host (evidence_at_ms, verdict, max_age_ms);

CREATE INDEX host_by_link ON host (broken_order, name);

CREATE INDEX host_by_max_age ON host (max_age_ms);

CREATE INDEX host_by_name ON host (name);

CREATE INDEX host_by_reported ON host (reported, name);

CREATE INDEX host_by_search ON host (search);

CREATE INDEX host_by_severity ON host (severity, name);

CREATE INDEX host_demo ON host (demo) WHERE demo = 1;

CREATE INDEX host_location_by_host ON host_location (host_id, id);

CREATE INDEX host_location_by_time ON host_location (from_ms);

CREATE INDEX host_overview ON host (verdict, country, chain, broken_link, disagreement, reported, site, endpoint, host_class, policy_class, assurance,
  changed_at_ms, covered, required, severity, broken_order, name, labels);

CREATE INDEX host_state_by_ek ON host_state (ek_sha256);

CREATE INDEX host_state_by_ek_certificate ON host_state (ek_certificate_sha256) WHERE ek_certificate_sha256 IS NOT NULL;

CREATE INDEX host_state_by_event_log ON host_state (event_log_sha256);

CREATE INDEX host_state_by_ima ON host_state (ima_sha256);

CREATE INDEX host_state_by_reference ON host_state (runtime_reference_sha256);

CREATE INDEX host_state_by_tag ON host_state (tag_serial) WHERE tag_serial IS NOT NULL;

CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind);

CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject_id);

CREATE UNIQUE INDEX manifest_active ON manifest_version (state) WHERE state = 'active';

CREATE INDEX pulse_by_span ON pulse (span_id);

CREATE INDEX quote_alone ON quote (num, id) WHERE base_id IS NULL;

CREATE INDEX quote_by_age ON quote (at_ms);

CREATE INDEX quote_by_base ON quote (base_id) WHERE base_id IS NOT NULL;

CREATE INDEX quote_by_content ON quote (sha256);

CREATE INDEX span_by_ek_certificate ON span (ek_certificate_sha256) WHERE ek_certificate_sha256 IS NOT NULL;

CREATE INDEX span_by_entry ON span (entry_seq);

CREATE INDEX span_by_event_log ON span (event_log_sha256) WHERE event_log_sha256 IS NOT NULL;

CREATE INDEX span_by_host ON span (host_id, id);

CREATE INDEX span_by_ima ON span (ima_sha256) WHERE ima_sha256 IS NOT NULL;

CREATE INDEX span_by_quote ON span (quote_sha256) WHERE quote_sha256 IS NOT NULL;

CREATE INDEX span_by_reference ON span (runtime_reference_sha256) WHERE runtime_reference_sha256 IS NOT NULL;

CREATE INDEX stretch_piece_by_piece ON stretch_piece (piece_id);
