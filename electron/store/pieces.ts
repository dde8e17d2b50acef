import { z } from 'zod';
import type { Db } from './db.ts';
import type { KeptPieces, Piece, PiecedBlob, Stretch } from './records.ts';

/** Pieces that are deleted at a time. */
const DROPPED_AT_ONCE = 8;

const idSchema = z.object({ id: z.number() }).optional();
const sizedSchema = z.object({ id: z.number(), size: z.number() }).optional();
const digestsSchema = z.array(z.object({ sha256: z.instanceof(Uint8Array) }));
const lastSchema = z.object({ id: z.number().nullable() });

/** Lists in pieces that they share. Each step of an iteration is one short transaction. */
export type PieceStore = {
  /** Writes what is new of a list, before the list itself: until then nothing refers to it. */
  readonly put: (blob: PiecedBlob, stepBytes: number) => Iterable<void>;
  /** Makes a list that is a blob already consist of its stretches; throws where not all of them are there. */
  readonly join: (blob: PiecedBlob) => void;
  /** Deletes what no list consists of any more, or never came to; stops where `isNeeded` says that something is on its way. */
  readonly sweep: (isNeeded: () => boolean) => Iterable<void>;
};

const raw = (sha256: string): Buffer => Buffer.from(sha256, 'hex');
const notThere = ({ kind }: PiecedBlob): Error => new Error(`the pieces of the ${kind} are not all there`);

export const createPieceStore = (db: Db): PieceStore => {
  const sql = {
    piece: db.prepare('SELECT id, size FROM piece WHERE sha256 = ?'),
    addPiece: db.prepare('INSERT INTO piece (sha256, size, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    stretch: db.prepare('SELECT id, size FROM stretch WHERE sha256 = ?'),
    addStretch: db.prepare('INSERT INTO stretch (sha256, size) VALUES (?, ?)'),
    addToStretch: db.prepare('INSERT INTO stretch_piece (stretch_id, place, piece_id) VALUES (?, ?, ?)'),
    addToList: db.prepare('INSERT INTO blob_stretch (sha256, place, stretch_id) VALUES (?, ?, ?)'),
    looseStretch: db.prepare('SELECT id FROM loose_stretch LIMIT 1'),
    emptyStretch: db.prepare('DELETE FROM stretch_piece WHERE stretch_id = ?'),
    dropStretch: db.prepare('DELETE FROM stretch WHERE id = ?'),
    dropPieces: db.prepare(`DELETE FROM piece WHERE id IN (SELECT id FROM loose_piece LIMIT ${DROPPED_AT_ONCE})`),
  };
  const addPieces = db.transaction((pieces: readonly Piece[]): void => {
    for (const { sha256, size, packed } of pieces) if (packed !== null) sql.addPiece.run(raw(sha256), size, packed);
  });
  const addStretch = db.transaction((blob: PiecedBlob, { sha256, size }: Stretch, pieces: readonly Piece[]): void => {
    const { lastInsertRowid } = sql.addStretch.run(raw(sha256), size);
    let there = 0;
    pieces.forEach((piece, place) => {
      const found = sizedSchema.parse(sql.piece.get(raw(piece.sha256)));
      if (found === undefined) throw notThere(blob);
      sql.addToStretch.run(lastInsertRowid, place, found.id);
      there += found.size;
    });
    if (there !== size) throw notThere(blob);
  });
  const dropStretch = db.transaction((id: number): void => {
    sql.emptyStretch.run(id);
    sql.dropStretch.run(id);
  });
  return {
    *put(blob, stepBytes) {
      for (const stretch of blob.stretches) {
        if (stretch.pieces === null || sql.stretch.get(raw(stretch.sha256)) !== undefined) continue;
        let step: Piece[] = [];
        let bytes = 0;
        for (const piece of stretch.pieces) {
          if (piece.packed === null) continue;
          step.push(piece);
          bytes += piece.packed.length;
          if (bytes < stepBytes) continue;
          addPieces(step);
          yield;
          [step, bytes] = [[], 0];
        }
        addPieces(step);
        yield;
        // What had the same stretch may have come in the meantime.
        if (sql.stretch.get(raw(stretch.sha256)) === undefined) addStretch(blob, stretch, stretch.pieces);
        yield;
      }
    },
    join: (blob) => {
      let size = 0;
      blob.stretches.forEach((stretch, place) => {
        const found = sizedSchema.parse(sql.stretch.get(raw(stretch.sha256)));
        if (found === undefined) throw notThere(blob);
        sql.addToList.run(blob.sha256, place, found.id);
        size += found.size;
      });
      if (size !== blob.size) throw notThere(blob);
    },
    *sweep(isNeeded) {
      for (let loose = idSchema.parse(sql.looseStretch.get()); loose !== undefined; loose = idSchema.parse(sql.looseStretch.get())) {
        if (isNeeded()) return;
        dropStretch(loose.id);
        yield;
      }
      while (!isNeeded() && sql.dropPieces.run().changes > 0) yield;
    },
  };
};

const hex = (rows: unknown): string[] => digestsSchema.parse(rows).map(({ sha256 }) => Buffer.from(sha256).toString('hex'));

/** What is kept already of a list, by its digest. */
export const createKeptPieces = (db: Db): ((sha256: string | null) => KeptPieces) => {
  const stretches = db.prepare(
    'SELECT s.sha256 FROM blob_stretch b JOIN stretch s ON s.id = b.stretch_id WHERE b.sha256 = ? ORDER BY b.place',
  );
  const last = db.prepare('SELECT (SELECT stretch_id FROM blob_stretch WHERE sha256 = ? ORDER BY place DESC LIMIT 1) AS id');
  const pieces = db.prepare(
    'SELECT p.sha256 FROM stretch_piece s JOIN piece p ON p.id = s.piece_id WHERE s.stretch_id = ? ORDER BY s.place',
  );
  return (sha256) => ({
    stretches: sha256 === null ? [] : hex(stretches.all(sha256)),
    pieces: sha256 === null ? [] : hex(pieces.all(lastSchema.parse(last.get(sha256)).id)),
  });
};
