import { type KeyObject, createPublicKey } from 'node:crypto';
import { HASH_BY_ID, HASH_ID, canHash, hexDigest } from '../hashing.ts';
import { type Reader, attempt, readerOf } from '../reader.ts';
import type { Bank } from '../types.ts';

const MAX_PUBLIC_BYTES = 2048;
const ALG_NULL = 0x0010;

export type KeyScheme = { readonly id: number; readonly hash: Bank | null };

/** TPMT_PUBLIC of a signing or storage key. `unique` is what makes it this key. */
export type TpmPublic = {
  readonly nameAlg: Bank;
  readonly attributes: number;
  readonly scheme: KeyScheme | null;
  /** How a storage key encrypts what it protects (TPMT_SYM_DEF_OBJECT); null for keys that protect nothing. */
  readonly symmetric: { readonly algorithm: number; readonly bits: number; readonly mode: number } | null;
  readonly shape:
    | { readonly kind: 'rsa'; readonly bits: number; readonly exponent: number; readonly modulus: Uint8Array }
    | { readonly kind: 'ecc'; readonly curveId: number; readonly x: Uint8Array; readonly y: Uint8Array };
  /** nameAlg || H(TPMT_PUBLIC), hex. */
  readonly name: string;
};

export type ParsedPublic = { readonly ok: true; readonly value: TpmPublic } | { readonly ok: false; readonly message: string };

const ATTRIBUTE_BITS = {
  fixedTPM: 1,
  fixedParent: 4,
  sensitiveDataOrigin: 5,
  restricted: 16,
  decrypt: 17,
  sign: 18,
} as const;

const readSymmetric = (reader: Reader): TpmPublic['symmetric'] => {
  const algorithm = reader.u16('symmetric algorithm');
  return algorithm === ALG_NULL ? null : { algorithm, bits: reader.u16('symmetric key bits'), mode: reader.u16('symmetric mode') };
};

const readScheme = (reader: Reader, what: string): KeyScheme | null => {
  const id = reader.u16(what);
  if (id === ALG_NULL) return null;
  // RSAES has no details; ECDAA carries a counter after its hash.
  if (id === 0x0015) return { id, hash: null };
  const hash = HASH_BY_ID.get(reader.u16(`${what} hash`))?.bank ?? null;
  if (id === 0x001a) reader.u16('ECDAA count');
  return { id, hash };
};

const readPublic = (reader: Reader, area: Uint8Array): TpmPublic => {
  const type = reader.u16('key type');
  const nameAlg = HASH_BY_ID.get(reader.u16('nameAlg'))?.bank;
  if (nameAlg === undefined || !canHash(nameAlg)) return reader.fail('nameAlg is not a hash that can be computed here');
  const attributes = reader.u32('objectAttributes');
  reader.sized(64, 'authPolicy');
  if (type !== 0x0001 && type !== 0x0023) return reader.fail(`key type 0x${type.toString(16)} is neither RSA nor ECC`);
  const symmetric = readSymmetric(reader);
  const scheme = readScheme(reader, 'scheme');
  let shape: TpmPublic['shape'];
  if (type === 0x0001) {
    const bits = reader.u16('keyBits');
    const exponent = reader.u32('exponent');
    shape = { kind: 'rsa', bits, exponent: exponent === 0 ? 65537 : exponent, modulus: reader.sized(512, 'modulus') };
  } else {
    const curveId = reader.u16('curveID');
    readScheme(reader, 'kdf');
    shape = { kind: 'ecc', curveId, x: reader.sized(66, 'x'), y: reader.sized(66, 'y') };
  }
  if (reader.remaining() > 0) reader.fail(`${reader.remaining()} bytes follow TPMT_PUBLIC`);
  const name = HASH_ID[nameAlg].toString(16).padStart(4, '0') + hexDigest(nameAlg, area);
  return { nameAlg, attributes, scheme, symmetric, shape, name };
};

/** A bare TPMT_PUBLIC begins with its type; read as the length of a TPM2B, 1 and 35 are shorter than any key. */
const isBare = (bytes: Uint8Array): boolean => bytes[0] === 0 && (bytes[1] === 0x01 || bytes[1] === 0x23) && bytes.length > 64;

/**
 * Parses TPM2B_PUBLIC (TPM 2.0 Part 2, 12.2.5), or the TPMT_PUBLIC inside it (12.2.4) as some tools hand it out, with nothing after it.
 * Never throws. Self-reported attributes prove nothing by themselves.
 */
