import { type Result, fail, ok } from '../../shared/model/result.ts';
import { EMPTY_ROOT, HASH_SIZE, type HashText, hashBytes, hashText, nodeHashText } from './hashing.ts';

export { HASH_SIZE, leafHash, nodeHash } from './hashing.ts';

/** Called for each complete subtree that an append completes: 2^level leaves from index · 2^level on. Level 0 is the leaf itself. */
export type OnSubtree = (level: number, index: number, hash: HashText) => void;

/**
 * A growing tree of RFC 6962 §2.1, kept as its right edge: the roots of the complete subtrees that the size is made of in binary, largest
 * first. That is all that appending and the root need: at most 53 hashes for any size.
 */
export type Tree = {
  readonly size: () => number;
  readonly append: (leafHash: Uint8Array) => void;
  readonly root: () => Buffer;
  /** What to keep beside the size, to go on later with `createTree(size, edge)`. */
  readonly edge: () => readonly Buffer[];
};

const onesIn = (size: number): number => {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
};

export const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
export const isHash = (hash: Uint8Array): boolean => hash.length === HASH_SIZE;

const rootOfEdge = (edge: readonly HashText[]): HashText => {
  let root: HashText | null = null;
  for (let at = edge.length - 1; at >= 0; at -= 1) {
    const left = edge[at] ?? '';
    root = root === null ? left : nodeHashText(left, root);
  }
  return root ?? EMPTY_ROOT;
};

/** Goes on with a tree of `size` leaves whose right edge was kept. Whether the edge is the true one shows only against a checkpoint. */
export const createTree = (size = 0, edge: readonly Uint8Array[] = [], onSubtree?: OnSubtree): Result<Tree> => {
  if (!isSize(size) || edge.length !== onesIn(size) || !edge.every(isHash))
    return fail(
      'ledger-edge',
      `The ${edge.length} hashes that were kept do not make the right edge of a tree of ${size} entries.`,
      'Rebuild it from the entries.',
    );
  const subtrees: HashText[] = edge.map(hashText);
  let leaves = size;
  return ok({
    size: () => leaves,
    append: (leafHash) => {
      if (!isHash(leafHash)) throw new Error('a leaf hash has 32 bytes');
      let node = hashText(leafHash);
      let index = leaves;
      let level = 0;
      onSubtree?.(0, index, node);
      for (; index % 2 === 1; index = (index - 1) / 2) {
        node = nodeHashText(subtrees.pop() ?? '', node);
        level += 1;
        onSubtree?.(level, (index - 1) / 2, node);
      }
      subtrees.push(node);
      leaves += 1;
    },
    root: () => hashBytes(rootOfEdge(subtrees)),
    edge: () => subtrees.map(hashBytes),
  });
};

/** The hash of the complete subtree of 2^level leaves from leaf index · 2^level on; null where it is not kept. */
export type ReadHash = (level: number, index: number) => Uint8Array | null;

/** A hash that a proof needs is not there: unlike all other ways to fail, this is the fault of the storage, so it leaves by a throw inside. */
class MissingHash extends Error {}

const read = (readHash: ReadHash, level: number, index: number): HashText => {
  const hash = readHash(level, index);
  if (hash === null || !isHash(hash)) throw new MissingHash(`level ${level}, index ${index}`);
  return hashText(hash);
};

/** The largest power of two that is smaller than `size`, as in RFC 6962 §2.1; `size` is at least 2. */
const splitOf = (size: number): number => {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
};

/** MTH(D[start:start+size]) of RFC 6962 §2.1, where start is a multiple of the power of two that size fits into. */
const rangeHash = (readHash: ReadHash, start: number, size: number): HashText => {
  let level = 0;
  let width = 1;
  for (; width < size; width *= 2) level += 1;
  if (width === size) return read(readHash, level, start / width);
  const split = splitOf(size);
  return nodeHashText(rangeHash(readHash, start, split), rangeHash(readHash, start + split, size - split));
};

const guarded = <T>(work: () => T): Result<T> => {
  try {
    return ok(work());
  } catch (error) {
    if (!(error instanceof MissingHash)) throw error;
    return fail('ledger-hash-missing', `A hash of the tree is not kept: ${error.message}.`, 'Rebuild the tiles from the entries.');
  }
};

const outOfRange = (what: string): { readonly ok: false; readonly problem: { code: string; message: string; nextStep: string } } =>
  fail('ledger-proof-range', what, 'Ask for entries and sizes that the tree has.');

/** RFC 6962 §2.1: the root of the tree as it was at `size`. */
export const rootAt = (readHash: ReadHash, size: number): Result<Buffer> =>
  guarded(() => hashBytes(size === 0 ? EMPTY_ROOT : rangeHash(readHash, 0, size)));

/** RFC 6962 §2.1.1: the audit path of the leaf `index` in the tree of `size` leaves, from the leaf's sibling up. */
export const inclusionProof = (readHash: ReadHash, index: number, size: number): Result<readonly Buffer[]> => {
  if (!isSize(size) || !isSize(index) || index >= size) return outOfRange(`A tree of ${size} entries has no entry ${index}.`);
  return guarded(() => {
    const path: HashText[] = [];
    let start = 0;
    for (let rest = size; rest > 1; ) {
      const split = splitOf(rest);
      if (index - start < split) {
        path.push(rangeHash(readHash, start + split, rest - split));
        rest = split;
      } else {
        path.push(rangeHash(readHash, start, split));
        start += split;
        rest -= split;
      }
    }
    return path.reverse().map(hashBytes);
  });
};

/** RFC 6962 §2.1.2: the proof that the tree of `from` leaves is the beginning of the tree of `to` leaves. Empty where from is 0 or to. */
export const consistencyProof = (readHash: ReadHash, from: number, to: number): Result<readonly Buffer[]> => {
  if (!isSize(from) || !isSize(to) || from > to) return outOfRange(`A tree of ${to} entries has no beginning of ${from}.`);
  if (from === 0 || from === to) return ok([]);
  return guarded(() => {
    const path: HashText[] = [];
    let start = 0;
    let known = from;
    let rest = to;
    let whole = true;
    while (known !== rest) {
      const split = splitOf(rest);
      if (known <= split) {
        path.push(rangeHash(readHash, start + split, rest - split));
        rest = split;
      } else {
        path.push(rangeHash(readHash, start, split));
        start += split;
        known -= split;
        rest -= split;
        whole = false;
      }
    }
    if (!whole) path.push(rangeHash(readHash, start, rest));
    return path.reverse().map(hashBytes);
  });
};
