import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { createLargeEvidence, isLarge, type LargeEvidence } from './large-evidence.ts';
import type { Db } from './db.ts';
import type { Blob, HostRecord } from './records.ts';

const digest = z.string().nullable();
const oldSchema = z.object({ eventLog: digest, ima: digest, runtimeReference: digest, ekCertificate: digest }).optional();

const NO_BYTES = new Uint8Array();

/** Evidence by content: the same log of a thousand hosts, or of a year, is kept once; of lists that grow, what they have in common. */
export type BlobWriter = {
  readonly large: LargeEvidence;
  /** What the host's last observation rested on until now. */
  readonly heldBy: (id: string) => readonly string[];
  /** Keeps what is new; throws where something that should be kept already is not. */
  readonly put: (blobs: NonNullable<HostRecord['blobs']>) => void;
  /** Deletes those of `digests` that neither a host's last observation nor a span rests on. */
  readonly dropUnless: (digests: readonly string[], held: ReadonlySet<string | undefined>) => void;
};

/** True for a digest that a host's last observation or a span rests on. */
export const HELD = `(EXISTS (SELECT 1 FROM host_state WHERE event_log_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM host_state WHERE ima_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM host_state WHERE runtime_reference_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM host_state WHERE ek_certificate_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM span WHERE event_log_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM span WHERE ima_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM span WHERE runtime_reference_sha256 = @sha)
  OR EXISTS (SELECT 1 FROM span WHERE ek_certificate_sha256 = @sha))`;

export const createBlobWriter = (db: Db): BlobWriter => {
  const large = createLargeEvidence(db);
  const held = db.prepare(
    'SELECT event_log_sha256 AS eventLog, ima_sha256 AS ima, runtime_reference_sha256 AS runtimeReference, ek_certificate_sha256 AS ekCertificate FROM host_state WHERE host_id = ?',
  );
  const has = db.prepare('SELECT 1 FROM blob WHERE sha256 = ?');
  const insert = db.prepare('INSERT INTO blob (sha256, kind, bytes, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const drop = db.prepare(`DELETE FROM blob WHERE sha256 = @sha AND NOT ${HELD}`);
  const putOne = (blob: Blob): void => {
    if (has.get(blob.sha256) !== undefined) return;
    if (blob.encoding === 'pieces') {
      insert.run(blob.sha256, blob.kind, NO_BYTES, blob.size);
      large.join(blob);
      return;
    }
    if (blob.encoding === 'stored') throw new Error(`the ${blob.kind} that should be kept is not there`);
    if (isLarge(blob) && !large.isWhole(blob)) throw new Error(`the parts of the ${blob.kind} are not all there`);
    const packed = isLarge(blob) ? NO_BYTES : blob.encoding === 'gzip' ? blob.bytes : gzipSync(blob.bytes, { level: 1 });
    insert.run(blob.sha256, blob.kind, packed, blob.size);
  };
  return {
    large,
    heldBy: (id) => Object.values(oldSchema.parse(held.get(id)) ?? {}).filter((sha) => sha !== null),
    put: ({ eventLog, ima, runtimeReference, ekCertificate }) => {
      for (const blob of [eventLog, ima, runtimeReference, ekCertificate]) if (blob) putOne(blob);
    },
    dropUnless: (digests, now) => {
      for (const sha of digests) if (!now.has(sha)) drop.run({ sha });
    },
  };
};
