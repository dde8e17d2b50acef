import { join, le16, le32, le64, u8, utf16 } from './wire.ts';

/** UEFI structures as firmware measures them (UEFI 2.10, TCG PC Client Firmware Profile), written only. */
export const GUIDS = {
  global: '8be4df61-93ca-11d2-aa0d-00e098032b8c',
  imageSecurity: 'd719b2cb-3d3a-4596-a3bc-dad00e67656f',
  shim: '605dab50-e046-4300-abb6-3dd810dd8b23',
  certX509: 'a5c059a1-94e4-4aa7-87b5-ab155c2bf072',
  certSha256: 'c1c41626-504c-4092-aca9-41f936934328',
  efiSystemPartition: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  linuxData: '0fc63daf-8483-4772-8e79-3d69d8477de4',
} as const;

/** GUID in EFI byte order: the first three fields little-endian. */
export const guid = (text: string): Buffer => {
  const raw = Buffer.from(text.replaceAll('-', ''), 'hex');
  return join(raw.subarray(0, 4).reverse(), raw.subarray(4, 6).reverse(), raw.subarray(6, 8).reverse(), raw.subarray(8));
};

/** UEFI_VARIABLE_DATA: the name without its terminating zero. */
export const variableData = (vendor: string, name: string, data: Uint8Array): Buffer =>
  join(guid(vendor), le64(BigInt(name.length)), le64(BigInt(data.length)), utf16(name), data);

export type Signature = { readonly owner: string; readonly data: Buffer };

const signatureList = (type: string, entries: readonly Signature[]): Buffer => {
  const size = 16 + (entries[0]?.data.length ?? 0);
  return join(
    guid(type),
    le32(28 + size * entries.length),
    le32(0),
    le32(size),
    ...entries.flatMap((entry) => [guid(entry.owner), entry.data]),
  );
};

/** EFI signature database: one list per certificate (their sizes differ), one list for all hashes. */
export const signatureDatabase = (certificates: readonly Signature[], hashes: readonly Signature[]): Buffer =>
  join(
    ...certificates.map((certificate) => signatureList(GUIDS.certX509, [certificate])),
    ...(hashes.length === 0 ? [] : [signatureList(GUIDS.certSha256, hashes)]),
  );

export const signatureData = (entry: Signature): Buffer => join(guid(entry.owner), entry.data);

const node = (type: number, subtype: number, body: Uint8Array): Buffer => join(u8(type), u8(subtype), le16(4 + body.length), body);
const END = Buffer.from('7fff0400', 'hex');

export type Disk = { readonly diskId: string; readonly bootPartition: string };

/** PciRoot(0)/Pci(1d,0)/NVMe/HD(1) */
const diskPath = (disk: Disk): Buffer =>
  join(
    node(2, 1, join(le32(0x0a0341d0), le32(0))),
    node(1, 1, Buffer.from([0x00, 0x1d])),
    node(1, 1, Buffer.from([0x00, 0x00])),
    node(3, 0x17, join(le32(1), Buffer.from('0025385b71b0e3a1', 'hex'))),
    node(4, 1, join(le32(1), le64(2048n), le64(1_228_800n), guid(disk.bootPartition), Buffer.from([2, 2]))),
  );
const fileNode = (path: string): Buffer => node(4, 4, utf16(`${path}\0`));

export const bootFilePath = (disk: Disk | null, path: string): Buffer =>
  join(disk === null ? Buffer.alloc(0) : diskPath(disk), fileNode(path), END);

/** UEFI_IMAGE_LOAD_EVENT */
export const imageLoad = (address: bigint, size: number, path: Uint8Array): Buffer =>
  join(le64(address), le64(BigInt(size)), le64(0n), le64(BigInt(path.length)), path);

/** EFI_LOAD_OPTION, active. */
export const loadOption = (description: string, path: Uint8Array): Buffer =>
  join(le32(1), le16(path.length), utf16(`${description}\0`), path);

/** A path to an option ROM: PciRoot(0)/Pci(3,0)/Pci(0,0). */
export const optionRomPath = (): Buffer =>
  join(node(2, 1, join(le32(0x0a0341d0), le32(0))), node(1, 1, Buffer.from([0x00, 0x03])), node(1, 1, Buffer.from([0x00, 0x00])), END);

/** UEFI_PLATFORM_FIRMWARE_BLOB2 */
export const firmwareBlob = (description: string, base: bigint, length: bigint): Buffer =>
  join(u8(description.length), Buffer.from(description, 'ascii'), le64(base), le64(length));

/** UEFI_HANDOFF_TABLE_POINTERS2 with one table. */
export const handoffTable = (description: string, vendor: string, address: bigint): Buffer =>
  join(u8(description.length), Buffer.from(description, 'ascii'), le64(1n), guid(vendor), le64(address));

/** UEFI_GPT_DATA: the header, the number of partitions and their entries. */
export const gptData = (
  disk: Disk,
  partitions: readonly { readonly type: string; readonly id: string; readonly name: string }[],
): Buffer => {
  const header = join(
    Buffer.from('EFI PART', 'ascii'),
    le32(0x00010000),
    le32(92),
    le32(0x7ac1e5f1),
    le32(0),
    le64(1n),
    le64(1_875_385_007n),
    le64(34n),
    le64(1_875_384_974n),
    guid(disk.diskId),
    le64(2n),
    le32(128),
    le32(128),
    le32(0x4be2d1a7),
  );
  const entries = partitions.map((partition, at) => {
    const name = Buffer.alloc(72);
    name.set(utf16(partition.name).subarray(0, 72));
    const first = 2048n + BigInt(at) * 4_194_304n;
    return join(guid(partition.type), guid(partition.id), le64(first), le64(first + 4_194_303n), le64(0n), name);
  });
  return join(header, le64(BigInt(partitions.length)), ...entries);
};

/** Digest sizes by TPM algorithm id, for the header of a crypto-agile log. */
export const specIdHeader = (): Buffer =>
  join(
    Buffer.from('Spec ID Event03\0', 'ascii'),
    le32(0),
    Buffer.from([0, 2, 0, 2]),
    le32(2),
    ...[
      [0x0004, 20],
      [0x000b, 32],
    ].map(([id = 0, size = 0]) => join(le16(id), le16(size))),
    u8(0),
  );

export const tpmAlgorithm = { sha1: le16(0x0004), sha256: le16(0x000b) } as const;
