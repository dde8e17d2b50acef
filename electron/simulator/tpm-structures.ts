import { createHash, createPublicKey, sign, constants, type KeyObject } from 'node:crypto';
import { be16, be32, be64, join, le16, le32, sized, u8 } from './wire.ts';

/** TPM 2.0 structures (TPM 2.0 Library, Part 2), written only. */
export type AkScheme = 'rsassa' | 'rsapss' | 'ecdsa-p256' | 'ecdsa-p384';

const ALG = {
  rsa: 0x0001,
  sha256: 0x000b,
  sha384: 0x000c,
  nothing: 0x0010,
  rsassa: 0x0014,
  rsapss: 0x0016,
  ecdsa: 0x0018,
  ecc: 0x0023,
} as const;
/** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign. */
const AK_ATTRIBUTES = 0x00050072;
/** fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt. */
const EK_ATTRIBUTES = 0x000300b2;
/** PolicySecret(endorsement): the policy of the default EK templates. */
const EK_POLICY = Buffer.from('837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa', 'hex');
const ENDORSEMENT_HIERARCHY = 0x4000000b;

const jwkPart = (key: KeyObject, part: 'x' | 'y' | 'n'): Buffer =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' })[part] ?? '', 'base64url');
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const schemeHash = (scheme: AkScheme): 'sha256' | 'sha384' => (scheme === 'ecdsa-p384' ? 'sha384' : 'sha256');
const schemeIds = (scheme: AkScheme): Buffer => {
  const algorithm = scheme === 'rsassa' ? ALG.rsassa : scheme === 'rsapss' ? ALG.rsapss : ALG.ecdsa;
  return join(be16(algorithm), be16(ALG[schemeHash(scheme)]));
};

/** TPMT_PUBLIC of an attestation key. */
export const akPublic = (key: KeyObject, scheme: AkScheme): Buffer => {
  const rsa = scheme === 'rsassa' || scheme === 'rsapss';
  const head = join(
    be16(rsa ? ALG.rsa : ALG.ecc),
    be16(ALG.sha256),
    be32(AK_ATTRIBUTES),
    sized(Buffer.alloc(0)),
    be16(ALG.nothing),
    schemeIds(scheme),
  );
  if (rsa) return join(head, be16(2048), be32(0), sized(jwkPart(key, 'n')));
  return join(head, be16(scheme === 'ecdsa-p384' ? 4 : 3), be16(ALG.nothing), sized(jwkPart(key, 'x')), sized(jwkPart(key, 'y')));
};

/** TPMT_PUBLIC of a P-256 endorsement key by the default template. */
export const ekPublic = (key: KeyObject): Buffer =>
  join(
    be16(ALG.ecc),
    be16(ALG.sha256),
    be32(EK_ATTRIBUTES),
    sized(EK_POLICY),
    join(be16(0x0006), be16(128), be16(0x0043)),
    be16(ALG.nothing),
    be16(3),
    be16(ALG.nothing),
    sized(jwkPart(key, 'x')),
    sized(jwkPart(key, 'y')),
  );

/** Name: nameAlg and the digest of the public area. */
export const nameOfPublic = (area: Uint8Array): Buffer => join(be16(ALG.sha256), sha256(area));

/** Qualified name of an attestation key made under the endorsement key. */
export const qualifiedName = (ekArea: Uint8Array, akArea: Uint8Array): Buffer => {
  const parent = join(be16(ALG.sha256), sha256(join(be32(ENDORSEMENT_HIERARCHY), nameOfPublic(ekArea))));
  return join(be16(ALG.sha256), sha256(join(parent, nameOfPublic(akArea))));
};

export type AttestFacts = {
  readonly qualifiedSigner: Uint8Array;
  readonly extraData: Uint8Array;
  readonly clockMs: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  readonly safe: boolean;
  readonly firmwareVersion: bigint;
};

const attestHead = (type: number, facts: AttestFacts): Buffer =>
  join(
    be32(0xff544347),
    be16(type),
    sized(facts.qualifiedSigner),
    sized(facts.extraData),
    be64(facts.clockMs),
    be32(facts.resetCount),
    be32(facts.restartCount),
    u8(facts.safe ? 1 : 0),
    be64(facts.firmwareVersion),
  );

const bitmap = (pcrs: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(3);
  for (const pcr of pcrs) bytes[pcr >> 3] = (bytes[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  return bytes;
};

/** TPMS_ATTEST of a quote over the SHA-256 bank. `values` are those of `pcrs`, ascending. */
export const quoteAttest = (facts: AttestFacts, scheme: AkScheme, pcrs: readonly number[], values: readonly Uint8Array[]): Buffer =>
  join(
    attestHead(0x8018, facts),
    be32(1),
    be16(ALG.sha256),
    u8(3),
    bitmap(pcrs),
    // The digest over the values is of the signing scheme, not of the bank.
    sized(
      createHash(schemeHash(scheme))
        .update(join(...values))
        .digest(),
    ),
  );

export type NvIndex = { readonly index: number; readonly content: Uint8Array };

/** written, authRead, ownerRead, writeDefine, writeLocked, ownerWrite. */
const NV_ATTRIBUTES = 0x20062802;

/** TPMS_ATTEST of an NV certification of a whole, write-locked index. */
export const nvAttest = (facts: AttestFacts, nv: NvIndex): Buffer => {
  const area = join(be32(nv.index), be16(ALG.sha256), be32(NV_ATTRIBUTES), sized(Buffer.alloc(0)), be16(nv.content.length));
  return join(attestHead(0x8014, facts), sized(nameOfPublic(area)), be16(0), sized(nv.content));
};

/** TPMT_SIGNATURE over an attestation. */
export const signAttest = (attest: Uint8Array, key: KeyObject, scheme: AkScheme): Buffer => {
  const hash = schemeHash(scheme);
  if (scheme === 'rsassa') return join(schemeIds(scheme), sized(sign(hash, attest, key)));
  if (scheme === 'rsapss') {
    const signature = sign(hash, attest, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    return join(schemeIds(scheme), sized(signature));
  }
  const pair = sign(hash, attest, { key, dsaEncoding: 'ieee-p1363' });
  const half = pair.length / 2;
  return join(schemeIds(scheme), sized(pair.subarray(0, half)), sized(pair.subarray(half)));
};

/** PCR values as the agent sends them: the tools' in-memory layout, little-endian, digests in slots of 64 bytes, eight to a list. */
export const pcrBlob = (pcrs: readonly number[], values: readonly Uint8Array[]): Buffer => {
  const selection = Buffer.alloc(16 * 8);
  selection.set(join(le16(ALG.sha256), u8(3), bitmap(pcrs)), 0);
  const lists: Buffer[] = [];
  for (let from = 0; from < values.length; from += 8) {
    const part = values.slice(from, from + 8);
    const slots = Buffer.alloc(8 * 66);
    part.forEach((value, slot) => slots.set(join(le16(value.length), value), slot * 66));
    lists.push(join(le32(part.length), slots));
  }
  return join(le32(1), selection, le32(lists.length), ...lists);
};

/** The quote string of the agent API: 'r', then attestation, signature and PCR values. */
export const quoteString = (attest: Buffer, signature: Buffer, blob: Buffer): string =>
  `r${attest.toString('base64')}:${signature.toString('base64')}:${blob.toString('base64')}`;
