import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { PackView } from '../../../shared/contract/pack-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import type { LedgerEntry } from '../../ledger/entry.ts';
import { parseVerifierKey, type VerifierKey } from '../../ledger/verifier-key.ts';
import { checkPack, type PackReport } from '../../pack/check/check-pack.ts';
import type { PackIndex } from '../../pack/index-schema.ts';
import { openPack } from '../../pack/zip-reader.ts';
import { openReadOnlyStore, openStore, type ReadOnlyStore } from '../../store/store.ts';
import { readPackResource } from '../exports/pack-resources.ts';
import { hostRecords } from './host-records.ts';

export type OpenedPack = {
  readonly view: PackView;
  readonly demo: boolean;
  /** Entries that are proven to be in the signed ledger, oldest first. */
  readonly entries: readonly LedgerEntry[];
  /** Its hosts, in a folder for temporary files that goes with `close`. */
  readonly opened: ReadOnlyStore;
  readonly close: () => void;
};

const CHUNK = 1 << 20;
const NAMED = 3;

const sha256Of = (handle: number): string => {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK);
  for (let at = 0; ; ) {
    const read = readSync(handle, chunk, 0, CHUNK, at);
    if (read === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, read));
    at += read;
  }
};

const keysOf = (lines: readonly string[]): Result<readonly VerifierKey[]> => {
  const keys: VerifierKey[] = [];
  for (const line of lines) {
    const key = parseVerifierKey(line);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
};

type Holds = PackReport & {
  readonly contents: NonNullable<PackReport['contents']>;
  readonly checkpoint: NonNullable<PackReport['checkpoint']>;
};
const holds = (report: PackReport): report is Holds => report.ok && report.contents !== null && report.checkpoint !== null;

const notOpened = (name: string, { problems }: PackReport): ReturnType<typeof fail> => {
  const more = problems.length > NAMED ? ` And ${problems.length - NAMED} more.` : '';
  const what = problems.slice(0, NAMED).map(({ code, sentence }) => `${code}: ${sentence}`);
  return fail(
    'pack-does-not-hold',
    `${name} does not hold, and is not shown. ${what.join(' ')}${more}`,
    `See all of it: plumbline audit verify ${name}`,
  );
};

const cutOffSchema = z.object({ cutOffMs: z.number().int() });
const tallyOf = ({ hosts }: PackIndex): PackView['tally'] => {
  const tally = { inventory: hosts.length, trusted: 0, failed: 0, stale: 0, inconclusive: 0 };
  for (const { verdict } of hosts) if (VERDICTS.includes(verdict)) tally[verdict] += 1;
  return tally;
};

const viewOf = (report: Holds, name: string, bytes: number, sha256: string): Result<PackView> => {
  const { index, manifest } = report.contents;
  const cutOff = cutOffSchema.safeParse(index.head);
  if (!cutOff.success || report.key === null)
    return fail('pack-older', 'The pack does not say of which moment it is.', 'Get it made again by this version.');
  return ok({
    name,
    bytes,
    sha256,
    cutOffMs: cutOff.data.cutOffMs,
    query: visibleText(index.head.query, 5_000),
    version: visibleText(index.head.version, 100),
    tally: tallyOf(index),
    checkpoint: { ...report.checkpoint, origin: visibleText(index.ledger.origin ?? '', 300) },
    key: visibleText(report.key, 300),
    pinned: report.pinned,
    entries: report.entries,
    quotes: report.reVerified.quotes,
    notKept: report.reVerified.notKept,
    notices: report.notices.map((notice) => ({ ...notice })),
    notContained: index.notContained.map((one) => visibleText(one, 500)),
    manifest: index.manifest === null ? null : { number: index.manifest.number, sha256: index.manifest.sha256, text: manifest ?? '' },
  });
};

/** Records what the pack says of its hosts into an empty folder. */
const fill = async (handle: number, size: number, index: PackIndex, folder: string): Promise<Result<null>> => {
  const zip = await openPack(handle, size);
  if (!zip.ok) return zip;
  const store = openStore(folder);
  if (!store.ok) return store;
  try {
    for await (const records of hostRecords(zip.value, index)) {
      if (!records.ok) return records;
      for (const record of records.value) {
        Array.from(store.value.write.putLarge(record));
        store.value.write.recordHosts([record]);
      }
    }
    return ok(null);
  } finally {
    store.value.close();
  }
};

const openAt = async (handle: number, file: string, keys: readonly VerifierKey[]): Promise<Result<OpenedPack>> => {
  const size = fstatSync(handle).size;
  const name = visibleText(path.basename(file), 200);
  const tools = new Map((['check.sh', 'check.html'] as const).map((tool) => [tool, readPackResource(tool)]));
  const sha256 = sha256Of(handle);
  const checked = await checkPack(handle, size, { keys, tools, onProgress: () => {}, isStopped: () => false });
  if (!checked.ok) return checked;
  const report = checked.value;
  if (!holds(report)) return notOpened(name, report);
  const view = viewOf(report, name, size, sha256);
  if (!view.ok) return view;
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-pack-view-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const filled = await fill(handle, size, report.contents.index, folder);
    const opened = filled.ok ? openReadOnlyStore(folder) : filled;
    if (!opened.ok) {
      remove();
      return opened;
    }
    return ok({
      view: view.value,
      demo: report.contents.index.demo,
      entries: report.contents.entries,
      opened: opened.value,
      close: () => {
        opened.value.store.close();
        remove();
      },
    });
  } catch (error) {
    remove();
    throw error;
  }
};

/**
 * Opens an evidence pack to be looked into: checks it as `audit verify` does, and refuses one that does not hold; then puts its hosts into a
 * folder for temporary files. `keys`: lines of verifier keys that were got elsewhere; none = that of the pack, which the view says.
 * Problems: pack-file-missing, pack-does-not-hold, pack-older, pack-zip, ledger-key, pack-no-room.
 */
export const openPackView = async (file: string, keys: readonly string[]): Promise<Result<OpenedPack>> => {
  const trusted = keysOf(keys);
  if (!trusted.ok) return trusted;
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return fail('pack-file-missing', `${visibleText(file, 300)} cannot be read.`, 'Check the path and its rights.');
  }
  try {
    return await openAt(handle, file, trusted.value);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EISDIR' || code === 'EINVAL')
      return fail('pack-file-missing', `${visibleText(file, 300)} is no file.`, 'Name the zip file of an evidence pack.');
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL' || code.startsWith('SQLITE_IOERR'))
      return fail(
        'pack-no-room',
        'There is no room to open the pack: its evidence is laid out in the folder for temporary files.',
        'Free space there, or set TMPDIR to another folder.',
      );
    throw error;
  } finally {
    closeSync(handle);
  }
};
