import { asBuffer } from '../hashing.ts';

const PATTERNS = {
  CERTIFICATE: /^-----BEGIN (?:TRUSTED )?CERTIFICATE-----$([A-Za-z0-9+/=\s]*)^-----END (?:TRUSTED )?CERTIFICATE-----/mu,
  'X509 CRL': /^-----BEGIN X509 CRL-----$([A-Za-z0-9+/=\s]*)^-----END X509 CRL-----/mu,
} as const;

/** Longer texts are not looked at: base64 of the largest file that is read. */
const MAX_TEXT = 6 * 1024 * 1024;

/** DER of a file that may be PEM (RFC 7468): its first block of this kind, or the bytes as they are where there is none. */
export const derOf = (file: Uint8Array, kind: keyof typeof PATTERNS): Uint8Array => {
  if (file[0] === 0x30) return file;
  const text = asBuffer(file).subarray(0, MAX_TEXT).toString('latin1').replaceAll('\r', '');
  const body = PATTERNS[kind].exec(text)?.[1];
  return body === undefined ? file : Buffer.from(body, 'base64');
};
