import {
  constants,
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  timingSafeEqual,
} from 'node:crypto';
import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { DIGEST_SIZE, HASH_BY_ID, hexDigest } from '../hashing.ts';
import type { Bank, Enrolment } from '../types.ts';
import { type TpmPublic, isStorageKey, keyObjectOf, parsePublic } from './public.ts';

const ALG_AES = 0x0006;
const MODE_CFB = 0x0043;
const MAX_SECRET_BYTES = 32;

/** What goes to the host: TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET, each with its size in front. */
export type Credential = { readonly idObject: Uint8Array; readonly encryptedSecret: Uint8Array };

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
const label = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');

/** KDFa (TPM 2.0 Part 1, 11.4.10.2): counter mode over HMAC. */
const kdfa = (hash: Bank, key: Uint8Array, use: string, context: Uint8Array, bits: number): Buffer => {
  const blocks: Buffer[] = [];
  for (let counter = 1; blocks.length * DIGEST_SIZE[hash] * 8 < bits; counter += 1)
    blocks.push(createHmac(hash, key).update(u32(counter)).update(label(use)).update(context).update(u32(bits)).digest());
  return Buffer.concat(blocks).subarray(0, bits / 8);
};

/** KDFe (TPM 2.0 Part 1, 11.4.10.3), one block: a seed is never longer than its hash. */
const kdfe = (hash: Bank, z: Uint8Array, use: string, u: Uint8Array, v: Uint8Array): Buffer =>
  Buffer.from(hexDigest(hash, Buffer.concat([u32(1), z, label(use), u, v])), 'hex');

type Seed = { readonly seed: Buffer; readonly encrypted: Buffer };

const rsaSeed = (ek: TpmPublic, seed: Uint8Array): Seed | null => {
  const key = keyObjectOf(ek);
  if (key === null) return null;
  const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: ek.nameAlg, oaepLabel: label('IDENTITY') };
  return { seed: Buffer.from(seed), encrypted: publicEncrypt(options, seed) };
};

const CURVES: ReadonlyMap<number, { readonly name: string; readonly size: number }> = new Map([
  [0x0003, { name: 'prime256v1', size: 32 }],
  [0x0004, { name: 'secp384r1', size: 48 }],
]);

const padded = (bytes: Uint8Array, size: number): Buffer => Buffer.concat([Buffer.alloc(Math.max(0, size - bytes.length)), bytes]);

const eccSeed = (ek: TpmPublic): Seed | null => {
  const curve = ek.shape.kind === 'ecc' ? CURVES.get(ek.shape.curveId) : undefined;
  const key = keyObjectOf(ek);
  if (curve === undefined || key === null || ek.shape.kind !== 'ecc') return null;
  const ephemeral = generateKeyPairSync('ec', { namedCurve: curve.name });
  const z = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: createPublicKey(key.export({ type: 'spki', format: 'pem' })) });
  const { x = '', y = '' } = ephemeral.publicKey.export({ format: 'jwk' });
  const [ownX, ownY] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const seed = kdfe(ek.nameAlg, z, 'IDENTITY', ownX, padded(ek.shape.x, curve.size));
  return { seed, encrypted: Buffer.concat([sized(ownX), sized(ownY)]) };
};

const notMade = (why: string): Result<never> =>
  fail(
    'credential',
    `The credential cannot be made: ${why}.`,
    'Check that this is the endorsement key and the name of an attestation key.',
  );

/**
 * TPM2_MakeCredential without a TPM (TPM 2.0 Part 1, 24; Part 3, 12.6): wraps `secret` so that only the TPM with this endorsement key can
 * unwrap it, and only while an object named `akName` (hex) is loaded in it. RSA, P-256 and P-384 endorsement keys with AES-CFB.
 * `seed`: fresh random bytes as long as the endorsement key's name hash; `secret`: fresh, at most 32 bytes, kept until the answer. OAEP
 * and the ephemeral ECC key draw further randomness from OpenSSL.
 *
 * An answer with the secret proves that both keys are in one TPM at that time. It does not prove that this TPM is a real one (the
 * endorsement certificate does), nor in which machine it sits. Fails with `credential`.
 */
export const makeCredential = (ekTpm2bPublic: Uint8Array, akName: string, secret: Uint8Array, seed: Uint8Array): Result<Credential> => {
  const parsed = parsePublic(ekTpm2bPublic);
  if (!parsed.ok) return notMade(`the endorsement key cannot be read (${parsed.message})`);
  const ek = parsed.value;
  const { symmetric } = ek;
  if (!isStorageKey(ek) || symmetric === null || symmetric.algorithm !== ALG_AES || symmetric.mode !== MODE_CFB)
    return notMade('the key given as endorsement key is no storage key with AES in CFB mode');
  if (symmetric.bits !== 128 && symmetric.bits !== 256) return notMade(`AES with ${symmetric.bits} bits is not supported`);
  const name = Buffer.from(akName, 'hex');
  const nameHash = HASH_BY_ID.get(name.length < 2 ? 0 : name.readUInt16BE());
  if (nameHash === undefined || name.length !== nameHash.size + 2) return notMade('the name of the attestation key is none');
  if (secret.length === 0 || secret.length > MAX_SECRET_BYTES) return notMade(`the secret has ${secret.length} bytes, not 1 to 32`);
  if (seed.length !== DIGEST_SIZE[ek.nameAlg]) return notMade(`the seed has ${seed.length} bytes, not ${DIGEST_SIZE[ek.nameAlg]}`);
  const made = ek.shape.kind === 'rsa' ? rsaSeed(ek, seed) : eccSeed(ek);
  if (made === null) return notMade('the endorsement key is not a usable RSA, P-256 or P-384 key');
  const key = kdfa(ek.nameAlg, made.seed, 'STORAGE', name, symmetric.bits);
  const cipher = createCipheriv(`aes-${symmetric.bits}-cfb`, key, Buffer.alloc(16));
  const identity = Buffer.concat([cipher.update(sized(secret)), cipher.final()]);
  const hmacKey = kdfa(ek.nameAlg, made.seed, 'INTEGRITY', Buffer.alloc(0), DIGEST_SIZE[ek.nameAlg] * 8);
  const hmac = createHmac(ek.nameAlg, hmacKey).update(identity).update(name).digest();
  return ok({ idObject: sized(Buffer.concat([sized(hmac), identity])), encryptedSecret: sized(made.encrypted) });
};

/** The enrolment that an answered challenge is worth, or null where the secret is not the one that was wrapped. Constant time. */
export const enrolmentOf = (akName: string, secret: Uint8Array, answer: Uint8Array): Enrolment | null =>
  secret.length > 0 && secret.length === answer.length && timingSafeEqual(secret, answer)
    ? { akName: akName.toLowerCase(), source: 'a credential activation that we made ourselves' }
    : null;
