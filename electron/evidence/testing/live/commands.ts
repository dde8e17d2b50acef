import type { Session, SoftwareTpm } from './software-tpm.ts';

/** TPM commands as the live tests need them (TPM 2.0 Part 3). Sizes and structures are those of Part 2. */
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
const NONE = u16(0);
const NULL_ALG = u16(0x0010);
const ID: Readonly<Record<string, number>> = { sha1: 4, sha256: 0x0b, sha384: 0x0c };
const PW: Session = 'password';

export const OWNER = 0x40000001;
export const ENDORSEMENT = 0x4000000b;
const EK_POLICY = Buffer.from('837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa', 'hex');

const takeSized = (bytes: Buffer, at = 0): Buffer => bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at));

export type LiveKind = 'rsassa' | 'rsapss' | 'ecdsa256' | 'ecdsa384';
const RESTRICTED = 0x00050072;
export const UNRESTRICTED = 0x00040072;

const akTemplate = (kind: LiveKind, attributes: number): Buffer => {
  const head = (type: number): Buffer => Buffer.concat([u16(type), u16(0x0b), u32(attributes), NONE, NULL_ALG]);
  if (kind === 'rsassa' || kind === 'rsapss')
    return Buffer.concat([head(1), u16(kind === 'rsassa' ? 0x14 : 0x16), u16(0x0b), u16(2048), u32(0), NONE]);
  const small = kind === 'ecdsa256';
  return Buffer.concat([head(0x23), u16(0x18), u16(small ? 0x0b : 0x0c), u16(small ? 3 : 4), NULL_ALG, NONE, NONE]);
};

/** The default EK templates L-1 and L-2 (TCG EK Credential Profile, B.3). */
const ekTemplate = (kind: 'rsa' | 'ecc'): Buffer => {
  const head = Buffer.concat([u16(kind === 'rsa' ? 1 : 0x23), u16(0x0b), u32(0x000300b2), sized(EK_POLICY), u16(6), u16(128), u16(0x43)]);
  return kind === 'rsa'
    ? Buffer.concat([head, NULL_ALG, u16(2048), u32(0), sized(Buffer.alloc(256))])
    : Buffer.concat([head, NULL_ALG, u16(3), NULL_ALG, sized(Buffer.alloc(32)), sized(Buffer.alloc(32))]);
};

export type LoadedKey = { readonly handle: number; readonly area: Buffer };

const createPrimary = async (tpm: SoftwareTpm, hierarchy: number, template: Buffer): Promise<LoadedKey> => {
  const sensitive = sized(Buffer.concat([NONE, NONE]));
  const answer = await tpm.command(0x131, [hierarchy], [PW], Buffer.concat([sensitive, sized(template), NONE, u32(0)]));
  // The whole TPM2B_PUBLIC, size included.
  return { handle: answer.readUInt32BE(0), area: Buffer.from(answer.subarray(8, 10 + answer.readUInt16BE(8))) };
};

export const createAk = (tpm: SoftwareTpm, kind: LiveKind, attributes = RESTRICTED, hierarchy = ENDORSEMENT): Promise<LoadedKey> =>
  createPrimary(tpm, hierarchy, akTemplate(kind, attributes));
export const createEk = (tpm: SoftwareTpm, kind: 'rsa' | 'ecc'): Promise<LoadedKey> => createPrimary(tpm, ENDORSEMENT, ekTemplate(kind));
export const flush = async (tpm: SoftwareTpm, handle: number): Promise<void> => {
  await tpm.command(0x165, [], [], u32(handle));
};

export const extend = async (tpm: SoftwareTpm, pcr: number, digests: Readonly<Record<string, Uint8Array>>): Promise<void> => {
  const list = Object.entries(digests).map(([bank, digest]) => Buffer.concat([u16(ID[bank] ?? 0), digest]));
  await tpm.command(0x182, [pcr], [PW], Buffer.concat([u32(list.length), ...list]));
};

