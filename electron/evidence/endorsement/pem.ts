import { asBuffer } from '../hashing.ts';

const PATTERNS = {
  CERTIFICATE: /^-----BEGIN (?:TRUSTED )?CERTIFICATE-----$([A-Za-z0-9+/=\s]*)^-----END (?:TRUSTED )?CERTIFICATE-----/gmu,
  'X509 CRL': /^-----BEGIN X509 CRL-----$([A-Za-z0-9+/=\s]*)^-----END X509 CRL-----/gmu,
} as const;

/** Longer texts are not looked at: base64 of the largest file that is read. */
const MAX_TEXT = 6 * 1024 * 1024;

/** DER of everything of this kind in a file that may be PEM (RFC 7468); the bytes as they are where it holds no such block. */
export const dersOf = (file: Uint8Array, kind: keyof typeof PATTERNS): readonly Uint8Array[] => {
  if (file[0] === 0x30) return [file];
  const text = asBuffer(file).subarray(0, MAX_TEXT).toString('latin1').replaceAll('\r', '');
  const blocks = [...text.matchAll(PATTERNS[kind])].map((block) => Buffer.from(block[1] ?? '', 'base64'));
  return blocks.length === 0 ? [file] : blocks;
};
