import { X509Certificate } from 'node:crypto';
import { visible } from './draft.ts';
import type { CertificateFacts } from './types.ts';

const MAX_CERTIFICATE_BYTES = 64 * 1024;

/** Signature owners whose GUID is documented by themselves or by efivar's list. A GUID is written by whoever enrolled the key. */
const OWNERS: ReadonlyMap<string, string> = new Map([
  ['77fa9abd-0359-4d32-bd60-28f4e78f784b', 'Microsoft'],
  ['6dc40ae4-2ee8-9c4c-a314-0fc7b2008710', 'Canonical'],
  ['605dab50-e046-4300-abb6-3dd810dd8b23', 'shim'],
  ['70564dce-9afc-4ee3-85fc-949649d7e45c', 'Dell'],
  ['3cc24e96-22c7-41d8-8863-8e39dcdcc2cf', 'Lenovo'],
]);

export const ownerName = (guid: string): string | undefined => OWNERS.get(guid);

const oneLine = (name: string | undefined): string => visible((name ?? '').split('\n').reverse().join(', '), 300);

export type ReadCertificate = { readonly commonName: string | undefined; readonly facts: CertificateFacts };

/** The same few certificates are in every log of a fleet, and reading one costs more than hashing it. Pure: the key is the content. */
const MAX_REMEMBERED = 256;
const remembered = new Map<string, ReadCertificate | null>();

/** `readCertificate`, remembered by the SHA-256 of the DER. */
export const certificateOf = (der: Uint8Array, sha256: string): ReadCertificate | null => {
  const known = remembered.get(sha256);
  if (known !== undefined) return known;
  const read = readCertificate(der);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(sha256, read);
  return read;
};

/** What a DER certificate says of itself; null where it cannot be read. Its signature is not checked: being in a database is what counts. */
const readCertificate = (der: Uint8Array): ReadCertificate | null => {
  if (der.length > MAX_CERTIFICATE_BYTES) return null;
  try {
    const certificate = new X509Certificate(der);
    const line = certificate.subject?.split('\n').find((part) => part.startsWith('CN='));
    return {
      commonName: line === undefined ? undefined : visible(line.slice(3), 120),
      facts: {
        subject: oneLine(certificate.subject),
        issuer: oneLine(certificate.issuer),
        serial: visible(certificate.serialNumber.toLowerCase(), 80),
        notBefore: visible(certificate.validFrom, 40),
        notAfter: visible(certificate.validTo, 40),
      },
    };
  } catch {
    return null;
  }
};