const selectionOf = (bank: string, pcrs: readonly number[]): Buffer => {
  const bits = Buffer.alloc(3);
  for (const pcr of pcrs) bits[pcr >> 3] = (bits[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  return Buffer.concat([u32(1), u16(ID[bank] ?? 0), Buffer.from([3]), bits]);
};

export const readPcr = async (tpm: SoftwareTpm, bank: string, pcr: number): Promise<Buffer> => {
  const answer = await tpm.command(0x17e, [], [], selectionOf(bank, [pcr]));
  return takeSized(answer, 4 + 10 + 4);
};

export type Attested = { readonly attest: Buffer; readonly signature: Buffer };

/** What every attestation command answers: parameter size, TPM2B_ATTEST, TPMT_SIGNATURE. */
const attestedOf = (answer: Buffer): Attested => {
  const parameters = answer.subarray(4, 4 + answer.readUInt32BE(0));
  const attest = Buffer.from(takeSized(parameters));
  return { attest, signature: Buffer.from(parameters.subarray(2 + attest.length)) };
};

export const quote = async (
  tpm: SoftwareTpm,
  key: number,
  nonce: Uint8Array,
  pcrs: readonly number[],
  bank = 'sha256',
): Promise<Attested> => attestedOf(await tpm.command(0x158, [key], [PW], Buffer.concat([sized(nonce), NULL_ALG, selectionOf(bank, pcrs)])));

export const getTime = async (tpm: SoftwareTpm, key: number, nonce: Uint8Array): Promise<Attested> =>
  attestedOf(await tpm.command(0x14c, [ENDORSEMENT, key], [PW, PW], Buffer.concat([sized(nonce), NULL_ALG])));

export const certify = async (tpm: SoftwareTpm, object: number, key: number, nonce: Uint8Array): Promise<Attested> =>
  attestedOf(await tpm.command(0x148, [object, key], [PW, PW], Buffer.concat([sized(nonce), NULL_ALG])));

/** TPM2_Sign over a digest; an unrestricted key signs anything. */
export const signDigest = async (tpm: SoftwareTpm, key: number, digest: Uint8Array): Promise<Buffer> => {
  const ticket = Buffer.concat([u16(0x8024), u32(0x40000007), NONE]);
  const answer = await tpm.command(0x15d, [key], [PW], Buffer.concat([sized(digest), NULL_ALG, ticket]));
  return Buffer.from(answer.subarray(4, 4 + answer.readUInt32BE(0)));
};

/** OWNERWRITE, OWNERREAD, AUTHREAD, WRITEDEFINE: what a provisioned tag has before it is locked. */
const TAG_ATTRIBUTES = 0x00062002;

export const writeTag = async (tpm: SoftwareTpm, index: number, tag: Uint8Array, lock = true): Promise<void> => {
  const area = Buffer.concat([u32(index), u16(0x0b), u32(TAG_ATTRIBUTES), NONE, u16(tag.length)]);
  await tpm.command(0x12a, [OWNER], [PW], Buffer.concat([NONE, sized(area)]));
  await tpm.command(0x137, [OWNER, index], [PW], Buffer.concat([sized(tag), u16(0)]));
  if (lock) await tpm.command(0x138, [OWNER, index], [PW], Buffer.alloc(0));
};

export const certifyTag = async (tpm: SoftwareTpm, key: number, index: number, size: number, nonce: Uint8Array): Promise<Attested> =>
  attestedOf(await tpm.command(0x184, [key, OWNER, index], [PW, PW], Buffer.concat([sized(nonce), NULL_ALG, u16(size), u16(0)])));

/** TPM2_ActivateCredential under the policy of the default EK templates; resolves to the secret. */
export const activate = async (
  tpm: SoftwareTpm,
  ak: number,
  ek: number,
  credential: { readonly idObject: Uint8Array; readonly encryptedSecret: Uint8Array },
): Promise<Buffer> => {
  const start = Buffer.concat([sized(Buffer.alloc(16, 5)), NONE, Buffer.from([1]), NULL_ALG, u16(0x0b)]);
  const session = (await tpm.command(0x176, [0x40000007, 0x40000007], [], start)).readUInt32BE(0);
  try {
    await tpm.command(0x151, [ENDORSEMENT, session], [PW], Buffer.concat([NONE, NONE, NONE, u32(0)]));
    const parameters = Buffer.concat([credential.idObject, credential.encryptedSecret]);
    const answer = await tpm.command(0x147, [ak, ek], [PW, session], parameters);
    return Buffer.from(takeSized(answer, 4));
  } finally {
    await flush(tpm, session);
  }
};

/** TPM2_ReadPublic: the TPM2B_PUBLIC of an object. */
export const readPublicArea = async (tpm: SoftwareTpm, handle: number): Promise<Buffer> => {
  const answer = await tpm.command(0x173, [handle], [], Buffer.alloc(0));
  return Buffer.from(answer.subarray(0, 2 + answer.readUInt16BE(0)));
};

/** The whole of an NV index that its owner may read. */
export const readIndex = async (tpm: SoftwareTpm, index: number): Promise<Buffer> => {
  const area = takeSized(await tpm.command(0x169, [index], [], Buffer.alloc(0)));
  const size = area.readUInt16BE(area.length - 2);
  const parts: Buffer[] = [];
  for (let at = 0; at < size; at += 512) {
    const answer = await tpm.command(0x14e, [OWNER, index], [PW], Buffer.concat([u16(Math.min(512, size - at)), u16(at)]));
    parts.push(Buffer.from(takeSized(answer, 4)));
  }
  return Buffer.concat(parts);
};
