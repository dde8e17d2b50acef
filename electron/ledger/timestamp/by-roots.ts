import { createHash, type X509Certificate } from 'node:crypto';
import type { RecheckOptions } from '../recheck/source.ts';
import { verifyTimeStampToken } from './verify.ts';

/** Verifies the time stamps of a ledger's anchors with the roots of their authorities. */
export const timeStampsBy =
  (roots: readonly X509Certificate[]): NonNullable<RecheckOptions['verifyTimeStamp']> =>
  (token, note) => {
    const sha256 = createHash('sha256').update(note).digest();
    const verified = verifyTimeStampToken(token, { sha256, nonce: null, roots });
    return verified.ok ? verified.value : { problem: verified.problem };
  };
