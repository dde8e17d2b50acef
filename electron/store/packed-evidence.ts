import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Db } from './db.ts';

/** Evidence larger than this when unpacked is not unpacked at all. */
export const MAX_EVIDENCE_BYTES = 512 * 1024 * 1024;

/** As it is kept: whole (gzip), or in pieces (raw deflate each). */
export type Packed =
  | { readonly form: 'gzip'; readonly bytes: Uint8Array }
  | { readonly form: 'pieces'; readonly size: number; readonly pieces: readonly Uint8Array[] };

/** Evidence that is kept; `packed` reads it. */
export type PackedEvidence = { readonly sha256: string; readonly packed: () => Packed };

/** What is kept under a digest is not what the digest says. */
export class EvidenceDamaged extends Error {
  readonly code = 'EVIDENCE_DAMAGED';
  constructor(sha256: string) {
    super(
      `The evidence ${sha256.slice(0, 12)}… that is kept is not what was recorded. Stop Plumbline and restore a backup: plumbline data restore FILE --data DIR.`,
    );
  }
}

const blobSchema = z.object({ bytes: z.instanceof(Uint8Array), size: z.number().int().nonnegative() });
const bytesSchema = z.array(z.object({ bytes: z.instanceof(Uint8Array) }));

const bytesOf = (rows: unknown): Uint8Array[] => bytesSchema.parse(rows).map((row) => row.bytes);

/** Reads what is kept under a digest at one moment: what happens to it between two pieces is no concern of the reader. */
export const createPackedReader = (db: Db): ((sha256: string) => Packed) => {
  const blob = db.prepare('SELECT bytes, size FROM blob WHERE sha256 = ?');
  const pieces = db.prepare(`
    SELECT p.bytes FROM blob_stretch b JOIN stretch_piece s ON s.stretch_id = b.stretch_id JOIN piece p ON p.id = s.piece_id
    WHERE b.sha256 = ? ORDER BY b.place, s.place`);
  const parts = db.prepare('SELECT bytes FROM blob_part WHERE sha256 = ? ORDER BY part');
  return (sha256) => {
    const { bytes, size } = blobSchema.parse(blob.get(sha256));
    if (bytes.length > 0) return { form: 'gzip', bytes };
    const found = bytesOf(pieces.all(sha256));
    return found.length > 0 ? { form: 'pieces', size, pieces: found } : { form: 'gzip', bytes: Buffer.concat(bytesOf(parts.all(sha256))) };
  };
};

/** Unpacks pieces one by one. Throws `EvidenceDamaged` where together they are not what the digest says. */
export function* joinPieces(sha256: string, { size, pieces }: Extract<Packed, { form: 'pieces' }>): Generator<void, Uint8Array> {
  if (size > MAX_EVIDENCE_BYTES) throw new EvidenceDamaged(sha256);
  const hash = createHash('sha256');
  const content = Buffer.alloc(size);
  let at = 0;
  for (const packed of pieces) {
    try {
      const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(size - at, 1) });
      hash.update(bytes);
      content.set(bytes, at);
      at += bytes.length;
    } catch {
      throw new EvidenceDamaged(sha256);
    }
    yield;
  }
  if (at !== size || hash.digest('hex') !== sha256) throw new EvidenceDamaged(sha256);
  return content;
}

/** The content at once, for who has the time. */
export const unpackNow = (sha256: string, packed: Packed): Uint8Array => {
  if (packed.form === 'gzip') {
    try {
      return gunzipSync(packed.bytes, { maxOutputLength: MAX_EVIDENCE_BYTES });
    } catch {
      throw new EvidenceDamaged(sha256);
    }
  }
  const steps = joinPieces(sha256, packed);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
};
