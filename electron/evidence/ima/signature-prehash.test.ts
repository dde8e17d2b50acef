import { type KeyObject, constants, createHash, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Bank } from '../types.ts';
import { isVerifiable, verifyDigest } from './signature-prehash.ts';

const HASHES: readonly Bank[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const digestOf = (hash: Bank, message: string): Buffer => createHash(hash).update(message).digest();
const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const ec = (namedCurve: string): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = ec('prime256v1');

describe('a signature over a digest', () => {
  it.each(['prime256v1', 'secp384r1', 'secp521r1'].flatMap((curve) => HASHES.map((hash) => [curve, hash] as const)))(
    'by ECDSA on %s over %s verifies as signing the message says, and no other does',
    (curve, hash) => {
      const { publicKey, privateKey } = ec(curve);
      const digest = digestOf(hash, 'file');
      const signature = sign(hash, Buffer.from('file'), privateKey);
      expect(verifyDigest(publicKey, hash, digest, signature)).toBe(true);
      expect(verifyDigest(publicKey, hash, flipped(digest, 0), signature)).toBe(false);
      expect(verifyDigest(publicKey, hash, digest, flipped(signature, signature.length - 1))).toBe(false);
      expect(verifyDigest(ec(curve).publicKey, hash, digest, signature)).toBe(false);
    },
  );

  it('verifies again and again, whatever the sign of the point (200 signatures)', () => {
    for (let round = 0; round < 200; round += 1) {
      const signature = sign('sha256', Buffer.from(`file ${round}`), p256.privateKey);
      expect(verifyDigest(p256.publicKey, 'sha256', digestOf('sha256', `file ${round}`), signature)).toBe(true);
    }
  });

  it.each(HASHES)('by RSA over %s verifies, and no other does', (hash) => {
    const digest = digestOf(hash, 'file');
    const signature = sign(hash, Buffer.from('file'), rsa.privateKey);
    expect(verifyDigest(rsa.publicKey, hash, digest, signature)).toBe(true);
    expect(verifyDigest(rsa.publicKey, hash, flipped(digest, 3), signature)).toBe(false);
    expect(verifyDigest(rsa.publicKey, hash, digest, flipped(signature, 9))).toBe(false);
    expect(verifyDigest(rsa.publicKey, hash, digest, signature.subarray(1))).toBe(false);
    expect(verifyDigest(rsa.publicKey, hash, digest, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
  });
});

describe('RSA padding is compared to its last byte', () => {
  const digest = digestOf('sha256', 'file');
  const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
  const without = Buffer.concat([Buffer.from('302f300b0609608648016503040201', 'hex'), Buffer.from('0420', 'hex'), digest]);
  const padded = (tail: Uint8Array, fill = 0xff): Buffer =>
    Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(256 - 3 - tail.length, fill), Buffer.alloc(1), tail]);
  const raw = (message: Buffer): Buffer => privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, message);
  const short = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 0xff), Buffer.alloc(1), info]);

  it('the right one passes', () => {
    expect(verifyDigest(rsa.publicKey, 'sha256', digest, raw(padded(info)))).toBe(true);
  });

  it.each<readonly [string, Buffer]>([
    ['garbage after a short padding', Buffer.concat([short, Buffer.alloc(256 - short.length, 0x5a)])],
    ['padding bytes other than ff', padded(info, 0xfe)],
    ['a DigestInfo without NULL parameters', padded(without)],
    ['the digest alone', padded(digest)],
  ])('%s fails', (_what, message) => {
    expect(verifyDigest(rsa.publicKey, 'sha256', digest, raw(message))).toBe(false);
  });
});

describe('an ECDSA signature is one DER sequence of two positive integers below the group order', () => {
  const digest = digestOf('sha256', 'file');
  const good = sign('sha256', Buffer.from('file'), p256.privateKey);
  const order = Buffer.from('00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const number = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([2, bytes.length]), bytes]);
  const pair = (r: Buffer, s: Buffer): Buffer => Buffer.concat([Buffer.from([0x30, r.length + s.length + 4]), number(r), number(s)]);
  const one = Buffer.from([1]);

  it.each<readonly [string, Buffer]>([
    ['r of zero', pair(Buffer.from([0]), one)],
    ['s of zero', pair(one, Buffer.from([0]))],
    ['r of the group order', pair(order, one)],
    ['s of the group order', pair(one, order)],
    ['a negative r', pair(Buffer.from([0x80]), one)],
    ['an integer with a leading zero', pair(Buffer.from([0, 1]), one)],
    ['an empty integer', pair(Buffer.alloc(0), one)],
    ['a byte after it', Buffer.concat([good, Buffer.alloc(1)])],
    ['its end cut', good.subarray(0, -1)],
    ['a long form of a short length', Buffer.concat([Buffer.from([0x30, 0x81]), good.subarray(1)])],
    ['nothing', Buffer.alloc(0)],
  ])('with %s it is refused', (_what, signature) => {
    expect(verifyDigest(p256.publicKey, 'sha256', digest, signature)).toBe(false);
  });
});

describe('keys', () => {
  it.each(['rsa 2048', 'P-256'])('%s can be verified with', (name) => {
    expect(isVerifiable(name === 'P-256' ? p256.publicKey : rsa.publicKey)).toBe(true);
  });
  it.each<readonly [string, KeyObject]>([
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    ['secp256k1, which no kernel verifies,', ec('secp256k1').publicKey],
    ['RSA of 512 bits', generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey],
  ])('%s cannot', (_name, key) => {
    expect(isVerifiable(key)).toBe(false);
    expect(verifyDigest(key, 'sha256', digestOf('sha256', 'file'), Buffer.alloc(64, 1))).toBe(false);
  });
});
