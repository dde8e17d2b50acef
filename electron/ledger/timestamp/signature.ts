import { type KeyObject, constants, verify } from 'node:crypto';
import { type Der, TAG, derFault, elementsOf, oneOf, smallInteger } from './der.ts';
import { SHA256 } from './request.ts';
import { type Algorithm, algorithmOf } from './token.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';

const HASHES: ReadonlyMap<string, HashName> = new Map([
  [SHA256, 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** SHA-256, SHA-384 or SHA-512; null for all others, which are too weak or not used. */
export const hashOf = (oid: string): HashName | null => HASHES.get(oid) ?? null;

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const MAX_SALT = 512;
const MGF1 = '1.2.840.113549.1.1.8';

const SIGNATURES: ReadonlyMap<string, { readonly key: 'rsa' | 'ec'; readonly hash: HashName }> = new Map([
  ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
]);

/** Whether a certificate's own signature is of a kind that still counts; SHA-1 and MD5 do not. */
export const isStrongSignature = (oid: string): boolean => SIGNATURES.has(oid) || oid === RSA_PSS || oid === '1.3.101.112';

type Scheme = { readonly hash: HashName; readonly key: readonly string[]; readonly padding?: number; readonly saltLength?: number };

const algorithmIn = (der: Der, what: string): Algorithm => algorithmOf(oneOf(der.content, TAG.sequence, what));

/** RFC 4055 §3.1: RSASSA-PSS-params. What is left out there means SHA-1, which does not count here. */
const pssOf = (parameters: Der | null): Scheme => {
  if (parameters?.tag !== TAG.sequence) return derFault('the signature does not say which hash it uses');
  const parts = elementsOf(parameters);
  const hash = hashOf(algorithmIn(parts.need(TAG.context(0), 'the hash of the signature'), 'the hash of the signature').oid);
  const mask = algorithmIn(parts.need(TAG.context(1), 'the mask of the signature'), 'the mask of the signature');
  const salt = oneOf(parts.need(TAG.context(2), 'the salt of the signature').content, TAG.integer, 'the salt of the signature');
  const maskHash = mask.oid === MGF1 && mask.parameters !== null ? hashOf(algorithmOf(mask.parameters).oid) : null;
  if (hash === null || maskHash !== hash) return derFault('the signature uses a hash that does not count');
  const saltLength = smallInteger(salt);
  // Negative lengths mean something else to OpenSSL.
  if (saltLength < 0 || saltLength > MAX_SALT) return derFault('the salt of the signature has no proper length');
  return { hash, key: ['rsa', 'rsa-pss'], padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
};

/** RFC 5652 §5.3, signatureAlgorithm; `digest` is the signer's digestAlgorithm, which names the hash where the algorithm does not. */
const schemeOf = ({ oid, parameters }: Algorithm, digest: HashName): Scheme => {
  if (oid === RSA_PSS) return pssOf(parameters);
  if (oid === RSA_ENCRYPTION) return { hash: digest, key: ['rsa'] };
  const known = SIGNATURES.get(oid) ?? derFault('the signature is of a kind that is not known here');
  return { hash: known.hash, key: [known.key] };
};

/** Whether the signature over the bytes is by the key: RSA (PKCS #1 v1.5, PSS) or ECDSA, with SHA-256, SHA-384 or SHA-512. */
export const isSignedBy = (
  { signedBytes, signature }: { readonly signedBytes: Buffer; readonly signature: Buffer },
  algorithm: Algorithm,
  digest: HashName,
  publicKey: KeyObject,
): boolean => {
  const { hash, key, ...options } = schemeOf(algorithm, digest);
  if (!key.includes(publicKey.asymmetricKeyType ?? '')) return false;
  return verify(hash, signedBytes, { key: publicKey, ...options }, signature);
};
