import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { VerifierKey } from '../ledger/verifier-key.ts';
import { type ExitStatus, refuse } from './arguments.ts';
import { verifyPack } from './audit-verify-pack.ts';
import { verifyPdf } from './audit-verify-pdf.ts';
import type { CommandIo } from './command.ts';
import { fromCaller } from './read-file.ts';

/** The file, open, and its size; null where there is no such regular file. A pipe is refused without waiting for it. */
const openFile = (file: string): { readonly handle: number; readonly size: number } | null => {
  try {
    const handle = openSync(fromCaller(file), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(handle);
    if (stat.isFile()) return { handle, size: stat.size };
    closeSync(handle);
  } catch {
    // Said by the caller, as what is no file.
  }
  return null;
};

const beginOf = (handle: number): string => {
  const head = Buffer.alloc(5);
  return head.toString('latin1', 0, readSync(handle, head, 0, head.length, 0));
};

export type FileAsked = {
  readonly file: string;
  readonly keys: readonly VerifierKey[];
  /** Where the export of a PDF is looked for; null = nowhere. */
  readonly data: string | null;
  readonly json: boolean;
};

/** `plumbline audit verify FILE`: an evidence pack or a report as PDF, by how it begins. */
export const verifyFile = async ({ file, keys, data, json }: FileAsked, io: CommandIo): Promise<ExitStatus> => {
  const name = visibleText(file, 200);
  const opened = openFile(file);
  if (opened === null) return refuse(io, `audit verify: ${name}: no file that can be read. Check the path.`);
  const { handle, size } = opened;
  try {
    const begin = beginOf(handle);
    if (begin === '%PDF-') return await verifyPdf({ handle, size, name, keys, data, json }, io);
    if (data !== null) return refuse(io, `audit verify: --data goes with a PDF, and ${name} is none (see --help)`);
    if (begin.startsWith('PK')) return await verifyPack(handle, size, keys, json, io);
    return refuse(io, `audit verify: ${name}, at byte 0: this is no evidence pack, which is a zip file, and no PDF. Get it again.`);
  } finally {
    closeSync(handle);
  }
};
