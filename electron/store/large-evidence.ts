import { z } from 'zod';
import type { Db } from './db.ts';
import { createPieceStore } from './pieces.ts';
import type { Blob, HostRecord, PiecedBlob, WholeBlob } from './records.ts';

/** What is written or deleted at a time: a few milliseconds of disk, between which whoever asks gets an answer. */
export const PART_BYTES = 256 * 1024;

const countSchema = z.object({ n: z.number() });
const orphanSchema = z.object({ sha256: z.string(), part: z.number() }).optional();

/**
 * Evidence too large for one write: lists in the pieces that they share, anything else in parts of its packed form. Each step of an iteration
 * is one short transaction.
 */
export type LargeEvidence = {
  /** Writes what is large of a record, before the record itself; nothing refers to it yet. */
  readonly put: (record: HostRecord) => Iterable<void>;
  /**
   * Deletes what no evidence has: of evidence that was replaced, or of a record that never came. Nothing while a record is on its way, whose
   * evidence may consist of it.
   */
  readonly sweep: () => Iterable<void>;
  readonly isWhole: (blob: WholeBlob) => boolean;
  /** Makes a blob that is there consist of its pieces; throws where not all of them are there. */
  readonly join: (blob: PiecedBlob) => void;
};

export const isLarge = (blob: WholeBlob): boolean => blob.encoding === 'gzip' && blob.bytes.length > PART_BYTES;
const partsOf = (blob: WholeBlob): number => Math.ceil(blob.bytes.length / PART_BYTES);

export const createLargeEvidence = (db: Db): LargeEvidence => {
  const pieces = createPieceStore(db);
  const hasBlob = db.prepare('SELECT count(*) AS n FROM blob WHERE sha256 = ?');
  const putPart = db.prepare('INSERT INTO blob_part (sha256, part, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const countParts = db.prepare('SELECT count(*) AS n FROM blob_part WHERE sha256 = ?');
  const orphan = db.prepare(
    'SELECT sha256, part FROM blob_part WHERE NOT EXISTS (SELECT 1 FROM blob WHERE blob.sha256 = blob_part.sha256) LIMIT 1',
  );
  const dropPart = db.prepare('DELETE FROM blob_part WHERE sha256 = ? AND part = ?');
  function* putParts(blob: WholeBlob): Generator<void, void> {
    for (let part = 0; part < partsOf(blob); part += 1) {
      putPart.run(blob.sha256, part, blob.bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
      yield;
    }
  }
  const isNew = (blob: Blob): boolean => countSchema.parse(hasBlob.get(blob.sha256)).n === 0;
  let onTheirWay = 0;
  const isNeeded = (): boolean => onTheirWay > 0;
  return {
    *put(record) {
      onTheirWay += 1;
      try {
        for (const blob of [record.blobs?.eventLog, record.blobs?.ima, record.blobs?.runtimeReference]) {
          if (!blob) continue;
          if (blob.encoding === 'pieces') {
            if (isNew(blob)) yield* pieces.put(blob, PART_BYTES);
          } else if (isLarge(blob) && isNew(blob)) yield* putParts(blob);
        }
      } finally {
        onTheirWay -= 1;
      }
    },
    *sweep() {
      yield* pieces.sweep(isNeeded);
      for (let row = orphanSchema.parse(orphan.get()); row !== undefined; row = orphanSchema.parse(orphan.get())) {
        if (isNeeded()) return;
        dropPart.run(row.sha256, row.part);
        yield;
      }
    },
    isWhole: (blob) => countSchema.parse(countParts.get(blob.sha256)).n === partsOf(blob),
    join: pieces.join,
  };
};
