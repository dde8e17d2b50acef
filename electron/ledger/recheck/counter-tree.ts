import { EMPTY_ROOT, type HashText, nodeHashText } from '../hashing.ts';

/**
 * The tree of RFC 6962 §2.1 once more, written without the writer's: a binary counter of complete subtrees, one place per level. Sharing the
 * writer's tree would let one mistake hide itself.
 */
export type CounterTree = {
  /** Appends a leaf; tells of every complete subtree that it completes. */
  readonly push: (leaf: HashText, index: number, completed?: (level: number, index: number, hash: HashText) => void) => void;
  readonly root: () => HashText;
  readonly copy: () => CounterTree;
};

export const counterTree = (start: readonly (HashText | null)[] = []): CounterTree => {
  const levels = [...start];
  return {
    push: (leaf, index, completed) => {
      let carry = leaf;
      let level = 0;
      let place = index;
      completed?.(0, place, carry);
      for (let left = levels[0] ?? null; left !== null; left = levels[level] ?? null) {
        carry = nodeHashText(left, carry);
        levels[level] = null;
        level += 1;
        place = Math.floor(place / 2);
        completed?.(level, place, carry);
      }
      levels[level] = carry;
    },
    root: () => {
      let root: HashText | null = null;
      for (const hash of levels) if (hash !== null) root = root === null ? hash : nodeHashText(hash, root);
      return root ?? EMPTY_ROOT;
    },
    copy: () => counterTree(levels),
  };
};
