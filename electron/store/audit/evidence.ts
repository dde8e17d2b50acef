import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Db } from '../db.ts';

const MAX_BYTES = 512 * 1024 * 1024;
const MAX_QUOTE_BYTES = 16 * 1024 * 1024;
const rowSchema = z.object({ bytes: z.instanceof(Uint8Array) }).optional();
const partsSchema = z.array(z.object({ bytes: z.instanceof(Uint8Array) }));

/** Whether the evidence of a digest is kept, and is what the digest says. Reads and unpacks it; each digest once. */
export const auditEvidence = (db: Db): ((sha256: string) => 'present' | 'missing' | 'mismatch') => {
  const blob = db.prepare('SELECT bytes FROM blob WHERE sha256 = ?');
  const parts = db.prepare('SELECT bytes FROM blob_part WHERE sha256 = ? ORDER BY part');
  const quote = db.prepare('SELECT bytes FROM quote WHERE sha256 = ? UNION ALL SELECT bytes FROM latest_quote WHERE sha256 = ? LIMIT 1');
  const known = new Map<string, 'present' | 'missing' | 'mismatch'>();
  const contentOf = (sha256: string): Uint8Array | null => {
    const kept = rowSchema.parse(blob.get(sha256));
    if (kept !== undefined) {
      const packed = kept.bytes.length > 0 ? kept.bytes : Buffer.concat(partsSchema.parse(parts.all(sha256)).map((row) => row.bytes));
      return gunzipSync(packed, { maxOutputLength: MAX_BYTES });
    }
    const raw = rowSchema.parse(quote.get(sha256, sha256));
    return raw === undefined ? null : inflateRawSync(raw.bytes, { maxOutputLength: MAX_QUOTE_BYTES });
  };
  const look = (sha256: string): 'present' | 'missing' | 'mismatch' => {
    try {
      const content = contentOf(sha256);
      if (content === null) return 'missing';
      return createHash('sha256').update(content).digest('hex') === sha256 ? 'present' : 'mismatch';
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
