import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/** Why a file was not read, in words that complete "FILE: …". */
export class UnreadableFile extends Error {}

/**
 * Reads a regular file to its end, at most `maxBytes`. Sizes that the file system tells are not believed: kernel files say 0, and a file can
 * grow. Never waits: a pipe or a device is refused before anything is read. Throws UnreadableFile, or what the file system throws.
 */
export const readBoundedFile = (path: string, maxBytes: number): Buffer => {
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) throw new UnreadableFile('it is a folder');
    if (!stat.isFile()) throw new UnreadableFile('it is not a regular file');
    const tooLarge = `at most ${maxBytes / CHUNK_BYTES} MiB are read`;
    if (stat.size > maxBytes) throw new UnreadableFile(`it has ${stat.size} bytes; ${tooLarge}`);
    const parts: Buffer[] = [];
    let total = 0;
    for (;;) {
      const part = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(stat.size - total, 0) + 4096));
      const count = readSync(handle, part, 0, part.length, null);
      if (count === 0) return Buffer.concat(parts, total);
      total += count;
      if (total > maxBytes) throw new UnreadableFile(tooLarge);
      parts.push(part.subarray(0, count));
    }
  } finally {
    closeSync(handle);
  }
};
