import { constants, createDecipheriv, createHmac, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeKey, nameOf, tpm2b, u16, u32 } from '../testing/host.ts';
import { enrolmentOf, makeCredential } from './credential.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const modulus = Buffer.from(pair.publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
/** An RSA endorsement key whose private half is here: AES of these bits, name hash and attributes as given. */
const ek = (bits = 128, nameAlg = 11, attributes = 0x000300b2): Buffer =>
  tpm2b(
    Buffer.concat([
      u16(1),
      u16(nameAlg),
      u32(attributes),
      u16(0),
      u16(6),
      u16(bits),
      u16(0x43),
      u16(0x10),
      u16(2048),
      u32(0),
      tpm2b(modulus),
    ]),
  );
const akName = nameOf(makeKey('ecdsa256').area());
const secret = Buffer.alloc(32, 0x5e);

/** What the TPM does (TPM 2.0 Part 1, 24): null where the integrity value does not hold. */
const unwrap = (idObject: Buffer, encrypted: Buffer, name: Buffer, hash: 'sha256' | 'sha384', bits: number): Buffer | null => {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash, oaepLabel: Buffer.from('IDENTITY\0') };
  const seed = privateDecrypt({ key: pair.privateKey, ...oaep }, encrypted.subarray(2));
  const kdf = (use: string, context: Buffer, length: number): Buffer =>
    createHmac(hash, seed)
      .update(u32(1))
      .update(`${use}\0`)
      .update(context)
      .update(u32(length))
      .digest()
      .subarray(0, length / 8);
  const size = idObject.readUInt16BE(2);
  const [hmac, identity] = [idObject.subarray(4, 4 + size), idObject.subarray(4 + size)];
  const expected = createHmac(hash, kdf('INTEGRITY', Buffer.alloc(0), size * 8))
    .update(identity)
    .update(name)
    .digest();
  if (!expected.equals(hmac)) return null;
  const plain = createDecipheriv(`aes-${bits}-cfb`, kdf('STORAGE', name, bits), Buffer.alloc(16)).update(identity);
  return plain.subarray(2);
};

describe('a credential', () => {
  it.each([
    [128, 11, 'sha256', 32],
    [256, 11, 'sha256', 32],
    [256, 12, 'sha384', 48],
  ] as const)(
    'with AES-%i and name hash 0x%i is unwrapped by its endorsement key for the named attestation key',
    (bits, nameAlg, hash, size) => {
      const made = makeCredential(ek(bits, nameAlg), akName, secret, Buffer.alloc(size, 7));
      if (!made.ok) throw new Error(made.problem.message);
      const [idObject, encrypted] = [Buffer.from(made.value.idObject), Buffer.from(made.value.encryptedSecret)];
      expect(idObject.readUInt16BE()).toBe(idObject.length - 2);
      expect(unwrap(idObject, encrypted, Buffer.from(akName, 'hex'), hash, bits)).toEqual(secret);
      expect(unwrap(idObject, encrypted, Buffer.from(`000b${'00'.repeat(32)}`, 'hex'), hash, bits)).toBe(null);
    },
  );

  it.each<readonly [string, Uint8Array, string, Uint8Array, number, string]>([
    ['bytes that are no key', Buffer.from('00', 'hex'), akName, secret, 32, 'cannot be read'],
    ['a signing key', makeKey('rsassa').area(), akName, secret, 32, 'no storage key'],
    ['a decryption key that is not restricted', ek(128, 11, 0x00020072), akName, secret, 32, 'no storage key'],
    ['AES-192', ek(192), akName, secret, 32, '192 bits'],
    ['a name that is none', ek(), 'abcd', secret, 32, 'name'],
    ['an empty secret', ek(), akName, Buffer.alloc(0), 32, '0 bytes'],
    ['a secret that no TPM takes', ek(), akName, Buffer.alloc(33), 32, '33 bytes'],
    ['a seed of another size', ek(), akName, secret, 20, '20 bytes'],
  ])('is refused for %s', (_what, key, name, value, seed, why) => {
    const made = makeCredential(key, name, value, Buffer.alloc(seed, 1));
    expect(made.ok ? '' : made.problem.message).toContain(why);
  });

  it('enrols the key only for the very secret', () => {
    expect(enrolmentOf(akName.toUpperCase(), secret, Buffer.from(secret))?.akName).toBe(akName);
    expect([secret.subarray(1), Buffer.alloc(0), Buffer.alloc(32)].map((answer) => enrolmentOf(akName, secret, answer))).toEqual([
      null,
      null,
      null,
    ]);
    expect(enrolmentOf(akName, Buffer.alloc(0), Buffer.alloc(0))).toBe(null);
  });
});
