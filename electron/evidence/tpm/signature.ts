import { type KeyObject, constants, verify } from 'node:crypto';
import { DIGEST_SIZE, HASH_BY_ID, scratchViews } from '../hashing.ts';
import { attempt, readerOf } from '../reader.ts';
import type { Bank } from '../types.ts';

export const SCHEMES = { 0x0014: 'RSASSA', 0x0016: 'RSAPSS', 0x0018: 'ECDSA' } as const;
export type Scheme = (typeof SCHEMES)[keyof typeof SCHEMES];

export const schemeOf = (id: number): Scheme | null => (id === 0x0014 || id === 0x0016 || id === 0x0018 ? SCHEMES[id] : null);

const MAX_SIGNATURE_BYTES = 1100;
const MAX_RSA_BYTES = 512;
const MAX_ECC_BYTES = 66;

export type TpmSignature =
  | { readonly scheme: 'RSASSA' | 'RSAPSS'; readonly hash: Bank; readonly value: Uint8Array }
  | { readonly scheme: 'ECDSA'; readonly hash: Bank; readonly r: Uint8Array; readonly s: Uint8Array };

export type ParsedSignature = { readonly ok: true; readonly value: TpmSignature } | { readonly ok: false; readonly message: string };

const HASH_NAMES: Readonly<Record<Bank, string>> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512', sm3: 'SM3' };
export const hashName = (bank: Bank): string => HASH_NAMES[bank];
export const schemeInWords = (signature: { readonly scheme: Scheme; readonly hash: Bank }): string =>
  `${signature.scheme} with ${hashName(signature.hash)}`;

/**
 * Parses TPMT_SIGNATURE (TPM 2.0 Part 2, 11.3.4): RSASSA, RSAPSS or ECDSA and nothing after it. Never throws.
 * The scheme and hash in it are the sender's label: compare them with the key's own scheme before use.
 */
export const parseSignature = (bytes: Uint8Array): ParsedSignature => {
  if (bytes.length > MAX_SIGNATURE_BYTES) {
    return { ok: false, message: `it has ${bytes.length} bytes; at most ${MAX_SIGNATURE_BYTES} are allowed` };
  }
  return attempt((): TpmSignature => {
    const reader = readerOf(bytes, 'big');
    const sigAlg = reader.u16('sigAlg');
    const scheme = schemeOf(sigAlg);
    if (scheme === null) return reader.fail(`signature algorithm 0x${sigAlg.toString(16)} is not RSASSA, RSAPSS or ECDSA`);
    const hashAlg = reader.u16('hashAlg');
    const hash = HASH_BY_ID.get(hashAlg)?.bank;
    if (hash === undefined || hash === 'sm3')
      return reader.fail(`signature hash 0x${hashAlg.toString(16)} is not SHA-1, SHA-256, SHA-384 or SHA-512`);
    const signature: TpmSignature =
      scheme === 'ECDSA'
        ? { scheme, hash, r: reader.sized(MAX_ECC_BYTES, 'r'), s: reader.sized(MAX_ECC_BYTES, 's') }
        : { scheme, hash, value: reader.sized(MAX_RSA_BYTES, 'RSA signature') };
    if (reader.remaining() > 0) reader.fail(`${reader.remaining()} bytes follow the signature`);
    return signature;
  });
};

const CURVE_BYTES: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 32],
  ['secp384r1', 48],
  ['secp521r1', 66],
]);

type KeyShape = { readonly kind: 'rsa' | 'ec' | 'other'; readonly curveBytes: number; readonly modulusBits: number };

/** What a key is; asking the key itself costs as much as a hash, every time. */
const shapes = new WeakMap<KeyObject, KeyShape>();

const shapeOf = (key: KeyObject): KeyShape => {
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const type = key.asymmetricKeyType;
  const details = key.asymmetricKeyDetails;
  const curveBytes = type === 'ec' ? (CURVE_BYTES.get(details?.namedCurve ?? '') ?? 0) : 0;
  const kind = type === 'rsa' ? 'rsa' : curveBytes > 0 ? 'ec' : 'other';
  const shape: KeyShape = { kind, curveBytes, modulusBits: details?.modulusLength ?? 0 };
  shapes.set(key, shape);
  return shape;
};

/** Writes an unsigned big-endian integer as a DER INTEGER; returns the end, or -1 when it is zero or its field longer than the curve. */
const writeInteger = (out: Uint8Array, at: number, value: Uint8Array, size: number): number => {
  let start = 0;
  while (start < value.length && value[start] === 0) start += 1;
  const length = value.length - start;
  if (length === 0 || value.length > size) return -1;
  const pad = (value[start] ?? 0) >= 0x80 ? 1 : 0;
  out[at] = 0x02;
  out[at + 1] = length + pad;
  out[at + 2] = 0;
  for (let i = 0; i < length; i += 1) out[at + 2 + pad + i] = value[start + i] ?? 0;
  return at + 2 + pad + length;
};

/** Used from one call to the next and never kept. */
const derScratch = Buffer.alloc(3 + 2 * (MAX_ECC_BYTES + 3));
const shortDer = scratchViews(derScratch.subarray(1));
const longDer = scratchViews(derScratch);

/**
 * ECDSA-Sig-Value (RFC 3279, 2.2.3) of r and s. A TPM may leave out leading zeros or pad to the curve; both are one signature.
 * DER, because asking OpenSSL for the plain form costs half a verification.
 */
const derOf = (r: Uint8Array, s: Uint8Array, size: number): Uint8Array | null => {
  const out = derScratch;
  const middle = writeInteger(out, 3, r, size);
  const end = middle < 0 ? -1 : writeInteger(out, middle, s, size);
  if (end < 0) return null;
  const length = end - 3;
  // The header is written backwards from the integers: two bytes, or three for long curves.
  if (length < 0x80) {
    out[1] = 0x30;
    out[2] = length;
    return shortDer(end - 1);
  }
  out[0] = 0x30;
  out[1] = 0x81;
  out[2] = length;
  return longDer(end);
};

/**
 * TPMs salt with the digest length (FIPS mode) or with all the room there is (TPM 2.0 Part 1, B.7); nothing else is accepted. The length
 * is given as a number: OpenSSL's own name for the longest means "any" when it verifies.
 */
const verifyRsaPss = (signature: TpmSignature & { readonly value: Uint8Array }, key: KeyObject, message: Uint8Array): boolean => {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const digestLength = DIGEST_SIZE[signature.hash];
  const longest = Math.ceil((shapeOf(key).modulusBits - 1) / 8) - digestLength - 2;
  return [digestLength, longest].some(
    (saltLength) => saltLength >= 0 && verify(signature.hash, message, { key, padding, saltLength }, signature.value),
  );
};

/**
 * Verifies a signature over exactly the received bytes; nothing is re-encoded. False for every mismatch of key and scheme.
 * Does not say whose key it is, nor what the bytes mean.
 */
export const verifySignature = (signature: TpmSignature, key: KeyObject, message: Uint8Array): boolean => {
  const { kind, curveBytes } = shapeOf(key);
  try {
    if (signature.scheme === 'ECDSA') {
      const der = kind === 'ec' ? derOf(signature.r, signature.s, curveBytes) : null;
      return der !== null && verify(signature.hash, message, key, der);
    }
    if (kind !== 'rsa') return false;
    // PKCS#1 v1.5 is what a plain RSA key means without options, and options cost as much as the verification.
    return signature.scheme === 'RSAPSS' ? verifyRsaPss(signature, key, message) : verify(signature.hash, message, key, signature.value);
  } catch {
    return false;
  }
};
