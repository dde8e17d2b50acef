import type { Migration } from './migration.ts';

/** What the bytes of an entry say under a key; an empty text where they are no JSON or do not say it. */
const said = (key: 'kind' | 'subject'): string =>
  `CASE WHEN json_valid(bytes) THEN coalesce(json_extract(bytes, '$.${key}'), '') ELSE '' END`;

/** What an entry of the ledger is found by. */
export const FILING: readonly Migration[] = [
  {
    // Kind and subject beside the bytes instead of read from them for each index, and a number for each subject: appending was slowed down by
    // both more and more. No generated column is left, as a trigger before an insert computes them all. The re-check holds both against the bytes. Rows are taken over as they are, also those that somebody tampered with; what
    // bytes do not say becomes an empty text, and the re-check names the entry for its bytes.
    version: 110,
    sql: `
CREATE TABLE ledger_subject (id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO ledger_subject (subject)
  SELECT subject FROM (SELECT seq, ${said('subject')} AS subject FROM ledger_entry) GROUP BY subject ORDER BY min(seq);
DROP INDEX IF EXISTS ledger_entry_by_kind;
DROP INDEX IF EXISTS ledger_entry_by_subject;
ALTER TABLE ledger_entry RENAME TO ledger_entry_before;
CREATE TABLE ledger_entry (
  seq INTEGER PRIMARY KEY NOT NULL,
  bytes TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES ledger_subject (id)
) STRICT;
INSERT INTO ledger_entry (seq, bytes, leaf, kind, subject_id)
  SELECT e.seq, e.bytes, e.leaf, ${said('kind')}, s.id
  FROM ledger_entry_before e CROSS JOIN ledger_subject s ON s.subject = ${said('subject')} ORDER BY e.seq;
DROP TABLE ledger_entry_before;
CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind);
CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject_id);
CREATE TRIGGER ledger_entry_next BEFORE INSERT ON ledger_entry
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)
  BEGIN SELECT raise(ABORT, 'the ledger is only ever added to, at its end'); END;
CREATE TRIGGER ledger_entry_keeps_update BEFORE UPDATE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER ledger_entry_keeps_delete BEFORE DELETE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER ledger_subject_next BEFORE INSERT ON ledger_subject
  WHEN EXISTS (SELECT 1 FROM ledger_subject WHERE id = NEW.id OR subject = NEW.subject)
  BEGIN SELECT raise(ABORT, 'a subject of the ledger is never replaced'); END;
CREATE TRIGGER ledger_subject_keeps_update BEFORE UPDATE ON ledger_subject BEGIN SELECT raise(ABORT, 'a subject of the ledger is never edited'); END;
CREATE TRIGGER ledger_subject_keeps_delete BEFORE DELETE ON ledger_subject BEGIN SELECT raise(ABORT, 'a subject of the ledger is never deleted'); END;
`,
  },
];
