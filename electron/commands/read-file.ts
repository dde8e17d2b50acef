import { resolve } from 'node:path';
import { type Result, ok } from '../../shared/model/result.ts';
import { fileProblem, readBoundedFile, readFileInPieces } from '../engine/bounded-file.ts';

/**
 * Where a path given on the command line is meant: npm changes into the package's folder, and says in INIT_CWD where the person was.
 */
export const fromCaller = (path: string): string => (process.env.INIT_CWD === undefined ? path : resolve(process.env.INIT_CWD, path));

/** Reads a regular file of at most `maxBytes`. Fails with `file` and one sentence naming it. */
export const readBounded = (path: string, maxBytes: number): Promise<Result<Buffer>> => {
  try {
    return Promise.resolve(ok(readBoundedFile(fromCaller(path), maxBytes)));
  } catch (error) {
    return Promise.resolve(fileProblem(path, error));
  }
};

/** Reads a regular file piece by piece; the bytes of a piece hold until `take` returns. Fails with `file`. */
export const readPieces = (path: string, maxBytes: number, take: (piece: Buffer) => boolean): Result<null> => {
  try {
    readFileInPieces(fromCaller(path), maxBytes, take);
    return ok(null);
  } catch (error) {
    return fileProblem(path, error);
  }
};
