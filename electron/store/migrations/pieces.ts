import type { Migration } from './migration.ts';

/** Evidence that grows, in pieces that its versions share. */
export const PIECES: readonly Migration[] = [
  {
    // A list is a sequence of stretches, a stretch one of pieces; both are named by content, and kept as long as something refers to them, which
    // foreign keys see to. What nothing refers to stands in `loose_…` from the moment that is so, also across a crash. Evidence that was kept
    // whole stays as it is.
    version: 90,
    sql: `
CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
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
CREATE INDEX stretch_piece_by_piece ON stretch_piece (piece_id);
CREATE TABLE blob_stretch (
  sha256 TEXT NOT NULL REFERENCES blob (sha256) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  stretch_id INTEGER NOT NULL REFERENCES stretch (id),
  PRIMARY KEY (sha256, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_stretch_by_stretch ON blob_stretch (stretch_id);

CREATE TABLE loose_piece (id INTEGER PRIMARY KEY REFERENCES piece (id) ON DELETE CASCADE) STRICT;
CREATE TABLE loose_stretch (id INTEGER PRIMARY KEY REFERENCES stretch (id) ON DELETE CASCADE) STRICT;
CREATE TRIGGER piece_is_loose AFTER INSERT ON piece BEGIN INSERT INTO loose_piece VALUES (NEW.id); END;
CREATE TRIGGER piece_is_used AFTER INSERT ON stretch_piece BEGIN DELETE FROM loose_piece WHERE id = NEW.piece_id; END;
CREATE TRIGGER piece_gets_loose AFTER DELETE ON stretch_piece
  WHEN NOT EXISTS (SELECT 1 FROM stretch_piece WHERE piece_id = OLD.piece_id)
  BEGIN INSERT INTO loose_piece VALUES (OLD.piece_id); END;
CREATE TRIGGER stretch_is_loose AFTER INSERT ON stretch BEGIN INSERT INTO loose_stretch VALUES (NEW.id); END;
CREATE TRIGGER stretch_is_used AFTER INSERT ON blob_stretch BEGIN DELETE FROM loose_stretch WHERE id = NEW.stretch_id; END;
CREATE TRIGGER stretch_gets_loose AFTER DELETE ON blob_stretch
  WHEN NOT EXISTS (SELECT 1 FROM blob_stretch WHERE stretch_id = OLD.stretch_id)
  BEGIN INSERT INTO loose_stretch VALUES (OLD.stretch_id); END;
`,
  },
  {
    // No question was ever answered by it.
    version: 100,
    sql: 'DROP INDEX span_newest;',
  },
];
