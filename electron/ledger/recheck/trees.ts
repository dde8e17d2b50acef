import { HASH_SIZE, type HashText, hashText } from '../hashing.ts';
import { type CounterTree, counterTree } from './counter-tree.ts';
import type { Problems, Range } from './problems.ts';
import type { LedgerSource } from './source.ts';

const WIDTH = 256;
const HEIGHT = 8;
const MAX_PENDING = 1000;

export type Trees = {
  readonly size: () => number;
  readonly append: (leaf: HashText, stored: HashText, seq: number) => void;
  /** The leaf hash of the tiles in place of an entry that is not there, so that what follows can still be checked; false where none is kept. */
  readonly bridge: () => boolean;
  /** Whether the tree of what is kept has this root now; then also settles which of entry and hash was changed, where they differed. */
  readonly fits: (root: HashText) => boolean;
  /** `fit` is the size of the largest signed checkpoint of the ledger that fits. */
  readonly end: (fit: number) => void;
};

type Tiles = {
  readonly push: (level: number, index: number, hash: HashText) => void;
  /** `explained` are entries that are already known to differ; up to `fit` the entries are the signed ones. */
  readonly end: (explained: ReadonlySet<number>, fit: number) => void;
};

type Suspect = { readonly level: number; readonly index: number; readonly range: Range; readonly seqs: readonly number[] };

/** More differences in one tile than these are no single changed entries; the range between two checkpoints says as much. */
const MAX_NAMED = 16;

const differingSeqs = (hashes: Buffer, kept: Uint8Array, first: number): readonly number[] => {
  const seqs: number[] = [];
  for (let at = 0; at < WIDTH; at += 1) {
    const span = kept.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE);
    if (hashes.compare(span, 0, span.length, at * HASH_SIZE, (at + 1) * HASH_SIZE) !== 0) seqs.push(first + at);
  }
  return seqs;
};

const hasOneIn = (seqs: ReadonlySet<number>, { from, to }: Range): boolean => {
  for (const seq of seqs) if (from <= seq && seq <= to) return true;
  return false;
};

/** Compares each full tile that is kept with what the entries say. Which of both is right only the signed roots tell, so it judges at the end. */
const createTileCheck = (readTile: NonNullable<LedgerSource['tile']>, problems: Problems): Tiles => {
  const levels: Buffer[] = [];
  const suspects: Suspect[] = [];
  const missing: number[] = [];

  const judge = ({ level, index, range, seqs }: Suspect, explained: ReadonlySet<number>, fit: number): void => {
    const isExplained = hasOneIn(explained, range);
    if (range.to < fit && !isExplained)
      problems.add('tile-damaged', `Tile ${index} of level ${level} is not what the entries say.`, { range });
    if (range.to < fit || level > 0 || seqs.length > MAX_NAMED) return;
    for (const seq of seqs)
      if (seq >= fit && !explained.has(seq))
        problems.add('entry-changed', `Entry ${seq} is not the one that the tiles were made of.`, { seq });
  };

  return {
    push: (level, index, hash) => {
      if (level % HEIGHT !== 0) return;
      const tileLevel = level / HEIGHT;
      const at = index % WIDTH;
      const hashes = (levels[tileLevel] ??= Buffer.alloc(WIDTH * HASH_SIZE));
      hashes.write(hash, at * HASH_SIZE, 'latin1');
      if (at < WIDTH - 1) return;
      const tile = Math.floor(index / WIDTH);
      const kept = readTile(tileLevel, tile);
      const span = WIDTH ** (tileLevel + 1);
      const range = { from: tile * span, to: (tile + 1) * span - 1 };
      if (kept === null) missing.push(range.to);
      else if (!hashes.equals(kept) && suspects.length < MAX_PENDING)
        suspects.push({ level: tileLevel, index: tile, range, seqs: tileLevel === 0 ? differingSeqs(hashes, kept, range.from) : [] });
    },
    end: (explained, fit) => {
      for (const suspect of suspects) judge(suspect, explained, fit);
      // Tiles are written with the checkpoint that covers them; entries after it have none yet.
      const lost = missing.filter((last) => last < fit).length;
      if (lost > 0) problems.add('tile-damaged', `${lost} full tile${lost === 1 ? ' is' : 's are'} not kept.`);
    },
  };
};

const changed = (seq: number): string => `Entry ${seq} was changed: its bytes do not fit its leaf hash`;

/**
 * The tree over the entries' own bytes, and, from the first entry on whose kept leaf hash differs, a second one over the kept hashes. Which of
 * the two a signed root fits tells whether the entry or the hash beside it was changed.
 */
export const createTrees = (source: LedgerSource, problems: Problems): Trees => {
  let size = 0;
  let byBytes: CounterTree = counterTree();
  let byStored: CounterTree | null = null;
  let pending: number[] = [];
  let unnamed = 0;
  const explained = new Set<number>();
  const tiles = source.tile === undefined ? null : createTileCheck(source.tile, problems);
  const completed = tiles?.push;

  const settle = (code: 'entry-changed' | 'leaf-hash-changed', words: (seq: number) => string): void => {
    for (const seq of pending) {
      if (explained.size < MAX_PENDING) explained.add(seq);
      problems.add(code, words(seq), { seq });
    }
    if (unnamed > 0) problems.add(code, `The same is true of ${unnamed} further entries.`);
    pending = [];
    unnamed = 0;
    byStored = null;
  };
  const append: Trees['append'] = (leaf, stored, seq) => {
    if (leaf !== stored) {
      byStored ??= byBytes.copy();
      if (pending.length < MAX_PENDING) pending.push(seq);
      else unnamed += 1;
    }
    byBytes.push(leaf, size, completed);
    byStored?.push(stored, size);
    size += 1;
  };

  const bridge = (): boolean => {
    const tile = source.tile?.(0, Math.floor(size / WIDTH)) ?? null;
    const at = (size % WIDTH) * HASH_SIZE;
    if (tile === null || tile.length < at + HASH_SIZE) return false;
    const hash = hashText(tile.subarray(at, at + HASH_SIZE));
    append(hash, hash, size);
    return true;
  };

  return {
    size: () => size,
    append,
    bridge,
    fits: (root) => {
      if (byBytes.root() === root) {
        settle('leaf-hash-changed', (seq) => `The leaf hash kept beside entry ${seq} was changed; the entry fits the signed checkpoint.`);
        return true;
      }
      if (byStored?.root() !== root) return false;
      byBytes = byStored ?? byBytes;
      settle('entry-changed', (seq) => `${changed(seq)}, and the leaf hash is the signed one.`);
      return true;
    },
    end: (fit) => {
      settle('entry-changed', (seq) => `${changed(seq)}.`);
      tiles?.end(explained, fit);
    },
  };
};
