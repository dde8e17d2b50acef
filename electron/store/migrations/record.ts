import { z } from 'zod';
import { BY_ITSELF, createLedgerWriter } from '../ledger-writer.ts';
import type { Migration } from './migration.ts';

const journalSchema = z.object({ atMs: z.number(), who: z.string(), kind: z.string(), subject: z.string(), detail: z.string() });

/** What confirmations change, and the ledger. */
export const RECORD: readonly Migration[] = [
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
      // As entries were kept then: what they are found by was read from their bytes.
      const insert = db.prepare('INSERT INTO ledger_entry (seq, bytes, leaf) VALUES (?, ?, ?)');
      const ledger = createLedgerWriter(db, ({ seq, text, leaf }) => void insert.run(seq, text, leaf));
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
];
