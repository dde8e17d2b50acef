import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EvidenceDamaged, joinPieces, MAX_EVIDENCE_BYTES, type PackedEvidence } from '../store/packed-evidence.ts';
import { breath } from './breath.ts';

const inflate = promisify(gunzip);
/** Bytes hashed before whoever else waits is answered. */
const AT_A_TIME = 1024 * 1024;

const unzipped = async (sha256: string, packed: Uint8Array): Promise<Uint8Array> => {
  const content = await inflate(packed, { maxOutputLength: MAX_EVIDENCE_BYTES }).catch(() => {
    throw new EvidenceDamaged(sha256);
  });
  const hash = createHash('sha256');
  for (let at = 0; at < content.length; at += AT_A_TIME) {
    if (at > 0) await breath();
    hash.update(content.subarray(at, at + AT_A_TIME));
  }
  if (hash.digest('hex') !== sha256) throw new EvidenceDamaged(sha256);
  return content;
};

/** Evidence that is kept, as it was received, in steps. Throws `EvidenceDamaged` where it is not what its digest says. */
export const unpackEvidence = async ({ sha256, packed }: PackedEvidence): Promise<Uint8Array> => {
  const kept = packed();
  if (kept.form === 'gzip') return unzipped(sha256, kept.bytes);
  const steps = joinPieces(sha256, kept);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    await breath();
  }
};
