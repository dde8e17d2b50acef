import { createHash, type KeyObject } from 'node:crypto';
import { createCertificate, rsaSpkiOf } from './certificates.ts';
import type { Signature } from './efi.ts';

import type { HostClass } from './host-classes.ts';
import type { Seeded } from './seeded.ts';

/** Secure-boot variables of one class of machines. */
export type SecureBootKeys = {
  readonly pk: readonly Signature[];
  readonly kek: readonly Signature[];
  readonly db: readonly Signature[];
  readonly dbx: readonly Signature[];
  /** The entry of db that vouches for shim. */
  readonly bootAuthority: Signature;
};

const YEAR = 365.25 * 86_400_000;

/** Real X.509 certificates under keys that nobody holds. The same state folder yields the same bytes. */
export const secureBootKeys = (seeded: Seeded, root: KeyObject, hostClass: HostClass): SecureBootKeys => {
  const issuer = { name: 'Simulated Firmware Root', organization: 'Plumbline demo data', key: root };
  const certificate = (owner: string, subject: string): Signature => ({
    owner: seeded.uuid(`efi owner ${owner}`),
    data: createCertificate({
      issuer,
      subject,
      organization: owner,
      spki: rsaSpkiOf(seeded.bytes(`efi modulus ${subject}`, 256)),
      serial: createHash('sha256').update(subject).digest().subarray(0, 16),
      notBeforeMs: Date.UTC(2021, 2, 1),
      notAfterMs: Date.UTC(2021, 2, 1) + 20 * YEAR,
      ca: true,
    }),
  });
  const { vendor } = hostClass;
  const bootAuthority = certificate('Open Boot Forum', 'Open Boot Forum UEFI CA 2023');
  const owner = seeded.uuid('efi owner Open Boot Forum');
  return {
    pk: [certificate(vendor, `${vendor} Platform Key 2021`)],
    kek: [certificate(vendor, `${vendor} Key Exchange Key 2021`), certificate('Open Boot Forum', 'Open Boot Forum KEK CA 2023')],
    db: [
      bootAuthority,
      certificate(vendor, `${vendor} Firmware Signing 2021`),
      certificate('Open Boot Forum', 'Open Boot Forum Loader PCA 2021'),
    ],
    dbx: Array.from({ length: hostClass.dbxEntries }, (_, at) => ({
      owner,
      data: Buffer.from(seeded.digest(`revoked image ${at}`), 'hex'),
    })),
    bootAuthority,
  };
};

/** Bytes of the revocation level that shim measures. */
export const SBAT_LEVEL = Buffer.from('sbat,1,2024010900\nshim,4\ngrub,3\ngrub.debian,4\n', 'ascii');

export const SMBIOS_TABLE = 'f2fd1544-9794-4a2c-992e-e5bbcf20e394';
