import type { KeyObject } from 'node:crypto';
import { createCertificate, type Issuer, pemOf, spkiOf } from './certificates.ts';

const DAY = 86_400_000;

/** Who vouches for the simulated TPMs. */
export const endorsementIssuer = (key: KeyObject): Issuer => ({
  name: 'Simulated TPM Endorsement CA',
  organization: 'Plumbline demo data',
  key,
});

/** Its own certificate, PEM: the root that simulated endorsement certificates lead to. */
export const endorsementRoot = (key: KeyObject, nowMs: number): string => {
  const issuer = endorsementIssuer(key);
  return pemOf(
    createCertificate({
      issuer,
      subject: issuer.name,
      organization: issuer.organization ?? '',
      spki: spkiOf(key),
      notBeforeMs: nowMs - 30 * DAY,
      notAfterMs: nowMs + 3650 * DAY,
      ca: true,
    }),
  );
};
