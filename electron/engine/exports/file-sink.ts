import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Sink } from '../../reports/port.ts';

export type FileSink = Sink & {
  /** Everything is on the disk then. Gives what was written. */
  readonly end: () => { readonly bytes: number; readonly sha256: string };
  /** Nothing is left of it. May be called after `end`, too. */
  readonly abandon: () => void;
};

/** Texts are put together until they are worth a write. */
const TOGETHER = 256 * 1024;

/** A new file that only its owner can read, hashed as it is written. Throws where the disk does, and where the file is there already. */
export const createFileSink = (file: string): FileSink => {
  const handle = openSync(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let open = true;
  let bytes = 0;
  let waiting = '';
  const put = (part: Uint8Array): void => {
    hash.update(part);
    for (let at = 0; at < part.length; ) at += writeSync(handle, part, at, part.length - at);
    bytes += part.length;
  };
  const flush = (): void => {
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    put(Buffer.from(text, 'utf8'));
  };
  const close = (): void => {
    if (open) closeSync(handle);
    open = false;
  };
  return {
    write: (part) => {
      if (typeof part === 'string') {
        waiting += part;
        if (waiting.length >= TOGETHER) flush();
        return;
      }
      flush();
      put(part);
    },
    end: () => {
      flush();
      fsyncSync(handle);
      close();
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon: () => {
      close();
      rmSync(file, { force: true });
    },
  };
};
