import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, fstatSync, writeSync } from 'node:fs';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { MOST_PDF_BYTES, readBase, readPdf } from '../pdf-file/open.ts';
import { SIGNATURE_BYTES, signaturePart } from '../pdf-file/signature-part.ts';
import { signDigest } from './cms.ts';
import { faultOfTime, type IdentityWords, wordsOfCertificate } from './certificate-words.ts';
import type { SigningIdentity } from './identity.ts';

export type SignedFile = { readonly bytes: number; readonly sha256: string; readonly by: IdentityWords };
export type SignWords = { readonly reason: string | null; readonly location: string | null };

/** The name that a person would look for: the common name, else all of it. */
const shortName = (subject: string): string => /(?:^|\n)CN=([^\n]+)/u.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');

const readWhole = (handle: number): Buffer => {
  const bytes = Buffer.alloc(fstatSync(handle).size);
  for (let at = 0; at < bytes.length; ) {
    const count = readSync(handle, bytes, at, bytes.length - at, at);
    if (count === 0) throw new Error('the file became shorter while it was signed');
    at += count;
  }
  return bytes;
};

/**
 * Signs a PDF of ours that is whole on the disk: appends the signature, over every byte before and behind it, and touches nothing that is there.
 * Throws where the disk does; then the file is to be thrown away. Problems: signature-expired, signature-not-yet-valid, signature-certificate,
 * signature-large, pdf-form.
 */
export const signFile = (file: string, identity: SigningIdentity, words: SignWords, nowMs: number): Result<SignedFile> => {
  const by = wordsOfCertificate(identity.certificate);
  const fault = faultOfTime(by, nowMs);
  if (fault !== null) return fault;
  const handle = openSync(file, 'r+');
  try {
    if (fstatSync(handle).size > MOST_PDF_BYTES)
      return fail(
        'signature-large',
        `The report has more than ${MOST_PDF_BYTES} bytes; such a one is not signed.`,
        'Choose fewer hosts by a filter.',
      );
    const base = readWhole(handle);
    const name = shortName(identity.certificate.subject ?? '');
    const part = readPdf(() => signaturePart(readBase(base), { ...words, name, atMs: nowMs }));
    if (!part.ok) return part;
    const { bytes: update, gap } = part.value;
    const [from, to] = [gap[0] - base.length, gap[1] - base.length];
    const digest = createHash('sha256').update(base).update(update.subarray(0, from)).update(update.subarray(to)).digest();
    const signed = signDigest(identity, digest);
    if (!signed.ok) return signed;
    if (signed.value.length > SIGNATURE_BYTES)
      return fail(
        'signature-large',
        'The certificates are too large for the signature.',
        'Leave out of the PKCS#12 file what is no issuer.',
      );
    update.write(signed.value.toString('hex'), from + 1, 'latin1');
    for (let at = 0; at < update.length; ) at += writeSync(handle, update, at, update.length - at, base.length + at);
    fsyncSync(handle);
    return ok({ bytes: base.length + update.length, sha256: createHash('sha256').update(base).update(update).digest('hex'), by });
  } finally {
    closeSync(handle);
  }
};
