/**
 * For tests only: encoders written from the specifications, apart from the parsers they test, and a host made of software
 * whose keys, PCRs, boot log and IMA list agree with each other, to be spoiled one thing at a time.
 */
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { EvidenceInput } from '../types.ts';

export const u8 = (value: number): Buffer => Buffer.from([value]);
export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const u32 = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
export const u64 = (value: bigint): Buffer => Buffer.concat([u32(Number(value >> 32n)), u32(Number(value & 0xffffffffn))]);
export const le16 = (value: number): Buffer => u16(value).reverse();
export const le32 = (value: number): Buffer => u32(value).reverse();
export const le64 = (value: bigint): Buffer => u64(value).reverse();
export const tpm2b = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
export const digest = (bank: string, ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(bank);
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const HASH_IDS: Readonly<Record<string, number>> = { sha1: 4, sha256: 11, sha384: 12, sha512: 13 };
export const hashId = (bank: string): number => HASH_IDS[bank] ?? 0;

export type ClockInput = {
  readonly clock?: bigint;
  readonly reset?: number;
  readonly restart?: number;
  readonly safe?: number;
  readonly firmware?: bigint;
};

export const attestHeader = (type: number, nonce: Uint8Array, clock: ClockInput = {}, magic = 0xff544347): Buffer =>
  Buffer.concat([
    u32(magic),
    u16(type),
    tpm2b(Buffer.alloc(34, 9)),
    tpm2b(nonce),
    u64(clock.clock ?? 5000n),
    u32(clock.reset ?? 3),
    u32(clock.restart ?? 1),
    u8(clock.safe ?? 1),
    u64(clock.firmware ?? 7n),
  ]);

export const selection = (banks: Readonly<Record<string, readonly number[]>>): Buffer =>
  Buffer.concat([
    u32(Object.keys(banks).length),
    ...Object.entries(banks).map(([bank, pcrs]) => {
      const bits = [0, 0, 0];
      for (const pcr of pcrs) bits[pcr >> 3] = (bits[pcr >> 3] ?? 0) | (1 << (pcr & 7));
      return Buffer.concat([u16(hashId(bank)), u8(3), Buffer.from(bits)]);
    }),
  ]);

/** TCG_PCR_EVENT. */
export const sha1Event = (pcr: number, type: number, hash: Uint8Array, data: Uint8Array): Buffer =>
  Buffer.concat([le32(pcr), le32(type), hash, le32(data.length), data]);

export const specId = (banks: readonly string[]): Buffer =>
  sha1Event(
    0,
    3,
    Buffer.alloc(20),
    Buffer.concat([
      Buffer.from('Spec ID Event03\0'),
      le32(0),
      Buffer.from([0, 2, 0, 2]),
      le32(banks.length),
      ...banks.flatMap((bank) => [le16(hashId(bank)), le16(digest(bank).length)]),
      u8(0),
    ]),
  );

/** TCG_PCR_EVENT2 with the digests of `measured`, which defaults to the data. */
export const agileEvent = (banks: readonly string[], pcr: number, type: number, data: Uint8Array, measured: Uint8Array = data): Buffer =>
  Buffer.concat([
    le32(pcr),
    le32(type),
    le32(banks.length),
    ...banks.flatMap((bank) => [le16(hashId(bank)), type === 3 ? Buffer.alloc(digest(bank).length) : digest(bank, measured)]),
    le32(data.length),
    data,
  ]);

const GUID = Buffer.from('61dfe48bca93d211aa0d00e098032b8c', 'hex');

export const uefiVariable = (name: string, value: Uint8Array, guid: Uint8Array = GUID): Buffer =>
  Buffer.concat([guid, le64(BigInt(name.length)), le64(BigInt(value.length)), Buffer.from(name, 'utf16le'), value]);

export const OWNER = Buffer.from('bd9afa775903324dbd6028f4e78f784b', 'hex');
const CERT_SHA256 = Buffer.from('2616c4c14c509240aca941f936934328', 'hex');

/** EFI_SIGNATURE_LIST of SHA-256 digests. */
export const digestList = (digests: readonly Uint8Array[]): Buffer =>
  Buffer.concat([CERT_SHA256, le32(28 + 48 * digests.length), le32(0), le32(48), ...digests.flatMap((hash) => [OWNER, hash])]);

export const locality = (banks: readonly string[], value: number, pcr = 0): Buffer =>
  agileEvent(banks, pcr, 3, Buffer.concat([Buffer.from('StartupLocality\0'), u8(value)]));

/** Template data of ima-ng and an ASCII line for it. */
export const imaNgData = (path: string, fileDigest: Uint8Array, alg = 'sha256'): Buffer => {
  const first = Buffer.concat([Buffer.from(`${alg}:\0`), fileDigest]);
  const second = Buffer.from(`${path}\0`);
  return Buffer.concat([le32(first.length), first, le32(second.length), second]);
};

export const imaNgLine = (path: string, fileDigest: Buffer, alg = 'sha256'): string =>
  `10 ${digest('sha1', imaNgData(path, fileDigest, alg)).toString('hex')} ima-ng ${alg}:${fileDigest.toString('hex')} ${path}\n`;

/** TPMS_NV_PUBLIC's name. */
export const nvName = (index: number, attributes: number, size: number): Buffer =>
  Buffer.concat([u16(11), digest('sha256', u32(index), u16(11), u32(attributes), u16(0), u16(size))]);

export type KeyKind = 'rsassa' | 'rsapss' | 'ecdsa256' | 'ecdsa384';
export const AK_ATTRIBUTES = 0x00050072;
export const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
export const BANK = ['sha256'] as const;
export const GEO_INDEX = 0x01500010;
const GEO_ATTRIBUTES = 0x2006280a;
export const REQUIRED: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14];

