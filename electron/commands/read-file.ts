import { open } from 'node:fs/promises';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';

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

const MEBIBYTE = 1024 * 1024;

/** Reads a regular file of at most `maxBytes`; its size is looked at before anything is read. Fails with `file` and one sentence naming it. */
export const readBounded = async (path: string, maxBytes: number): Promise<Result<Buffer>> => {
  const name = visibleText(path, 200);
  const refuse = (reason: string): Result<Buffer> => fail('file', `${name}: ${reason}`, 'Check the path.');
  try {
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (stat.isDirectory()) return refuse('it is a folder');
      if (!stat.isFile()) return refuse('it is not a regular file');
      if (stat.size > maxBytes) return refuse(`it has ${stat.size} bytes; at most ${maxBytes / MEBIBYTE} MiB are read`);
      const buffer = Buffer.alloc(stat.size);
      let at = 0;
      while (at < buffer.length) {
        const { bytesRead } = await handle.read(buffer, at, buffer.length - at, at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return ok(buffer.subarray(0, at));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return refuse(reasonOf(error));
  }
};
