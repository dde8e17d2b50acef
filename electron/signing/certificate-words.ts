import type { X509Certificate } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail } from '../../shared/model/result.ts';

/** `CN=…, O=…` on one line, made visible. */
export const nameLine = (distinguished: string): string => visibleText(distinguished.split('\n').toReversed().join(', '), 400);

/** What may be said of an identity to anybody. */
export type IdentityWords = {
  readonly subject: string;
  readonly issuer: string;
  readonly validFromMs: number;
  readonly validToMs: number;
  /** SHA-256 of the certificate, hex. */
  readonly certificate: string;
};

export const wordsOfCertificate = (certificate: X509Certificate): IdentityWords => ({
  subject: nameLine(certificate.subject ?? ''),
  issuer: nameLine(certificate.issuer ?? ''),
  validFromMs: Date.parse(certificate.validFrom),
  validToMs: Date.parse(certificate.validTo),
  certificate: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
});

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/**
 * Why this certificate may not sign at a moment; null where it may. A signature by a certificate that has run out is refused, not made and
 * remarked on: without a time stamp every reader's program calls it invalid, and nobody who gets the report could tell why.
 */
export const faultOfTime = ({ subject, validFromMs, validToMs }: IdentityWords, nowMs: number): ReturnType<typeof fail> | null => {
  if (nowMs > validToMs)
    return fail(
      'signature-expired',
      `The certificate ${subject} ran out on ${day(validToMs)} UTC, so nothing is signed with it.`,
      'Put the new certificate of the organisation in its place, or export without a signature.',
    );
  return nowMs < validFromMs
    ? fail(
        'signature-not-yet-valid',
        `The certificate ${subject} is valid from ${day(validFromMs)} UTC on, so nothing is signed with it yet.`,
        'Check the clock of this machine, or export without a signature.',
      )
    : null;
};
