/**
 * The one form in which a pack is written: files one after the other, each with its sizes before it, one time, no comments, nothing between.
 * Whoever checks a pack makes these bytes again and compares, so that not one of them can be another. (APPNOTE.TXT 6.3.10, 4.3 and 4.5.3.)
 */
export type Packed = {
  readonly name: string;
  /** 0 = stored, 8 = deflate. */
  readonly method: 0 | 8;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its header begins in the zip. */
  readonly offset: number;
};

const STORED_VERSION = 20;
const ZIP64_VERSION = 45;
const UNIX = 0x0300;
const FIRST_DAY = 0x0021;
const REGULAR_FILE = 0o100644 * 0x10000;
const MOST_16 = 0xffff;
const MOST_32 = 0xffffffff;

const u16 = (...values: readonly number[]): Buffer => {
  const made = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => made.writeUInt16LE(value, at * 2));
  return made;
};
const u32 = (...values: readonly number[]): Buffer => {
  const made = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => made.writeUInt32LE(value, at * 4));
  return made;
};
const u64 = (...values: readonly number[]): Buffer => {
  const made = Buffer.alloc(values.length * 8);
  values.forEach((value, at) => made.writeBigUInt64LE(BigInt(value), at * 8));
  return made;
};

const common = ({ method, crc32, packedBytes, bytes, name }: Packed, version: number, extra: number): readonly Buffer[] => [
  u16(version, 0, method, 0, FIRST_DAY),
  u32(crc32, packedBytes, bytes),
  u16(Buffer.byteLength(name), extra),
];

export const localHeader = (file: Packed): Buffer =>
  Buffer.concat([u32(0x04034b50), ...common(file, STORED_VERSION, 0), Buffer.from(file.name)]);

export const centralHeader = (file: Packed): Buffer => {
  const isFar = file.offset >= MOST_32;
  const version = isFar ? ZIP64_VERSION : STORED_VERSION;
  const extra = isFar ? Buffer.concat([u16(1, 8), u64(file.offset)]) : Buffer.alloc(0);
  return Buffer.concat([
    u32(0x02014b50),
    u16(UNIX + version),
    ...common(file, version, extra.length),
    u16(0, 0, 0),
    u32(REGULAR_FILE, isFar ? MOST_32 : file.offset),
    Buffer.from(file.name),
    extra,
  ]);
};

/** What stands behind the directory: `offset` and `bytes` are where it begins and how long it is. */
export const endOfZip = (files: number, offset: number, bytes: number): Buffer => {
  const isLarge = files >= MOST_16 || offset >= MOST_32 || bytes >= MOST_32;
  const end = [
    u32(0x06054b50),
    u16(0, 0, Math.min(files, MOST_16), Math.min(files, MOST_16)),
    u32(Math.min(bytes, MOST_32), Math.min(offset, MOST_32)),
    u16(0),
  ];
  if (!isLarge) return Buffer.concat(end);
  const record = [u32(0x06064b50), u64(44), u16(UNIX + ZIP64_VERSION, ZIP64_VERSION), u32(0, 0), u64(files, files, bytes, offset)];
  const locator = [u32(0x07064b50, 0), u64(offset + bytes), u32(1)];
  return Buffer.concat([...record, ...locator, ...end]);
};
