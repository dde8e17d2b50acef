import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { centralHeader, endOfZip, localHeader, type Packed } from '../../pack/zip-form.ts';
import type { Sink } from '../port.ts';

export type Added = { readonly path: string; readonly sha256: string; readonly packedSha256: string; readonly bytes: number };
/** `stored`: not packed. `quick`: large binary evidence, of which more effort would save little. */
export type Packing = 'stored' | 'quick' | 'well';

export type ZipSink = {
  readonly add: (path: string, content: string | Uint8Array, packing: Packing) => Promise<Added>;
  readonly end: () => void;
};

const LEVEL = { quick: 1, well: 6 } as const;
const deflated = promisify<Uint8Array, { level: number }, Buffer>(deflateRaw);
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A zip that is written as it is packed, one file after the other. The same files in the same order are the same bytes. */
export const createZipSink = (sink: Sink): ZipSink => {
  const files: Packed[] = [];
  let offset = 0;
  const write = (bytes: Uint8Array): void => {
    sink.write(bytes);
    offset += bytes.length;
  };
  return {
    add: async (path, content, packing) => {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      const packed = packing === 'stored' ? bytes : await deflated(bytes, { level: LEVEL[packing] });
      const file: Packed = {
        name: path,
        method: packing === 'stored' ? 0 : 8,
        crc32: crc32(bytes),
        packedBytes: packed.length,
        bytes: bytes.length,
        offset,
      };
      files.push(file);
      write(localHeader(file));
      write(packed);
      return { path, sha256: sha256Of(bytes), packedSha256: sha256Of(packed), bytes: bytes.length };
    },
    end: () => {
      const begin = offset;
      for (const file of files) write(centralHeader(file));
      write(endOfZip(files.length, begin, offset - begin));
    },
  };
};
