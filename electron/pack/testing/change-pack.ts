import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { centralHeader, endOfZip, localHeader, type Packed } from '../zip-form.ts';

export type File = { readonly name: string; readonly bytes: Buffer; readonly method?: 0 | 8 };

/** Files of a zip of ours, in their order, without any of the checks. */
export const filesOf = (zip: Buffer): readonly (File & { readonly at: number; readonly packed: number })[] => {
  const files = [];
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    const method = zip.readUInt16LE(at + 8) === 0 ? (0 as const) : (8 as const);
    const packed = zip.readUInt32LE(at + 18);
    const name = zip.toString('latin1', at + 30, at + 30 + zip.readUInt16LE(at + 26));
    const begin = at + 30 + name.length;
    const raw = zip.subarray(begin, begin + packed);
    files.push({ name, method, bytes: method === 0 ? Buffer.from(raw) : inflateRawSync(raw), at: begin, packed });
    at = begin + packed;
  }
  return files;
};

/** A zip in the form of a pack, of any files under any names. */
export const zipOf = (files: readonly File[], central: (file: Packed) => Buffer = centralHeader): Buffer => {
  const parts: Buffer[] = [];
  const packed: Packed[] = [];
  let offset = 0;
  for (const { name, bytes, method = 8 } of files) {
    const content = method === 0 ? bytes : deflateRawSync(bytes);
    const file: Packed = { name, method, crc32: crc32(bytes), packedBytes: content.length, bytes: bytes.length, offset };
    packed.push(file);
    parts.push(localHeader(file), content);
    offset += localHeader(file).length + content.length;
  }
  const directory = Buffer.concat(packed.map(central));
  return Buffer.concat([...parts, directory, endOfZip(files.length, offset, directory.length)]);
};

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What somebody would do who changes a file and hides it: the digests of the index and of SHA256SUMS fit again. */
export const hideChange = (files: readonly File[]): readonly File[] => {
  const index = files.find(({ name }) => name === 'index.json')?.bytes.toString('utf8') ?? '';
  let text = index;
  for (const { name, bytes, method = 8 } of files) {
    const packed = sha256Of(method === 0 ? bytes : deflateRawSync(bytes));
    const entry = new RegExp(
      `("path": "${name.replaceAll('.', String.raw`\.`)}",\\s+"sha256": ")[0-9a-f]{64}(",\\s+"packedSha256": ")[0-9a-f]{64}(",\\s+"bytes": )\\d+`,
      'u',
    );
    text = text.replace(entry, `$1${sha256Of(bytes)}$2${packed}$3${bytes.length}`);
  }
  const indexed = files.map((file) => (file.name === 'index.json' ? { ...file, bytes: Buffer.from(text) } : file));
  const sums = indexed.filter(({ name }) => name !== 'SHA256SUMS').map(({ name, bytes }) => `${sha256Of(bytes)}  ${name}\n`);
  return indexed.map((file) => (file.name === 'SHA256SUMS' ? { ...file, bytes: Buffer.from(sums.join('')) } : file));
};

/** Unpacks a good pack, as a person would. */
export const unpackTo = (file: string, folder: string): void => {
  for (const { name, bytes } of filesOf(readFileSync(file))) {
    const to = path.join(folder, name);
    mkdirSync(path.dirname(to), { recursive: true });
    closeSync(openSync(to, 'w'));
    writeFileSync(to, bytes);
  }
};
