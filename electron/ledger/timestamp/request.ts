import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { HASH_SIZE } from '../merkle.ts';
import { TAG, oid, tlv, unsignedInteger } from './der.ts';

export const SHA256 = '2.16.840.1.101.3.4.2.1';

export type TimeStampRequest = {
  /** What is to be stamped: for a checkpoint, SHA-256 of the bytes of the signed note. */
  readonly sha256: Uint8Array;
  /** 8 to 20 random bytes from the caller; ties the answer to this request. */
  readonly nonce: Uint8Array;
};

const VERSION = Buffer.from([1]);
const TRUE = Buffer.from([0xff]);

/** RFC 3161 §2.4.1: TimeStampReq with a nonce and certReq, as DER; to be sent as `application/timestamp-query`. */
export const encodeTimeStampRequest = ({ sha256, nonce }: TimeStampRequest): Result<Buffer> => {
  if (sha256.length !== HASH_SIZE || nonce.length < 8 || nonce.length > 20)
    return fail('ledger-time-stamp-request', 'A time stamp needs a SHA-256 digest and a nonce of 8 to 20 bytes.', 'Report this as a bug.');
  // Some authorities insist on the NULL that older specifications put after the name of the hash.
  const algorithm = tlv(TAG.sequence, oid(SHA256), tlv(TAG.null));
  const imprint = tlv(TAG.sequence, algorithm, tlv(TAG.octetString, sha256));
  return ok(tlv(TAG.sequence, tlv(TAG.integer, VERSION), imprint, unsignedInteger(nonce), tlv(TAG.boolean, TRUE)));
};
