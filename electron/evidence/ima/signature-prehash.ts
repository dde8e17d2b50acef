import { ECDH, type KeyObject, constants, createECDH, publicDecrypt, timingSafeEqual } from 'node:crypto';
import { attempt, readerOf } from '../reader.ts';
import type { Bank } from '../types.ts';

/**
 * Signatures over a digest whose message we do not have: an IMA list holds the digest of a file, not the file. Node verifies
 * messages only, so both schemes are completed here from its primitives. All values are public: nothing here needs constant time.
 */

/** DER of DigestInfo up to the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFO: ReadonlyMap<Bank, string> = new Map([
  ['sha1', '3021300906052b0e03021a05000414'],
  ['sha256', '3031300d060960864801650304020105000420'],
  ['sha384', '3041300d060960864801650304020205000430'],
  ['sha512', '3051300d060960864801650304020305000440'],
]);

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2): the whole encoded message is built and compared, so that no byte of padding is left to a
 * parser (the Bleichenbacher 2006 class of forgeries).
 */
const verifyRsa = (key: KeyObject, hash: Bank, digest: Uint8Array, signature: Uint8Array): boolean => {
  const prefix = DIGEST_INFO.get(hash);
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (prefix === undefined || signature.length !== size) return false;
  const info = Buffer.concat([Buffer.from(prefix, 'hex'), digest]);
  if (size < info.length + 11) return false;
  const expected = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(size - info.length - 3, 0xff), Buffer.from([0]), info]);
  const encoded = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  return encoded.length === size && timingSafeEqual(encoded, expected);
};

/** Field prime and group order of a curve with cofactor 1 (FIPS 186-5 with SP 800-186, 3.2.1). */
type Curve = { readonly name: string; readonly size: number; readonly p: bigint; readonly n: bigint };

const CURVES: ReadonlyMap<string, Curve> = new Map(
  [
    {
      name: 'prime256v1',
      size: 32,
      p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    },
    {
      name: 'secp384r1',
      size: 48,
      p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    },
    {
      name: 'secp521r1',
      size: 66,
      p: 2n ** 521n - 1n,
      n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    },
  ].map((curve) => [curve.name, curve]),
);

const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** Inverse by the extended Euclidean algorithm; 0 for 0. */
const inverse = (value: bigint, modulus: bigint): bigint => {
  let [r0, r1, t0, t1] = [modulus, mod(value, modulus), 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return r0 === 1n ? mod(t0, modulus) : 0n;
};

const integer = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
const fixed = (value: bigint, size: number): Buffer => Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');

type Point = { readonly x: bigint; readonly y: bigint };

const pointOf = (uncompressed: Uint8Array, size: number): Point => ({
  x: integer(uncompressed.subarray(1, 1 + size)),
  y: integer(uncompressed.subarray(1 + size)),
});

/** x of the sum of two points with different x; null for equal x, which no honest signature meets. */
const sumX = (a: Point, b: Point, p: bigint): bigint | null => {
  if (a.x === b.x) return null;
  const slope = mod((b.y - a.y) * inverse(b.x - a.x, p), p);
  return mod(slope * slope - a.x - b.x, p);
};

/** Dss-Sig-Value in strict DER (RFC 3279, 2.2.3; X.690, 10): one encoding, positive integers, nothing after it. */
const readDer = (bytes: Uint8Array): readonly [bigint, bigint] | null => {
  const read = attempt(() => {
    const reader = readerOf(bytes, 'big');
    const length = (): number => {
      const first = reader.u8('length');
      if (first < 0x80) return first;
      const long = first === 0x81 ? reader.u8('length') : reader.fail('a length of more than one byte');
      return long < 0x80 ? reader.fail('a length that is not the shortest') : long;
    };
    const number = (): bigint => {
      if (reader.u8('tag') !== 2) reader.fail('not an INTEGER');
      const value = reader.bytes(length(), 'INTEGER');
      const [first = 0x80, second = 0x80] = value;
      if (first >= 0x80 || (first === 0 && second < 0x80)) reader.fail('not a positive INTEGER in its shortest form');
      return integer(value);
    };
    if (reader.u8('tag') !== 0x30 || length() !== reader.remaining()) reader.fail('not one SEQUENCE');
    const pair = [number(), number()] as const;
    return reader.remaining() === 0 ? pair : reader.fail('bytes follow');
  });
  return read.ok ? read.value : null;
};

const privateMultiple = (curve: Curve, scalar: bigint): ECDH => {
  const ecdh = createECDH(curve.name);
  ecdh.setPrivateKey(fixed(scalar, curve.size));
  return ecdh;
};

/**
 * ECDSA (FIPS 186-5, 6.4.2) from native scalar multiplication: u1·G as a public key, u2·Q as a Diffie-Hellman secret. The secret is
 * an x only; which of the two points it is follows from x of (u2+1)·Q. Sums that meet one of the exceptional cases of addition are
 * refused: the chance that an honest signature meets one is about 2^-250.
 */
const verifyEcdsa = (key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean => {
  const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  const pair = readDer(signature);
  if (curve === undefined || pair === null) return false;
  const [r, s] = pair;
  const { p, n, size } = curve;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const bits = n.toString(2).length;
  const whole = integer(digest);
  const e = digest.length * 8 > bits ? whole >> BigInt(digest.length * 8 - bits) : whole;
  const w = inverse(s, n);
  const u1 = mod(e * w, n);
  const u2 = mod(r * w, n);
  if (u1 === 0n || u2 === n - 1n) return false;
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const q = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const own = pointOf(q, size);
  const first = pointOf(privateMultiple(curve, u1).getPublicKey(), size);
  const secondX = privateMultiple(curve, u2).computeSecret(q);
  const nextX = integer(privateMultiple(curve, u2 + 1n).computeSecret(q));
  const even = ECDH.convertKey(Buffer.concat([Buffer.from([2]), secondX]), curve.name, undefined, undefined, 'uncompressed');
  const one = pointOf(typeof even === 'string' ? Buffer.from(even, 'latin1') : even, size);
  const second = [one, { x: one.x, y: p - one.y }].find((candidate) => sumX(candidate, own, p) === nextX);
  const sum = second === undefined ? null : sumX(first, second, p);
  return sum !== null && mod(sum, n) === r;
};

/** Whether signatures of the key can be verified here. */
export const isVerifiable = (key: KeyObject): boolean => {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= 1024 && modulusLength <= 8192;
  return key.asymmetricKeyType === 'ec' && CURVES.has(namedCurve);
};

/** Whether a key signed a digest: RSASSA-PKCS1-v1_5, or ECDSA in DER on P-256, P-384 or P-521. False for every other key. */
export const verifyDigest = (key: KeyObject, hash: Bank, digest: Uint8Array, signature: Uint8Array): boolean => {
  try {
    if (key.asymmetricKeyType === 'rsa') return verifyRsa(key, hash, digest, signature);
    return key.asymmetricKeyType === 'ec' && verifyEcdsa(key, digest, signature);
  } catch {
    return false;
  }
};
