import type { Db } from '../db.ts';

/** Puts the ledger of a database back to how version 100 kept it: kind and subject only in the bytes, read from there for each index. */
export const ledgerBeforeFiling = (db: Db): void => {
  db.exec(`
    PRAGMA foreign_keys = OFF;
    ALTER TABLE ledger_entry RENAME TO ledger_entry_now;
    CREATE TABLE ledger_entry (
      seq INTEGER PRIMARY KEY NOT NULL,
      bytes TEXT NOT NULL,
      leaf BLOB NOT NULL CHECK (length(leaf) = 32),
      at TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.at')) VIRTUAL,
      kind TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.kind')) VIRTUAL,
      subject TEXT GENERATED ALWAYS AS (json_extract(bytes, '$.subject')) VIRTUAL
    ) STRICT;
    INSERT INTO ledger_entry (seq, bytes, leaf) SELECT seq, bytes, leaf FROM ledger_entry_now ORDER BY seq;
    DROP TABLE ledger_entry_now;
    DROP TABLE ledger_subject;
    CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, seq);
    CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject, seq);
    CREATE TRIGGER ledger_entry_next BEFORE INSERT ON ledger_entry
      WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)
      BEGIN SELECT raise(ABORT, 'the ledger is only ever added to, at its end'); END;
    CREATE TRIGGER ledger_entry_keeps_update BEFORE UPDATE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
    CREATE TRIGGER ledger_entry_keeps_delete BEFORE DELETE ON ledger_entry BEGIN SELECT raise(ABORT, 'the ledger is only ever added to'); END;
    PRAGMA user_version = 100;
  `);
};