export const parsePublic = (bytes: Uint8Array): ParsedPublic => {
  if (bytes.length > MAX_PUBLIC_BYTES)
    return { ok: false, message: `it has ${bytes.length} bytes; at most ${MAX_PUBLIC_BYTES} are allowed` };
  return attempt((): TpmPublic => {
    if (isBare(bytes)) return readPublic(readerOf(bytes, 'big'), bytes);
    const outer = readerOf(bytes, 'big');
    const area = outer.sized(MAX_PUBLIC_BYTES, 'TPM2B_PUBLIC');
    if (outer.remaining() > 0) outer.fail(`${outer.remaining()} bytes follow TPM2B_PUBLIC`);
    return readPublic(readerOf(area, 'big'), area);
  });
};

/** Whether this is a restricted storage key, as endorsement keys are: it decrypts only what the TPM itself may use. */
export const isStorageKey = (key: TpmPublic): boolean =>
  ((key.attributes >>> ATTRIBUTE_BITS.restricted) & 1) === 1 && ((key.attributes >>> ATTRIBUTE_BITS.decrypt) & 1) === 1;

/** What keeps this key from being an attestation key, in words; empty when nothing does (TPM 2.0 Part 1, 25: restricted signing keys). */
export const attestationKeyFaults = (key: TpmPublic): readonly string[] => {
  const has = (bit: number): boolean => ((key.attributes >>> bit) & 1) === 1;
  const faults: string[] = [];
  if (!has(ATTRIBUTE_BITS.restricted)) faults.push('it is not restricted, so its owner can sign anything with it');
  if (!has(ATTRIBUTE_BITS.sign)) faults.push('it is not a signing key');
  if (has(ATTRIBUTE_BITS.decrypt)) faults.push('it may decrypt');
  if (!has(ATTRIBUTE_BITS.fixedTPM)) faults.push('it may leave the TPM (fixedTPM is clear)');
  if (!has(ATTRIBUTE_BITS.fixedParent)) faults.push('it may be re-parented (fixedParent is clear)');
  if (!has(ATTRIBUTE_BITS.sensitiveDataOrigin)) faults.push('its private part was not made by the TPM (sensitiveDataOrigin is clear)');
  if (key.scheme === null) faults.push('it has no fixed signing scheme');
  if (key.shape.kind === 'rsa') {
    if (key.shape.bits < 2048) faults.push(`its modulus has ${key.shape.bits} bits, fewer than 2048`);
    if (key.shape.exponent !== 65537) faults.push(`its exponent is ${key.shape.exponent}, not 65537`);
  } else if (key.shape.curveId !== 0x0003 && key.shape.curveId !== 0x0004 && key.shape.curveId !== 0x0005) {
    faults.push(`its curve 0x${key.shape.curveId.toString(16)} is not P-256, P-384 or P-521`);
  }
  return faults;
};

const CURVES: ReadonlyMap<number, { readonly crv: string; readonly size: number }> = new Map([
  [0x0003, { crv: 'P-256', size: 32 }],
  [0x0004, { crv: 'P-384', size: 48 }],
  [0x0005, { crv: 'P-521', size: 66 }],
]);

const base64url = (bytes: Uint8Array, size = bytes.length): string | null => {
  if (bytes.length > size) return null;
  const padded = Buffer.alloc(size);
  padded.set(bytes, size - bytes.length);
  return padded.toString('base64url');
};

/** The public key, or null when its numbers are not a key (for example a point off the curve). */
export const keyObjectOf = (key: TpmPublic): KeyObject | null => {
  try {
    if (key.shape.kind === 'rsa') {
      const { bits, modulus, exponent } = key.shape;
      // Zeros in front would let a short modulus pass for a long one.
      if (modulus.length * 8 !== bits || (modulus[0] ?? 0) < 0x80) return null;
      const e = Buffer.alloc(4);
      e.writeUInt32BE(exponent);
      const n = base64url(modulus);
      const firstByte = e.findIndex((byte) => byte !== 0);
      if (n === null || firstByte < 0) return null;
      return createPublicKey({ key: { kty: 'RSA', n, e: e.subarray(firstByte).toString('base64url') }, format: 'jwk' });
    }
    const curve = CURVES.get(key.shape.curveId);
    if (curve === undefined) return null;
    const x = base64url(key.shape.x, curve.size);
    const y = base64url(key.shape.y, curve.size);
    if (x === null || y === null) return null;
    return createPublicKey({ key: { kty: 'EC', crv: curve.crv, x, y }, format: 'jwk' });
  } catch {
    return null;
  }
};

const MAX_PEM_CHARACTERS = 8192;

/** A "PUBLIC KEY" PEM as a key; null for anything else. */
export const keyObjectOfPem = (pem: string): KeyObject | null => {
  if (pem.length > MAX_PEM_CHARACTERS || !pem.trimStart().startsWith('-----BEGIN PUBLIC KEY-----')) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
};
