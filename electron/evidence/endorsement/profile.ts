import type { CheckOutcome } from '../../../shared/model/check.ts';
import { toHex } from '../hashing.ts';
import { OID } from './certificate.ts';
import { elementAt, elementsOf, reading } from './der.ts';
import type { Certificate } from './types.ts';

/** Primes of the fingerprint of Infineon's RSALib (CVE-2017-15361): its moduli are powers of 65537 modulo each of them. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
  149, 151, 157, 163, 167,
];

const powersOf = (prime: number): ReadonlySet<number> => {
  const powers = new Set<number>();
  for (let value = 1; !powers.has(value); value = (value * 65537) % prime) powers.add(value);
  return powers;
};
const ROCA: readonly (readonly [bigint, ReadonlySet<number>])[] = PRIMES.map((prime) => [BigInt(prime), powersOf(prime)]);

/** Whether the modulus has the fingerprint of ROCA. A sound key has it by chance once in about 2^28. */
export const isRocaModulus = (modulus: bigint): boolean => ROCA.every(([prime, powers]) => powers.has(Number(modulus % prime)));

const keyFault = (certificate: Certificate): string | null => {
  if (certificate.key === null) return 'its public key cannot be used';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.key;
  if (type !== 'rsa') return type === 'ec' ? null : `its key is neither RSA nor ECC`;
  if ((details?.modulusLength ?? 0) < 2048) return 'its RSA key has fewer than 2048 bits';
  const modulus = Buffer.from(certificate.key.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex');
  return isRocaModulus(BigInt(`0x${modulus}`))
    ? 'its RSA key has the fingerprint of CVE-2017-15361 (ROCA): its private part can be computed'
    : null;
};

const sequenceOf = (certificate: Certificate, oid: string): ReturnType<typeof elementsOf> | null => {
  const extension = certificate.extensions.get(oid);
  return extension === undefined ? null : elementsOf(elementAt(extension.value, 0).element.content);
};

/**
 * `ek-certificate`: form of an endorsement certificate (TCG EK Credential Profile 2.5, 3.2). What no endorsement certificate can be
 * fails: a CA, a certificate for another purpose, a key that can be broken. What real vendors leave out is a notice. The form is
 * what the certificate says of itself: only `ek-chain` says whether somebody trusted said it.
 */
export const profileOf = (certificate: Certificate): { readonly outcome: CheckOutcome; readonly message: string } => {
  const judged = reading(() => {
    const usages = sequenceOf(certificate, OID.extendedKeyUsage);
    const isCa = sequenceOf(certificate, OID.basicConstraints)?.some((part) => part.tag === 0x01 && part.content[0] !== 0) ?? false;
    const names = toHex(certificate.extensions.get(OID.subjectAltName)?.value ?? new Uint8Array());
    const missing = [OID.tpmManufacturer, OID.tpmModel, OID.tpmVersion].some((oid) => !names.includes(`0605${oid}`));
    const faults = [
      ...(isCa ? ['it is a CA certificate'] : []),
      ...(usages !== null && !usages.some((usage) => toHex(usage.content) === OID.ekCertificate)
        ? ['its extended key usage does not name endorsement keys (2.23.133.8.1)']
        : []),
      ...[keyFault(certificate)].filter((fault) => fault !== null),
    ];
    const quirks = [
      ...(certificate.version === 3 ? [] : ['it is not X.509 version 3']),
      ...(usages === null ? ['it names no extended key usage'] : []),
      ...(missing ? ['it does not name manufacturer, model and version of the TPM'] : []),
    ];
    return { faults, quirks };
  });
  if (!judged.ok) return { outcome: 'fail', message: `An extension of the endorsement certificate cannot be read: ${judged.message}.` };
  const { faults, quirks } = judged.value;
  if (faults.length > 0) return { outcome: 'fail', message: `This is no sound endorsement certificate: ${faults.join('; ')}.` };
  return quirks.length > 0
    ? { outcome: 'notice', message: `The endorsement certificate departs from the TCG profile: ${quirks.join('; ')}.` }
    : { outcome: 'pass', message: 'The endorsement certificate has the form that the TCG profile asks for.' };
};
