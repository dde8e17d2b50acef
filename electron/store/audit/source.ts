import { z } from 'zod';
import type { LedgerSource } from '../../ledger/recheck/source.ts';
import type { Db } from '../db.ts';

const BLOCK = 2_000;
const bytes = z.instanceof(Uint8Array);
const entrySchema = z.array(z.object({ seq: z.number(), bytes: z.union([z.string(), bytes]), leaf: bytes }));
const checkpointSchema = z.array(z.object({ size: z.number(), note: z.string() }));
const anchorSchema = z.array(z.object({ kind: z.enum(['file', 'witness', 'time-stamp']), note: z.string(), token: bytes.nullable() }));
const tileSchema = z.object({ hashes: bytes }).optional();

/** What a database holds of its ledger, as it stands there: nothing of it is believed. Throws where a page cannot be read. */
export const auditSource = (db: Db): LedgerSource => {
  const entries = db.prepare('SELECT seq, bytes, leaf FROM ledger_entry WHERE seq > ? ORDER BY seq LIMIT ?');
  const checkpoints = db.prepare('SELECT size, note FROM ledger_checkpoint WHERE size > ? ORDER BY size LIMIT ?');
  const tile = db.prepare('SELECT hashes FROM ledger_tile WHERE level = ? AND place = ? AND length(hashes) = 8192');
  const anchors = db.prepare('SELECT kind, note, token FROM ledger_anchor WHERE note IS NOT NULL ORDER BY id');
  return {
    *entries() {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = entrySchema.parse(entries.all(after, BLOCK));
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map(({ seq, bytes: content, leaf }) => ({ seq, bytes: Buffer.from(content), storedLeafHash: leaf }));
        after = last.seq;
      }
    },
    *checkpoints() {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = checkpointSchema.parse(checkpoints.all(after, BLOCK));
        const last = rows.at(-1);
        if (last === undefined) return;
        yield* rows;
        after = last.size;
      }
    },
    anchors: () => anchorSchema.parse(anchors.all()),
    tile: (level, index) => tileSchema.parse(tile.get(level, index))?.hashes ?? null,
  };
};
