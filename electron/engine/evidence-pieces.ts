import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { KeptPieces, Piece, Stretch } from '../store/records.ts';

/**
 * Where a list is cut follows from its bytes alone: after one at which a rolling hash of the last 32 bytes has its upper bits clear (Gear hash,
 * as in FastCDC). So a list that has grown is cut as before up to its last piece, and what two lists have in common is cut alike once both
 * have come to a first common end of a piece. Lines do not matter, so that binary lists are cut by the same rule.
 */
export const MIN_PIECE_BYTES = 8 * 1024;
export const MAX_PIECE_BYTES = 128 * 1024;
const CLEAR_BITS = 15;
/** Pieces of a stretch: at least, so that no list can be made to consist of very many; about on average; at most. */
const MIN_STRETCH_PIECES = 8;
const STRETCH_PIECES = 64;
const MAX_STRETCH_PIECES = 256;

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** A number for each value of a byte. Other numbers would cut elsewhere, so that nothing would be shared with what is kept already. */
const GEAR = Uint32Array.from({ length: 256 }, (_, value) => sha256(Buffer.from(`plumbline piece ${value}`)).readUInt32BE());

const endOf = (bytes: Uint8Array, start: number): number => {
  const last = Math.min(start + MAX_PIECE_BYTES, bytes.length);
  let hash = 0;
  for (let at = start + MIN_PIECE_BYTES; at < last; at += 1) {
    hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
    if (hash >>> (32 - CLEAR_BITS) === 0) return at + 1;
  }
  return last;
};

/** The bytes in pieces. */
export function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = endOf(bytes, start);
    yield bytes.subarray(start, end);
    start = end;
  }
}

const named = (bytes: Uint8Array): { sha256: string; digest: Buffer; bytes: Uint8Array } => {
  const digest = sha256(bytes);
  return { sha256: digest.toString('hex'), digest, bytes };
};
type Named = ReturnType<typeof named>;

const isEnd = ({ digest }: Named, length: number): boolean =>
  length >= MAX_STRETCH_PIECES || (length >= MIN_STRETCH_PIECES && (digest[0] ?? 0) % STRETCH_PIECES === 0);

/** Stretches end, as pieces do, where content says so: after a piece whose digest begins with bits that are clear. */
function* stretchesOf(bytes: Uint8Array): Generator<readonly Named[]> {
  let stretch: Named[] = [];
  for (const piece of cut(bytes)) {
    const next = named(piece);
    stretch.push(next);
    if (!isEnd(next, stretch.length)) continue;
    yield stretch;
    stretch = [];
  }
  if (stretch.length > 0) yield stretch;
}

/** Cuts and packs a list, but for what is kept already. */
export const toStretches = (bytes: Uint8Array, kept: KeptPieces): Stretch[] => {
  const [keptStretches, keptPieces] = [new Set(kept.stretches), new Set(kept.pieces)];
  // A copy of its own, so that it can change threads without one.
  const pack = ({ sha256: name, bytes: content }: Named): Piece => ({
    sha256: name,
    size: content.length,
    packed: keptPieces.has(name) ? null : new Uint8Array(deflateRawSync(content, { level: 1 })),
  });
  return Array.from(stretchesOf(bytes), (pieces) => {
    const name = sha256(Buffer.concat(pieces.map(({ digest }) => digest))).toString('hex');
    const size = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    return { sha256: name, size, pieces: keptStretches.has(name) ? null : pieces.map(pack) };
  });
};
