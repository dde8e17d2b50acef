import { type KeyObject, sign } from 'node:crypto';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { type NoteSignature, TIMESTAMP_BYTES, cosignedMessage, isBy, isNoteText, verifySignature } from './note.ts';
import { type VerifierKey, makeVerifierKey } from './verifier-key.ts';

const BAD = 'ledger-cosignature';

/**
 * C2SP tlog-cosignature, cosignature/v1: a witness says that at this second this was the largest consistent tree of the log it had seen.
 * It vouches for nothing that the entries say.
 */
export const makeCosignature = (
  checkpointText: string,
  name: string,
  privateKey: KeyObject,
  timestampSeconds: number,
): Result<NoteSignature> => {
  const key = makeVerifierKey(name, privateKey, 'cosignature');
  if (!key.ok) return key;
  if (!isNoteText(checkpointText) || !Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0)
    return fail(BAD, 'This cannot be cosigned: the text is no note, or the time is no second since 1970.', 'Report this as a bug.');
  const time = Buffer.alloc(TIMESTAMP_BYTES);
  time.writeBigUInt64BE(BigInt(timestampSeconds));
  const signature = sign(null, cosignedMessage(checkpointText, timestampSeconds), privateKey);
  return ok({ name, keyId: key.value.keyId, signature: Buffer.concat([time, signature]) });
};

/** Verifies a cosignature/v1, and says of which second it is. Whether that second is plausible is the caller's to judge: there is no clock here. */
export const verifyCosignature = (
  checkpointText: string,
  signature: NoteSignature,
  key: VerifierKey,
): Result<{ readonly timestampSeconds: number }> => {
  if (key.type !== 'cosignature' || !isBy(signature, key))
    return fail(BAD, 'The cosignature is not by this witness.', 'Check which witnesses are configured.');
  if (!verifySignature(checkpointText, signature, key))
    return fail(BAD, 'The cosignature does not fit the checkpoint: one of them was changed.', 'Ask the witness again.');
  const time = signature.signature.readBigUInt64BE(0);
  return time > BigInt(Number.MAX_SAFE_INTEGER)
    ? fail(BAD, 'The cosignature is of a second that no calendar has.', 'Ask the witness again.')
    : ok({ timestampSeconds: Number(time) });
};
