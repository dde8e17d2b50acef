import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import { type Entry, fromBuffer, fromFd, type ZipFile } from 'yauzl';
import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { isPackName, mostBytesOf, PACK_LIMITS } from './layout.ts';
import { centralHeader, endOfZip, localHeader, type Packed } from './zip-form.ts';

export type PackContent = { readonly bytes: Buffer; readonly sha256: string; readonly packedSha256: string; readonly isPacked: boolean };

/** A pack that is open. Nothing of it is ever written anywhere. */
export type PackZip = {
  /** Every file of it, in the order of the zip. */
  readonly names: readonly string[];
  /** The file, whole, with its checksum compared. Problems: pack-file. */
  readonly read: (name: string) => Promise<Result<PackContent>>;
};

const NEXT = 'Get the pack again from where it was made.';
const refuse = (why: string): ReturnType<typeof fail> => fail('pack-zip', `This is no evidence pack as it was written: ${why}.`, NEXT);
const wordsOf = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 200);
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const ENCRYPTED = 0x1;
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const MOST_EXTRA = 12;

/** Why an entry may not be in a pack; null where it may. Names are raw: not one byte of them is read as something else. */
const faultOf = (entry: Entry, name: string): string | null => {
  const shown = visibleText(name, 100);
  if (!isPackName(name)) return `it holds “${shown}”, which is no name of a file of a pack`;
  if (((entry.externalFileAttributes >>> 16) & TYPE_MASK) !== REGULAR) return `${shown} is no regular file`;
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) return `${shown} is encrypted`;
  if (entry.uncompressedSize > mostBytesOf(name))
    return `${shown} is said to have ${entry.uncompressedSize} bytes; at most ${mostBytesOf(name)} are read`;
  if (entry.uncompressedSize > entry.compressedSize * PACK_LIMITS.ratio + 1024)
    return `${shown} would be unpacked to more than any file can be`;
  return entry.extraFieldLength > MOST_EXTRA || entry.fileCommentLength > 0 ? `${shown} has more beside it than a name and a size` : null;
};

/** An open file, or bytes that are in memory already. */
export type ZipSource = number | Buffer;

const open = (source: ZipSource): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    // Names are judged here, byte by byte: the library would read backslashes as slashes before it looks.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
    const opened = (error: Error | null, zip: ZipFile): void => (error === null ? resolve(zip) : reject(error));
    if (typeof source === 'number') fromFd(source, options, opened);
    else fromBuffer(source, options, opened);
  });

const packedOf = (entry: Entry): Packed | null => {
  const { compressionMethod: method, crc32: sum, compressedSize, uncompressedSize, relativeOffsetOfLocalHeader: offset } = entry;
  if (method !== 0 && method !== 8) return null;
  return { name: entry.fileNameRaw.toString('latin1'), method, crc32: sum, packedBytes: compressedSize, bytes: uncompressedSize, offset };
};

const filesOf = async (zip: ZipFile): Promise<Result<readonly Packed[]>> => {
  const found = new Map<string, Packed>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileNameRaw.toString('latin1');
    const fault = faultOf(entry, name);
    if (fault !== null) return refuse(fault);
    if (found.has(name)) return refuse(`${name} is in it twice`);
    const file = packedOf(entry);
    if (file === null) return refuse(`${name} is packed by a method that is not read`);
    total += file.bytes;
    if (total > PACK_LIMITS.unpacked) return refuse(`its files would have more than ${PACK_LIMITS.unpacked} bytes`);
    found.set(name, file);
  }
  return ok([...found.values()]);
};

type ReadAt = (position: number, length: number) => Buffer;
const readerOf =
  (source: ZipSource): ReadAt =>
  (position, length) => {
    if (typeof source !== 'number') {
      if (position + length > source.length) throw new Error('it ends before its end');
      return source.subarray(position, position + length);
    }
    const made = Buffer.alloc(length);
    for (let at = 0; at < length; ) {
      const bytesRead = readSync(source, made, at, length - at, position + at);
      if (bytesRead === 0) throw new Error('it ends before its end');
      at += bytesRead;
    }
    return made;
  };

