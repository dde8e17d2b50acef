import { X509Certificate } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { certificateBlocks } from '../../shared/model/pem.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import type { HeldCheckpoint } from '../ledger/recheck/source.ts';
import { parseVerifierKey, type SignatureType, type VerifierKey } from '../ledger/verifier-key.ts';
import { type LedgerFile, ledgerFile } from '../store/audit/ledger-file.ts';
import { openForAudit } from '../store/audit/open.ts';
import { fromCaller, readBounded } from './read-file.ts';

const MAX_KEY_BYTES = 64 * 1024;
const MAX_CHECKPOINT_BYTES = 1024 * 1024;
const MAX_ROOT_BYTES = 1024 * 1024;
/** Hourly for eleven years. */
export const MAX_CHECKPOINT_FILES = 100_000;
const CHECKPOINT_FILE = /^(?:checkpoint-.*|latest)\.txt$/;

const ofType = (key: VerifierKey, type: SignatureType): Result<VerifierKey> =>
  key.type === type
    ? ok(key)
    : fail(
        'ledger-key',
        `${visibleText(key.text, 120)} is the key of ${type === 'ed25519' ? 'a witness, not of a ledger' : 'a ledger, not of a witness'}.`,
        'Give the other one.',
      );

/** A verifier key, or a file with one a line. */
export const readKeys = async (given: string | undefined, type: SignatureType): Promise<Result<readonly VerifierKey[]>> => {
  if (given === undefined) return ok([]);
  const direct = parseVerifierKey(given.trim());
  const file = direct.ok ? null : await readBounded(given, MAX_KEY_BYTES);
  if (file?.ok === false) return !direct.ok && given.includes('+') ? direct : file;
  const lines = (file?.value.toString('utf8') ?? given).split('\n').map((line) => line.trim());
  const keys: VerifierKey[] = [];
  for (const line of lines.filter((one) => one !== '')) {
    const parsed = parseVerifierKey(line);
    const key = parsed.ok ? ofType(parsed.value, type) : parsed;
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return keys.length > 0
    ? ok(keys)
    : fail('ledger-key', `${visibleText(given, 200)} holds no key.`, 'Give the line that plumbline audit key prints.');
};

const isFolder = (file: string): boolean => {
  try {
    return statSync(fromCaller(file)).isDirectory();
  } catch {
    return false;
  }
};

const namesIn = (folder: string): Result<readonly string[]> => {
  try {
    const names = readdirSync(fromCaller(folder)).filter((name) => CHECKPOINT_FILE.test(name));
    return names.length > 0 && names.length <= MAX_CHECKPOINT_FILES
      ? ok(names.sort().map((name) => path.join(folder, name)))
      : fail(
          'file',
          `${visibleText(folder, 200)} holds ${names.length} checkpoints; 1 to ${MAX_CHECKPOINT_FILES} are read`,
          'Check the path.',
        );
  } catch {
    return fail('file', `${visibleText(folder, 200)}: this folder cannot be read`, 'Check the path.');
  }
};

/** A checkpoint that was kept elsewhere, or a folder of them as the anchor of that kind writes it. */
export const readHeld = async (given: string | undefined): Promise<Result<readonly HeldCheckpoint[]>> => {
  if (given === undefined) return ok([]);
  const names = isFolder(given) ? namesIn(given) : ok([given]);
  if (!names.ok) return names;
  const held: HeldCheckpoint[] = [];
  for (const name of names.value) {
    const file = await readBounded(name, MAX_CHECKPOINT_BYTES);
    if (!file.ok) return file;
    held.push({ note: file.value.toString('utf8'), from: `in ${visibleText(path.basename(name), 100)}` });
  }
  return ok(held);
};

/** Roots of time-stamp authorities, PEM; null where none were given. */
export const readRoots = async (given: string | undefined): Promise<Result<readonly X509Certificate[] | null>> => {
  if (given === undefined) return ok(null);
  const file = await readBounded(given, MAX_ROOT_BYTES);
  if (!file.ok) return file;
  try {
    const roots = certificateBlocks(file.value.toString('latin1'))?.map((pem) => new X509Certificate(pem));
    if (roots !== undefined) return ok(roots);
  } catch {
    // Said below.
  }
  return fail('file', `${visibleText(given, 200)}: not a file of PEM certificates`, 'Give the roots of the time-stamp authority.');
};

/** Reads the ledger of a data folder, which may be in use; nothing is written. */
export const withLedger = <T>(data: string, work: (ledger: LedgerFile) => Result<T>): Result<T> => {
  const folder = fromCaller(data);
  const opened = openForAudit(folder);
  if (!opened.ok) return opened;
  try {
    return work(ledgerFile(opened.value.db));
  } catch (error) {
    const why = visibleText(error instanceof Error ? error.message : String(error), 300);
    return fail('data-damaged', `The database in ${visibleText(folder, 300)} cannot be read: ${why}.`, 'Run plumbline audit verify.');
  } finally {
    opened.value.close();
  }
};

/** What is kept as evidence takes nobody's place. */
export const writeNewFile = (file: string, text: string): Result<null> => {
  try {
    writeFileSync(fromCaller(file), text, { flag: 'wx' });
    return ok(null);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const why = isThere ? 'there is such a file already, and it is not overwritten' : 'it cannot be written';
    return fail('file', `${visibleText(file, 200)}: ${why}.`, 'Name another file.');
  }
};
