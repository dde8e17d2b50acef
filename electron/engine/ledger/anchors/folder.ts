import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { visibleText } from '../../../../shared/model/hostile-text.ts';
import { fail, ok, type Problem, type Result } from '../../../../shared/model/result.ts';
import type { AnchorConfig } from '../../../connectors/endpoints-file.ts';
import { type Checkpoint, parseCheckpoint } from '../../../ledger/checkpoint.ts';
import { parseNote } from '../../../ledger/note.ts';
import type { StoredCheckpoint } from '../../../store/ledger-seal.ts';
import type { AnchorMaker } from './maker.ts';
import type { Asking } from './time-stamp.ts';
import type { Tree } from './witness.ts';

export type FolderConfig = Extract<AnchorConfig, { kind: 'folder' }>;

const LATEST = 'latest.txt';
const TEMPORARY = '.plumbline-checkpoint.new';
const MAX_NOTE_BYTES = 64 * 1024;
const SIZE_DIGITS = 12;
/** File systems without links of files: FAT, and many that come over a network. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EACCES']);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Names order as sizes do: `checkpoint-000000001200-20260301T093000250Z.txt`. */
export const checkpointFileName = ({ size, atMs }: StoredCheckpoint): string =>
  `checkpoint-${String(size).padStart(SIZE_DIGITS, '0')}-${new Date(atMs).toISOString().replaceAll(/[-:.]/g, '')}.txt`;

const sync = async (name: string): Promise<void> => {
  const handle = await open(name, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Whole on the disk, or not there: a new file that follows no link that somebody put in its place. */
const writeTemporary = async (folder: string, text: string): Promise<string> => {
  const temporary = path.join(folder, TEMPORARY);
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
};

const readBounded = async (file: string): Promise<string | null> => {
  try {
    return (await stat(file)).size > MAX_NOTE_BYTES ? '' : await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
};

class Taken extends Error {}

/** Never takes the place of a file that is there; the same content is what an attempt left that could not be recorded. */
const putNew = async (folder: string, name: string, text: string): Promise<void> => {
  const file = path.join(folder, name);
  const temporary = await writeTemporary(folder, text);
  try {
    await link(temporary, file);
  } catch (error) {
    const there = await readBounded(file);
    if (there === text) return;
    if (there !== null) throw new Taken(name);
    if (!NO_LINKS.has(codeOf(error))) throw error;
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
};

const checkpointIn = (note: string | null): Checkpoint | null => {
  const parsed = parseNote(note ?? '');
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  return checkpoint.ok ? checkpoint.value : null;
};

/** What the folder says of this ledger already: it is the memory of somebody else. */
const contradiction = (latest: Checkpoint | null, own: Checkpoint | null, tree: Tree, shown: string): Problem | null => {
  if (latest === null || own === null) return null;
  if (latest.origin !== own.origin)
    return fail('anchor-folder-other', `${shown} holds checkpoints of another ledger.`, 'Give each ledger a folder of its own.').problem;
  const known = latest.size > own.size ? null : tree.rootAt(latest.size);
  if (known?.ok === true && known.value.equals(latest.root)) return null;
  const what =
    latest.size > own.size
      ? `a checkpoint over ${latest.size} entries; here are ${own.size}. This is an older state of the ledger`
      : `a checkpoint over ${latest.size} entries that this ledger does not continue`;
  return fail(
    'anchor-ahead',
    `${shown} holds ${what}.`,
    'Look for the newer database. If this one was restored on purpose, keep those files and name another folder.',
  ).problem;
};

const put = async (config: FolderConfig, checkpoint: StoredCheckpoint, tree: Tree, shown: string): Promise<Problem | null> => {
  const { note } = checkpoint;
  const latest = checkpointIn(await readBounded(path.join(config.path, LATEST)));
  const against = contradiction(latest, checkpointIn(note), tree, shown);
  if (against !== null) return against;
  await putNew(config.path, checkpointFileName(checkpoint), note);
  await rename(await writeTemporary(config.path, note), path.join(config.path, LATEST));
  // Not every system can; then the files reach the disk when it likes.
  await sync(config.path).catch(() => undefined);
  return null;
};

const fault = (error: unknown, shown: string): Result<never> => {
  const words = visibleText(error instanceof Error ? error.message : String(error), 200);
  if (error instanceof Taken)
    return fail('anchor-folder-taken', `${shown} holds another file named ${words}.`, 'Find out who wrote it; it is not overwritten.');
  return codeOf(error) === 'ENOENT'
    ? fail(
        'anchor-folder-missing',
        `${shown} is not there.`,
        'Mount it or make it. Plumbline does not: it would then write to the wrong disk.',
      )
    : fail('anchor-folder', `${shown} cannot be written: ${words}.`, 'Give rights or space; it is tried again by itself.');
};

/** A copy of the checkpoint in a folder, best one that this machine cannot change later. Never makes the folder itself. */
export const createFolderMaker = (config: FolderConfig, tree: Tree, { timeoutMs }: Pick<Asking, 'timeoutMs'>): AnchorMaker => {
  const shown = `The folder ${visibleText(config.path, 300)}`;
  let under: Promise<unknown> | null = null;
  return {
    id: { kind: 'file', target: config.path },
    everyMs: config.everyMs,
    make: async (checkpoint, _lastSize, signal) => {
      const hangs = fail(
        'anchor-folder-hangs',
        `${shown} takes longer than ${timeoutMs / 1000} s.`,
        'Check the disk or the network behind it.',
      );
      // Nothing takes a write back that a dead network drive holds; a second one would only hang beside it.
      if (under !== null) return hangs;
      const work = put(config, checkpoint, tree, shown);
      under = work
        .catch(() => undefined)
        .finally(() => {
          under = null;
        });
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const late = new Promise<'late'>((done) => {
        deadline.addEventListener('abort', () => done('late'), { once: true });
      });
      try {
        const found = await Promise.race([work, late]);
        if (found === 'late') return hangs;
        return found === null ? ok({ note: checkpoint.note, token: null, by: null, at: null }) : { ok: false, problem: found };
      } catch (error) {
        return fault(error, shown);
      }
    },
  };
};
