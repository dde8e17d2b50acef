import { type KeyObject, X509Certificate, createPublicKey } from 'node:crypto';
import type { Report } from '../report.ts';
import { keyObjectOf, parsePublic } from '../tpm/public.ts';
import type { EvidenceInput } from '../types.ts';

const MAX_CERTIFICATE_BYTES = 16 * 1024;
const RSAES_OAEP = Buffer.from('06092a864886f70d010107', 'hex');
const RSA_ENCRYPTION = Buffer.from('06092a864886f70d010101', 'hex');

/** A certificate as stored in NV may be followed by padding; its own length says where it ends. */
const trimmed = (der: Uint8Array): Uint8Array => {
  if (der[0] !== 0x30 || der[1] !== 0x82) return der;
  return der.subarray(0, 4 + (der[2] ?? 0) * 256 + (der[3] ?? 0));
};

/** Public key of an EK certificate. Some carry the OAEP algorithm identifier, which OpenSSL does not take for a key. */
const keyOfCertificate = (der: Uint8Array): KeyObject | null => {
  if (der.length > MAX_CERTIFICATE_BYTES) return null;
  const exact = Buffer.from(trimmed(der));
  try {
    return new X509Certificate(exact).publicKey;
  } catch {
    const at = exact.indexOf(RSAES_OAEP);
    if (at < 0) return null;
    const patched = Buffer.from(exact);
    RSA_ENCRYPTION.copy(patched, at);
    try {
      return createPublicKey(new X509Certificate(patched).publicKey.export({ type: 'spki', format: 'pem' }));
    } catch {
      return null;
    }
  }
};

/**
 * `ek-mismatch`: whether the endorsement certificate is for the endorsement key that the evidence names. It does not tie the
 * attestation key to the endorsement key; credential activation at enrolment does. `ek-chain` needs manufacturer roots.
 */
export const checkEndorsement = (input: EvidenceInput, report: Report): void => {
  if (input.ekCertDer === undefined || input.ekTpm2bPublic === undefined) return;
  const parsed = parsePublic(input.ekTpm2bPublic);
  const key = parsed.ok ? keyObjectOf(parsed.value) : null;
  if (key === null) {
    report.add(
      'ek-mismatch',
      'fail',
      `The endorsement key's TPM2B_PUBLIC cannot be used: ${parsed.ok ? 'its numbers are not a key' : parsed.message}.`,
    );
    return;
  }
  const certified = keyOfCertificate(input.ekCertDer);
  if (certified === null)
    report.add(
      'ek-mismatch',
      'not-evaluated',
      'The endorsement certificate cannot be read here, so it was not compared with the endorsement key.',
    );
  else if (certified.equals(key))
    report.add('ek-mismatch', 'pass', 'The endorsement certificate is for the endorsement key that the evidence names.');
  else
    report.add('ek-mismatch', 'fail', 'The endorsement certificate is for another key than the endorsement key that the evidence names.');
};
