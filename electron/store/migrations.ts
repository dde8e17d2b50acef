import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { BY_ITSELF, createLedgerWriter } from './ledger-writer.ts';
import { labelText, searchText } from './search-text.ts';

/** One step of the schema. Steps are only ever added; a shipped one is never edited. Versions go in tens so that a fix fits between. */
export type Migration = { readonly version: number; readonly sql: string; readonly after?: (db: Database) => void };

const searchedSchema = z.object({ id: z.string(), search: z.string(), labels: z.string().nullable() });
const labelsSchema = z.record(z.string(), z.string());
const journalSchema = z.object({ atMs: z.number(), who: z.string(), kind: z.string(), subject: z.string(), detail: z.string() });

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
    // What a confirmation changes, in a narrow row of its own, and the long texts of a host apart from what is looked up; what a host was
    // shown as, per span; quotes and confirmations kept.
    version: 60,
    sql: `
ALTER TABLE span ADD COLUMN name TEXT;
ALTER TABLE span ADD COLUMN host_class TEXT;
ALTER TABLE span ADD COLUMN address TEXT;
ALTER TABLE span ADD COLUMN verified TEXT;
ALTER TABLE span ADD COLUMN disagreement INTEGER NOT NULL DEFAULT 0;
ALTER TABLE span ADD COLUMN chain TEXT;
ALTER TABLE span ADD COLUMN country TEXT;
ALTER TABLE span ADD COLUMN subdivision TEXT;
ALTER TABLE span ADD COLUMN site TEXT;
ALTER TABLE span ADD COLUMN assurance TEXT;
ALTER TABLE span ADD COLUMN policy_class TEXT;
ALTER TABLE span ADD COLUMN covered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE span ADD COLUMN required INTEGER NOT NULL DEFAULT 0;
ALTER TABLE span ADD COLUMN max_age_ms INTEGER NOT NULL DEFAULT 900000;
ALTER TABLE span ADD COLUMN evidence_at_ms INTEGER;
ALTER TABLE span ADD COLUMN seen_at_ms INTEGER;
ALTER TABLE span ADD COLUMN decisive TEXT;
ALTER TABLE span ADD COLUMN quote_sha256 TEXT;
ALTER TABLE span ADD COLUMN event_log_sha256 TEXT;
ALTER TABLE span ADD COLUMN ima_sha256 TEXT;
ALTER TABLE span ADD COLUMN runtime_reference_sha256 TEXT;
CREATE INDEX span_by_event_log ON span (event_log_sha256) WHERE event_log_sha256 IS NOT NULL;
CREATE INDEX span_by_ima ON span (ima_sha256) WHERE ima_sha256 IS NOT NULL;
CREATE INDEX span_by_reference ON span (runtime_reference_sha256) WHERE runtime_reference_sha256 IS NOT NULL;
CREATE INDEX span_newest ON span (from_ms);

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
INSERT INTO pulse (host_id, span_id, to_ms, confirmations, clock)
  SELECT s.host_id, s.id, s.to_ms, s.confirmations, t.clock FROM span s JOIN host_state t ON t.host_id = s.host_id
  WHERE s.id = (SELECT max(id) FROM span WHERE host_id = s.host_id);

CREATE TABLE host_text (host_id TEXT PRIMARY KEY NOT NULL REFERENCES host (id), detail TEXT NOT NULL, standing TEXT) STRICT;
INSERT INTO host_text (host_id, detail, standing) SELECT host_id, detail, standing FROM host_state;
ALTER TABLE host_state DROP COLUMN detail;
ALTER TABLE host_state DROP COLUMN standing;
ALTER TABLE host_state DROP COLUMN clock;

CREATE TABLE quote (
  id INTEGER PRIMARY KEY,
  num INTEGER NOT NULL REFERENCES pulse (num),
  at_ms INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX quote_by_host ON quote (num, at_ms);
CREATE INDEX quote_by_content ON quote (sha256);
CREATE INDEX quote_by_age ON quote (at_ms);
CREATE TABLE latest_quote (num INTEGER PRIMARY KEY REFERENCES pulse (num), sha256 TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;

CREATE TABLE confirmation (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  rows BLOB NOT NULL
) STRICT;
CREATE INDEX confirmation_by_age ON confirmation (at_ms);
`,
  },
  {
    // The ledger. What screens look for in an entry is read from its bytes, so that no column can say another thing than what is signed.
    version: 70,
    sql: `
CREATE TABLE ledger_entry (
  seq INTEGER PRIMARY KEY NOT NULL,
  bytes TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  at TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.at')) VIRTUAL,
  kind TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.kind')) VIRTUAL,
  subject TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.subject')) VIRTUAL
) STRICT;
CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, seq);
CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject, seq);
CREATE TRIGGER ledger_entry_next BEFORE INSERT ON ledger_entry
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)
  BEGIN SELECT raise(ABORT, 'the ledger is only ever added to, at its end'); END;
CREATE TRIGGER ledger_entry_keeps_update BEFORE UPDATE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER ledger_entry_keeps_delete BEFORE DELETE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;

CREATE TABLE ledger_checkpoint (size INTEGER PRIMARY KEY NOT NULL, at_ms INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TRIGGER ledger_checkpoint_next BEFORE INSERT ON ledger_checkpoint
  WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)
  BEGIN SELECT raise(ABORT, 'a checkpoint covers more than the one before'); END;
CREATE TRIGGER ledger_checkpoint_keeps_update BEFORE UPDATE ON ledger_checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint is never edited'); END;
CREATE TRIGGER ledger_checkpoint_keeps_delete BEFORE DELETE ON ledger_checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint is never deleted'); END;

ALTER TABLE span ADD COLUMN entry_seq INTEGER;
CREATE INDEX span_by_entry ON span (entry_seq);

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

CREATE INDEX span_by_quote ON span (quote_sha256) WHERE quote_sha256 IS NOT NULL;
CREATE INDEX pulse_by_span ON pulse (span_id);
CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_tile (level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, place)) STRICT;
`,
    // Steps that were taken before there was a ledger go into it as they were kept; what they say was not signed at the time.
    after: (db) => {
      const ledger = createLedgerWriter(db);
      for (const raw of db.prepare('SELECT at_ms AS atMs, who, kind, subject, detail FROM journal ORDER BY id').all()) {
        const { atMs, who, kind, subject, detail } = journalSchema.parse(raw);
        const body = { detail, keptAt: new Date(atMs).toISOString(), before: 'the ledger' };
        ledger.append({
          who: who === BY_ITSELF.name ? BY_ITSELF : { kind: 'os-user', name: who },
          kind: kind.replace('-', '.'),
          subject,
          body,
        });
      }
      db.exec('DROP TABLE journal');
    },
  },
  {
    // What lists of hosts are sorted by, filtered by (most of it stands in `host_overview`, a third as wide as the table) and counted from.
    // Confirmations change no column of these indexes but those of `host_by_evidence`.
    version: 80,
    sql: `
ALTER TABLE host ADD COLUMN labels TEXT;
UPDATE host SET labels = (SELECT nullif(json_extract(standing, '$.now.facts.host.labels'), '{}') FROM host_text WHERE host_id = host.id AND json_valid(standing));
DROP INDEX host_by_changed;
DROP INDEX host_by_evidence;
CREATE INDEX host_by_changed ON host (changed_at_ms, name);
CREATE INDEX host_by_evidence ON host (evidence_at_ms, verdict, max_age_ms);
CREATE INDEX host_by_class ON host (host_class, name);
CREATE INDEX host_by_reported ON host (reported, name);
CREATE INDEX host_by_link ON host (broken_order, name);
CREATE INDEX host_by_endpoint ON host (endpoint, name);
CREATE INDEX host_by_max_age ON host (max_age_ms);
CREATE INDEX host_by_search ON host (search);
CREATE INDEX host_overview ON host (verdict, country, chain, broken_link, disagreement, reported, site, endpoint, host_class, policy_class, assurance,
  changed_at_ms, covered, required, severity, broken_order, name, labels);
CREATE INDEX host_demo ON host (demo) WHERE demo = 1;

CREATE TABLE saved_view (
  list TEXT NOT NULL CHECK (list IN ('hosts')),
  name TEXT NOT NULL CHECK (length(name) > 0),
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  descending INTEGER NOT NULL CHECK (descending IN (0, 1)),
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;
`,
    // Texts are looked for in the form in which they are compared.
    after: (db) => {
      const write = db.prepare('UPDATE host SET search = @search, labels = @labels WHERE id = @id');
      for (const raw of db.prepare('SELECT id, search, labels FROM host').all()) {
        const { id, search, labels } = searchedSchema.parse(raw);
        const members = labels === null ? {} : labelsSchema.catch({}).parse(JSON.parse(labels));
        write.run({ id, search: searchText([search]), labels: labelText(members) });
      }
    },
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** Brings the database to SCHEMA_VERSION in one transaction. The caller has made sure that it is not from a newer version. */
export const migrate = (db: Database, from: number): void => {
  db.transaction(() => {
    for (const step of MIGRATIONS) {
      if (step.version <= from) continue;
      db.exec(step.sql);
      step.after?.(db);
      db.pragma(`user_version = ${step.version}`);
    }
  })();
};