export type TestKey = {
  readonly kind: KeyKind;
  readonly hash: string;
  readonly pem: string;
  readonly area: (attributes?: number) => Buffer;
  readonly sign: (message: Uint8Array, label?: { readonly scheme?: number; readonly hash?: string }) => Buffer;
};

const rsaKey = (kind: 'rsassa' | 'rsapss'): TestKey => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const scheme = kind === 'rsassa' ? 0x0014 : 0x0016;
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  return {
    kind,
    hash: 'sha256',
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    area: (attributes = AK_ATTRIBUTES) =>
      tpm2b(Buffer.concat([u16(1), u16(11), u32(attributes), u16(0), u16(0x10), u16(scheme), u16(11), u16(2048), u32(0), tpm2b(modulus)])),
    sign: (message, label = {}) => {
      const padding =
        kind === 'rsassa'
          ? { padding: constants.RSA_PKCS1_PADDING }
          : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      const value = sign('sha256', message, { key: privateKey, ...padding });
      return Buffer.concat([u16(label.scheme ?? scheme), u16(hashId(label.hash ?? 'sha256')), tpm2b(value)]);
    },
  };
};

const eccKey = (kind: 'ecdsa256' | 'ecdsa384'): TestKey => {
  const small = kind === 'ecdsa256';
  const hash = small ? 'sha256' : 'sha384';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: small ? 'prime256v1' : 'secp384r1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const size = small ? 32 : 48;
  return {
    kind,
    hash,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    area: (attributes = AK_ATTRIBUTES) =>
      tpm2b(
        Buffer.concat([
          u16(0x23),
          u16(11),
          u32(attributes),
          u16(0),
          u16(0x10),
          u16(0x18),
          u16(hashId(hash)),
          u16(small ? 3 : 4),
          u16(0x10),
          tpm2b(Buffer.from(x, 'base64url')),
          tpm2b(Buffer.from(y, 'base64url')),
        ]),
      ),
    sign: (message, label = {}) => {
      const raw = sign(hash, message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return Buffer.concat([
        u16(label.scheme ?? 0x18),
        u16(hashId(label.hash ?? hash)),
        tpm2b(raw.subarray(0, size)),
        tpm2b(raw.subarray(size)),
      ]);
    },
  };
};

export const makeKey = (kind: KeyKind): TestKey => (kind === 'rsassa' || kind === 'rsapss' ? rsaKey(kind) : eccKey(kind));

export const nameOf = (area: Buffer): string => `000b${digest('sha256', area.subarray(2)).toString('hex')}`;

const ZERO4 = Buffer.alloc(4);
const bootEvents = (secureBoot: number): readonly (readonly [number, number, Buffer, Buffer?])[] => [
  [0, 0x08, Buffer.from('version 1.2', 'utf16le')],
  [7, 0x80000001, uefiVariable('SecureBoot', Buffer.from([secureBoot]))],
  [7, 0x80000001, uefiVariable('PK', Buffer.alloc(0))],
  [7, 0x80000001, uefiVariable('db', digestList([Buffer.alloc(32, 0xd1), Buffer.alloc(32, 0xd2)]))],
  [1, 0x80000002, uefiVariable('BootOrder', Buffer.from([0, 0]))],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((pcr) => [pcr, 0x04, ZERO4] as const),
  [4, 0x80000003, Buffer.alloc(32), Buffer.from('the image of shim')],
  [8, 0x0d, Buffer.from('grub_cmd: linux /vmlinuz\0'), Buffer.from('linux /vmlinuz')],
  [9, 0x0d, Buffer.from('/vmlinuz\0'), Buffer.from('the image of a kernel')],
];

export const bootLog = (secureBoot = 1): Buffer =>
  Buffer.concat([
    specId(BANK),
    ...bootEvents(secureBoot).map(([pcr, type, data, measured]) => agileEvent(BANK, pcr, type, data, measured)),
  ]);

const bootPcrs = (): Record<number, Buffer> => {
  const pcrs: Record<number, Buffer> = Object.fromEntries(REQUIRED.map((pcr) => [pcr, Buffer.alloc(32)]));
  for (const [pcr, , data, measured] of bootEvents(1))
    pcrs[pcr] = digest('sha256', pcrs[pcr] ?? Buffer.alloc(32), digest('sha256', measured ?? data));
  return pcrs;
};

export type ImaFile = { readonly path: string; readonly digest: Buffer };
export const FILES: readonly ImaFile[] = ['/usr/bin/bash', '/opt/my app/with  two spaces', '/usr/lib/libc.so.6'].map((path) => ({
  path,
  digest: digest('sha256', Buffer.from(path)),
}));

/** PCR 10 after these entries; `padded` as kernels before 5.8 extend it. */
export const replayIma = (files: readonly ImaFile[], padded = false): Buffer =>
  files.reduce<Buffer>((pcr, file) => {
    const data = imaNgData(file.path, file.digest);
    return digest('sha256', pcr, padded ? Buffer.concat([digest('sha1', data), Buffer.alloc(12)]) : digest('sha256', data));
  }, Buffer.alloc(32));

export type HostOptions = {
  readonly key?: TestKey;
  readonly clock?: ClockInput;
  readonly nonce?: Buffer;
  readonly attributes?: number;
  readonly files?: readonly ImaFile[];
  readonly paddedIma?: boolean;
  readonly selection?: Readonly<Record<string, readonly number[]>>;
  readonly magic?: number;
  readonly label?: { readonly scheme?: number; readonly hash?: string };
  readonly geo?: {
    readonly nonce?: Buffer;
    readonly attributes?: number;
    readonly index?: number;
    readonly key?: TestKey;
    readonly offset?: number;
    readonly type?: number;
  };
  readonly aggregatePcrs?: readonly number[];
};

const GEO_TAG = Buffer.from('{"country":"DE"}');

export const quoteOf = (
  key: TestKey,
  pcrs: Readonly<Record<number, Buffer>>,
  options: HostOptions,
): { readonly attest: Buffer; readonly signature: Buffer } => {
  const banks = options.selection ?? { sha256: REQUIRED };
  const values = (banks['sha256'] ?? []).map((pcr) => pcrs[pcr] ?? Buffer.alloc(32));
  const attest = Buffer.concat([
    attestHeader(0x8018, options.nonce ?? NONCE, options.clock, options.magic),
    selection(banks),
    tpm2b(digest(key.hash, ...values)),
  ]);
  return { attest, signature: key.sign(attest, options.label) };
};

/** Coherent evidence, bound by enrolment, with whatever the options spoil. */
export const makeEvidence = (options: HostOptions = {}): EvidenceInput & { readonly ima: Buffer; readonly eventLog: Buffer } => {
  const key = options.key ?? makeKey('ecdsa256');
  const area = key.area(options.attributes);
  const pcrs = bootPcrs();
  const boot = (options.aggregatePcrs ?? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).map((pcr) => pcrs[pcr] ?? Buffer.alloc(32));
  const files = [{ path: 'boot_aggregate', digest: digest('sha256', ...boot) }, ...(options.files ?? FILES)];
  pcrs[10] = replayIma(files, options.paddedIma);
  const geo = options.geo ?? {};
  const geoKey = geo.key ?? key;
  const index = geo.index ?? GEO_INDEX;
  const certificate = Buffer.concat([
    attestHeader(geo.type ?? 0x8014, geo.nonce ?? NONCE),
    tpm2b(nvName(index, geo.attributes ?? GEO_ATTRIBUTES, GEO_TAG.length)),
    u16(geo.offset ?? 0),
    tpm2b(GEO_TAG),
  ]);
  return {
    host: 'test-host',
    nonce: NONCE,
    akTpm2bPublic: area,
    akPem: key.pem,
    quote: quoteOf(key, pcrs, options),
    pcrs: { sha256: Object.fromEntries(Object.entries(pcrs).map(([pcr, value]) => [pcr, value.toString('hex')])) },
    eventLog: bootLog(),
    ima: Buffer.from(files.map((file) => imaNgLine(file.path, file.digest)).join('')),
    geo: { attest: certificate, signature: geoKey.sign(certificate), signerPem: geoKey.pem, nvIndex: GEO_INDEX },
    requiredSelection: { sha256: REQUIRED },
    enrolment: { akName: nameOf(area), source: 'a test' },
  };
};
