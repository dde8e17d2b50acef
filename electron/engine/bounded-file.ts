import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail } from '../../shared/model/result.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Why a file was not read, in words that complete "FILE: …". */
export class UnreadableFile extends Error {}

/** Opens a regular file of at most `maxBytes`, never waiting: a pipe or a device is refused before anything is read. */
const withFile = <T>(path: string, maxBytes: number, use: (handle: number, size: number) => T): T => {
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) throw new UnreadableFile('it is a folder');
    if (!stat.isFile()) throw new UnreadableFile('it is not a regular file');
    if (stat.size > maxBytes) throw new UnreadableFile(`it has ${stat.size} bytes; ${tooLarge(maxBytes)}`);
    return use(handle, stat.size);
  } finally {
    closeSync(handle);
  }
};

const tooLarge = (maxBytes: number): string => `at most ${maxBytes / CHUNK_BYTES} MiB are read`;

/**
 * Reads a regular file to its end, at most `maxBytes`. Sizes that the file system tells are not believed: kernel files say 0, and a file can
 * grow. Throws UnreadableFile, or what the file system throws.
 */
export const readBoundedFile = (path: string, maxBytes: number): Buffer =>
  withFile(path, maxBytes, (handle, size) => {
    const parts: Buffer[] = [];
    let total = 0;
    for (;;) {
      const part = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(size - total, 0) + 4096));
      const count = readSync(handle, part, 0, part.length, null);
      if (count === 0) return Buffer.concat(parts, total);
      total += count;
      if (total > maxBytes) throw new UnreadableFile(tooLarge(maxBytes));
      parts.push(part.subarray(0, count));
    }
  });

/** As `readBoundedFile`, piece by piece: one buffer is used for all of them. `take` returns false when it has seen enough. */
export const readFileInPieces = (path: string, maxBytes: number, take: (piece: Buffer) => boolean): void =>
  withFile(path, maxBytes, (handle) => {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let total = 0;
    for (let count = readSync(handle, buffer); count > 0; count = readSync(handle, buffer)) {
      total += count;
      if (total > maxBytes) throw new UnreadableFile(tooLarge(maxBytes));
      if (!take(buffer.subarray(0, count))) return;
    }
  });

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'part of the path is not a folder'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'it cannot be read';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS.get(code) ?? visibleText(error.message, 200);
};

/** Why a file was not read, as a problem that names it. */
export const fileProblem = (path: string, error: unknown): ReturnType<typeof fail> =>
  fail('file', `${visibleText(path, 200)}: ${error instanceof UnreadableFile ? error.message : reasonOf(error)}`, 'Check the path.');
