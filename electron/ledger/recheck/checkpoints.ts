import { visibleText } from '../../../shared/model/hostile-text.ts';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { hashText } from '../hashing.ts';
import { type Note, parseNote } from '../note.ts';
import type { Keys } from './keys.ts';
import { type Problems, entriesIn } from './problems.ts';
import type { SourceCheckpoint } from './source.ts';
import type { Trees } from './trees.ts';

/** A checkpoint from elsewhere: given by the auditor, or an anchor's. */
export type Outside = { readonly checkpoint: Checkpoint; readonly note: Note; readonly from: string };

type Mismatch = { readonly size: number; readonly from: string; readonly fitBelow: number };

export type Checkpoints = {
  /** To be called at every size, also at 0, before the next entry is appended. */
  readonly reached: (size: number) => void;
  /** `next` is the place after the last entry, which is further than the size where entries before it are missing. */
  readonly end: (size: number, next: number, stopped: boolean) => void;
  readonly last: () => (Checkpoint & { readonly note: string }) | null;
  readonly count: () => number;
};

const MAX_MISMATCHES = 1000;

export const readOutside = (note: string, from: string): Outside | string => {
  const parsed = parseNote(note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  if (!parsed.ok) return parsed.problem.message;
  return checkpoint.ok ? { checkpoint: checkpoint.value, note: parsed.value, from } : checkpoint.problem.message;
};

/** Holds every signed root against the tree of the entries at its size. */
export const createCheckpoints = (
  own: Iterable<SourceCheckpoint>,
  outside: readonly Outside[],
  { trees, keys, problems }: { readonly trees: Trees; readonly keys: Keys; readonly problems: Problems },
): Checkpoints => {
  const rows = own[Symbol.iterator]();
  const waiting = [...outside].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  const mismatches: Mismatch[] = [];
  let row = rows.next();
  let outsideAt = 0;
  let at = -1;
  let fit = 0;
  /** The same, counting also checkpoints from elsewhere. */
  let fitAnywhere = 0;
  let count = 0;
  let origin: string | null = null;
  let last: (Checkpoint & { note: string }) | null = null;

  const miss = (size: number, from: string): void => {
    if (mismatches.length < MAX_MISMATCHES) mismatches.push({ size, from, fitBelow: fitAnywhere });
  };

  /** The parsed checkpoint of a row, unless something is wrong with it that needs no tree. */
  const readRow = ({ size, note }: SourceCheckpoint): Outside | null => {
    const read = readOutside(note, 'of the ledger itself');
    if (typeof read === 'string') {
      problems.add('checkpoint-unreadable', `The checkpoint kept for ${size} entries cannot be read: ${read}`);
      return null;
    }
    origin ??= read.checkpoint.origin;
    if (read.checkpoint.origin !== origin || read.checkpoint.size !== size) {
      const says = `${visibleText(read.checkpoint.origin, 120)} at ${read.checkpoint.size}`;
      problems.add('checkpoint-misplaced', `The checkpoint kept for ${size} entries is one of ${says} entries.`);
      return null;
    }
    return read;
  };

  const checkOwn = (one: SourceCheckpoint): void => {
    const read = readRow(one);
    if (read === null) return;
    const { checkpoint, note } = read;
    let answer: boolean | null = null;
    const fits = (): boolean => (answer ??= trees.fits(hashText(checkpoint.root)));
    if (!keys.checkpoint(note, checkpoint.size, fits)) return;
    if (!fits()) return miss(checkpoint.size, read.from);
    fit = checkpoint.size;
    fitAnywhere = fit;
    last = { ...checkpoint, note: one.note };
  };

  const checkOutside = ({ checkpoint, note, from }: Outside): boolean => {
    if (origin !== null && checkpoint.origin !== origin) {
      problems.add('held-unusable', `The checkpoint ${from} is of another ledger: ${visibleText(checkpoint.origin, 120)}.`);
      return false;
    }
    if (keys.signedByKnown(note)) return true;
    problems.add('held-unusable', `The checkpoint ${from} at ${checkpoint.size} entries is not signed by a key of this ledger.`);
    return false;
  };

  const advance = (): void => {
    count += 1;
    row = rows.next();
  };

  const reached = (size: number): void => {
    const before = at;
    at = size;
    for (; row.done !== true && row.value.size <= size; advance()) {
      // What lies between was jumped over because entries are missing: it is checked, and cannot fit.
      if (row.value.size > before) checkOwn(row.value);
      else problems.add('checkpoint-misplaced', `A checkpoint for ${row.value.size} entries is kept after those for more.`);
    }
    for (let one = waiting[outsideAt]; one !== undefined && one.checkpoint.size <= size; one = waiting[outsideAt]) {
      outsideAt += 1;
      if (!checkOutside(one)) continue;
      if (trees.fits(hashText(one.checkpoint.root))) fitAnywhere = one.checkpoint.size;
      else miss(one.checkpoint.size, one.from);
    }
  };

  const beyond = (size: number): void => {
    let largest = 0;
    for (; row.done !== true; advance()) {
      const read = readRow(row.value);
      if (read !== null && keys.checkpoint(read.note, read.checkpoint.size, () => false)) largest = Math.max(largest, read.checkpoint.size);
    }
    const lost = { from: size, to: largest - 1 };
    if (largest > size)
      problems.add('entry-removed', `${entriesIn(lost)} were removed from the end: a checkpoint signs them.`, { range: lost });
    for (const one of waiting.slice(outsideAt)) {
      if (!checkOutside(one)) continue;
      const range = { from: size, to: one.checkpoint.size - 1 };
      const sentence = `The checkpoint ${one.from} signs ${one.checkpoint.size} entries; here are ${size}. This is an older state of the ledger.`;
      problems.add('ledger-rewound', sentence, { range });
    }
  };

  /** A root that does not fit, although a later one does, is of another history; otherwise the entries are not those that were signed. */
  const explain = (): void => {
    const forks = mismatches.filter(({ size }) => size <= fit);
    for (const { size, from } of forks)
      problems.add('ledger-forked', `The checkpoint ${from} signs another history of the first ${size} entries than is kept here.`);
    const [first, ...more] = mismatches.filter(({ size }) => size > fit);
    if (first === undefined) return;
    const range = { from: first.fitBelow, to: first.size - 1 };
    const later = more.length === 0 ? '' : ` No later checkpoint fits either (${more.length}).`;
    const sentence = `${entriesIn(range)} are not those that the checkpoint ${first.from} at ${first.size} entries signs.${later}`;
    problems.add('entries-rewritten', sentence, { range });
  };

  return {
    reached,
    end: (size, next, stopped) => {
      if (!stopped) beyond(Math.max(size, next));
      explain();
      const open = { from: fit, to: size - 1 };
      if (fit < size)
        problems.notice('not-yet-covered', `${entriesIn(open)} are not yet covered by a checkpoint that fits.`, { range: open });
    },
    last: () => last,
    count: () => count,
  };
};
