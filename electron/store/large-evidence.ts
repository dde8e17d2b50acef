import { z } from 'zod';
import type { Db } from './db.ts';
import type { Blob, HostRecord } from './records.ts';

/** What is written or deleted at a time: a few milliseconds of disk, between which whoever asks gets an answer. */
export const PART_BYTES = 256 * 1024;

const countSchema = z.object({ n: z.number() });
const orphanSchema = z.object({ sha256: z.string(), part: z.number() }).optional();
const partsSchema = z.array(z.object({ bytes: z.instanceof(Uint8Array) }));

/** Evidence too large for one write, in parts of its packed form. Each step of an iteration is one short transaction. */
export type LargeEvidence = {
  /** Writes the parts of a record's large evidence, before the record itself; nothing refers to them yet. */
  readonly put: (record: HostRecord) => Iterable<void>;
  /** Deletes parts that no evidence has: of evidence that was replaced, or of a record that never came. */
  readonly sweep: () => Iterable<void>;
  readonly isWhole: (blob: Blob) => boolean;
  readonly read: (sha256: string) => Uint8Array;
};

export const isLarge = (blob: Blob): boolean => blob.encoding === 'gzip' && blob.bytes.length > PART_BYTES;
const partsOf = (blob: Blob): number => Math.ceil(blob.bytes.length / PART_BYTES);

export const createLargeEvidence = (db: Db): LargeEvidence => {
  const hasBlob = db.prepare('SELECT count(*) AS n FROM blob WHERE sha256 = ?');
  const putPart = db.prepare('INSERT INTO blob_part (sha256, part, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const countParts = db.prepare('SELECT count(*) AS n FROM blob_part WHERE sha256 = ?');
  const orphan = db.prepare(
    'SELECT sha256, part FROM blob_part WHERE NOT EXISTS (SELECT 1 FROM blob WHERE blob.sha256 = blob_part.sha256) LIMIT 1',
  );
  const dropPart = db.prepare('DELETE FROM blob_part WHERE sha256 = ? AND part = ?');
  const parts = db.prepare('SELECT bytes FROM blob_part WHERE sha256 = ? ORDER BY part');
  return {
    *put(record) {
      for (const blob of [record.blobs?.eventLog, record.blobs?.ima, record.blobs?.runtimeReference]) {
        if (!blob || !isLarge(blob) || countSchema.parse(hasBlob.get(blob.sha256)).n > 0) continue;
        for (let part = 0; part < partsOf(blob); part += 1) {
          putPart.run(blob.sha256, part, blob.bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
          yield;
        }
      }
    },
    *sweep() {
      for (let row = orphanSchema.parse(orphan.get()); row !== undefined; row = orphanSchema.parse(orphan.get())) {
        dropPart.run(row.sha256, row.part);
        yield;
      }
    },
    isWhole: (blob) => countSchema.parse(countParts.get(blob.sha256)).n === partsOf(blob),
    read: (sha256) => Buffer.concat(partsSchema.parse(parts.all(sha256)).map((row) => row.bytes)),
  };
};