/** Whether every byte that is no content is what the writer writes there. */
const formProblem = (files: readonly Packed[], size: number, readAt: ReadAt): string | null => {
  let offset = 0;
  for (const file of files) {
    const header = localHeader(file);
    if (file.offset !== offset || offset + header.length + file.packedBytes > size) return `${file.name} is not where it belongs`;
    if (!header.equals(readAt(offset, header.length))) return `the header of ${file.name} is another`;
    offset += header.length + file.packedBytes;
  }
  const directory = Buffer.concat(files.map(centralHeader));
  const end = Buffer.concat([directory, endOfZip(files.length, offset, directory.length)]);
  if (offset + end.length !== size) return 'there is more or less in it than its files';
  return end.equals(readAt(offset, end.length)) ? null : 'its directory is another';
};

/** `info` is not among the types of the library: how many of the packed bytes were taken. */
const inflatedSchema = z.object({ buffer: z.instanceof(Buffer), engine: z.object({ bytesWritten: z.number() }) });
/** Handing so little to another thread takes longer than the work. */
const HERE_BYTES = 64 * 1024;
const inflate = (packed: Buffer, most: number): Promise<z.output<typeof inflatedSchema>> =>
  new Promise((resolve, reject) => {
    const options = { maxOutputLength: Math.max(most, 1), info: true };
    if (packed.length <= HERE_BYTES) return resolve(inflatedSchema.parse(inflateRawSync(packed, options)));
    inflateRaw(packed, options, (error, result) => (error === null ? resolve(inflatedSchema.parse(result)) : reject(error)));
  });

const unpack = async (file: Packed, readAt: ReadAt): Promise<PackContent> => {
  const packed = readAt(file.offset + localHeader(file).length, file.packedBytes);
  let bytes = packed;
  if (file.method === 8) {
    const { buffer, engine } = await inflate(packed, file.bytes);
    if (engine.bytesWritten !== packed.length) throw new Error('something follows its end');
    bytes = buffer;
  }
  if (bytes.length !== file.bytes) throw new Error(`it has ${bytes.length} bytes and says ${file.bytes}`);
  if (crc32(bytes) !== file.crc32) throw new Error('its checksum does not fit');
  return { bytes, sha256: sha256Of(bytes), packedSha256: sha256Of(packed), isPacked: file.method === 8 };
};

/**
 * Opens a zip as an evidence pack. Refuses, before anything is unpacked, whatever a pack cannot hold (other names, absolute ones and `..`, a name
 * twice, links, encrypted files, more or larger files than there can be), and any zip that is not byte by byte of the form that packs have.
 * `source`: an open file of `size` bytes, which the caller closes, or all of its bytes. Problems: pack-zip.
 */
export const openPack = async (source: ZipSource, size: number): Promise<Result<PackZip>> => {
  if (size > PACK_LIMITS.bytes) return refuse(`it has ${size} bytes; at most ${PACK_LIMITS.bytes} are read`);
  try {
    const zip = await open(source);
    // What it says of itself; what is there is counted while it is read.
    if (zip.entryCount > PACK_LIMITS.entries)
      return refuse(`it says that it holds ${zip.entryCount} files; at most ${PACK_LIMITS.entries} are read`);
    const files = await filesOf(zip);
    if (!files.ok) return files;
    const readAt = readerOf(source);
    const problem = formProblem(files.value, size, readAt);
    if (problem !== null) return refuse(`${problem}; it was changed or packed again`);
    const byName = new Map(files.value.map((file) => [file.name, file]));
    return ok({
      names: [...byName.keys()],
      read: async (name) => {
        const file = byName.get(name);
        if (file === undefined) return fail('pack-file', `${name} is not in the pack.`, NEXT);
        try {
          return ok(await unpack(file, readAt));
        } catch (error) {
          return fail('pack-file', `${name} cannot be unpacked: ${wordsOf(error)}.`, NEXT);
        }
      },
    });
  } catch (error) {
    return refuse(`it cannot be read as a zip file: ${wordsOf(error)}`);
  }
};
