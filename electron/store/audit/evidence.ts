import { createHash, type Hash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Db } from '../db.ts';

const MAX_BYTES = 512 * 1024 * 1024;
const MAX_QUOTE_BYTES = 16 * 1024 * 1024;
const rowSchema = z.object({ bytes: z.instanceof(Uint8Array) }).optional();
/** `base` is null also where what the quote was packed with is not there. */
const quoteSchema = z.object({ bytes: z.instanceof(Uint8Array), baseId: z.number().nullable(), base: z.instanceof(Uint8Array).nullable() });
const partsSchema = z.array(z.object({ bytes: z.instanceof(Uint8Array) }));
/** `bytes` is null where the list has a piece that is not there. */
const pieceSchema = z.object({ bytes: z.instanceof(Uint8Array).nullable() });

export type EvidenceState = 'present' | 'missing' | 'mismatch';

/** Pieces of lists, in their order; null for a database of a version that had none. */
const pieceReader = (db: Db): ((sha256: string) => Iterable<unknown>) | null => {
  const has = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('piece', 'stretch_piece', 'blob_stretch')");
  if (z.object({ n: z.number() }).parse(has.get()).n < 3) return null;
  const pieces = db.prepare(`
    SELECT p.bytes FROM blob_stretch b LEFT JOIN stretch_piece s ON s.stretch_id = b.stretch_id LEFT JOIN piece p ON p.id = s.piece_id
    WHERE b.sha256 = ? ORDER BY b.place, s.place`);
  return (sha256) => pieces.iterate(sha256);
};

/** Texts of quotes, by digest; null where none is kept. A quote of a version that packed none with another is read as well. */
const quoteReader = (db: Db): ((sha256: string) => Buffer | null) => {
  const has = db.prepare("SELECT count(*) AS n FROM pragma_table_info('quote') WHERE name = 'base_id'");
  const kept =
    z.object({ n: z.number() }).parse(has.get()).n === 0
      ? 'SELECT bytes, NULL AS baseId, NULL AS base FROM quote WHERE sha256 = @sha256'
      : 'SELECT q.bytes, q.base_id AS baseId, b.bytes AS base FROM quote q LEFT JOIN quote b ON b.id = q.base_id WHERE q.sha256 = @sha256';
  const find = db.prepare(`${kept} UNION ALL SELECT bytes, NULL, NULL FROM latest_quote WHERE sha256 = @sha256 LIMIT 1`);
  const limits = { maxOutputLength: MAX_QUOTE_BYTES };
  return (sha256) => {
    const row = find.get({ sha256 });
    if (row === undefined) return null;
    const { bytes, baseId, base } = quoteSchema.parse(row);
    if (baseId === null) return inflateRawSync(bytes, limits);
    if (base === null) throw new Error('the quote that it was packed with is not there');
    return inflateRawSync(bytes, { ...limits, dictionary: inflateRawSync(base, limits) });
  };
};

/**
 * Whether the evidence of a digest is kept, and is what the digest says. Reads and unpacks it; each digest once. Evidence of which a piece is
 * gone or another is none that is missing: it was not deleted, it was changed.
 */
export const auditEvidence = (db: Db): ((sha256: string) => EvidenceState) => {
  const blob = db.prepare('SELECT bytes FROM blob WHERE sha256 = ?');
  const parts = db.prepare('SELECT bytes FROM blob_part WHERE sha256 = ? ORDER BY part');
  const quoteText = quoteReader(db);
  const piecesOf = pieceReader(db);
  const known = new Map<string, EvidenceState>();
  /** Adds the pieces to the hash; false where the evidence consists of none. */
  const hashPieces = (sha256: string, hash: Hash): boolean => {
    let left = MAX_BYTES;
    for (const raw of piecesOf?.(sha256) ?? []) {
      const { bytes } = pieceSchema.parse(raw);
      if (bytes === null) throw new Error('a piece is not there');
      const content = inflateRawSync(bytes, { maxOutputLength: Math.max(left, 1) });
      hash.update(content);
      left -= content.length;
    }
    return left < MAX_BYTES;
  };
  const digestOf = (sha256: string): string | null => {
    const hash = createHash('sha256');
    const kept = rowSchema.parse(blob.get(sha256));
    if (kept === undefined) {
      const text = quoteText(sha256);
      return text === null ? null : hash.update(text).digest('hex');
    }
    if (kept.bytes.length === 0 && hashPieces(sha256, hash)) return hash.digest('hex');
    const packed = kept.bytes.length > 0 ? kept.bytes : Buffer.concat(partsSchema.parse(parts.all(sha256)).map((row) => row.bytes));
    return hash.update(gunzipSync(packed, { maxOutputLength: MAX_BYTES })).digest('hex');
  };
  const look = (sha256: string): EvidenceState => {
    try {
      const digest = digestOf(sha256);
      if (digest === null) return 'missing';
      return digest === sha256 ? 'present' : 'mismatch';
    } catch {
      // What cannot be unpacked any more is not what was kept.
      return 'mismatch';
    }
  };
  return (sha256) => {
    const before = known.get(sha256);
    if (before !== undefined) return before;
    const found = look(sha256);
    known.set(sha256, found);
    return found;
  };
};
