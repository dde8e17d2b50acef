import { resolve } from 'node:path';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { readBoundedFile, readFileInPieces, UnreadableFile } from '../engine/bounded-file.ts';

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

/**
 * Where a path given on the command line is meant: npm changes into the package's folder, and says in INIT_CWD where the person was.
 */
export const fromCaller = (path: string): string => (process.env.INIT_CWD === undefined ? path : resolve(process.env.INIT_CWD, path));

const problemOf = (path: string, error: unknown): Result<never> =>
  fail('file', `${visibleText(path, 200)}: ${error instanceof UnreadableFile ? error.message : reasonOf(error)}`, 'Check the path.');

/** Reads a regular file of at most `maxBytes`. Fails with `file` and one sentence naming it. */
export const readBounded = (path: string, maxBytes: number): Promise<Result<Buffer>> => {
  try {
    return Promise.resolve(ok(readBoundedFile(fromCaller(path), maxBytes)));
  } catch (error) {
    return Promise.resolve(problemOf(path, error));
  }
};

/** Reads a regular file piece by piece; the bytes of a piece hold until `take` returns. Fails with `file`. */
export const readPieces = (path: string, maxBytes: number, take: (piece: Buffer) => boolean): Result<null> => {
  try {
    readFileInPieces(fromCaller(path), maxBytes, take);
    return ok(null);
  } catch (error) {
    return problemOf(path, error);
  }
};
