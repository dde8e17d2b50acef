import { EMPTY_ROOT, type HashText, hashText, nodeHashText } from './hashing.ts';
import { isHash, isSize } from './merkle.ts';

const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/** No tree that can be counted here is higher than this, so a longer proof is none. */
const MAX_PROOF = 64;

export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/**
 * RFC 9162 §2.1.3.2, step by step: whether the leaf is entry `index` of the tree of `size` leaves with this root.
 * Says nothing about whose root it is; that is what the checkpoint's signature is for.
 */
export const verifyInclusion = ({ index, size, leafHash, proof, root }: InclusionClaim): boolean => {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  if (proof.length > MAX_PROOF || ![leafHash, root, ...proof].every(isHash)) return false;
  let fn = index;
  let sn = size - 1;
  let r = hashText(leafHash);
  for (const p of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      r = nodeHashText(hashText(p), r);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else r = nodeHashText(r, hashText(p));
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && r === hashText(root);
};

export type ConsistencyClaim = {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

const walk = (from: number, to: number, path: readonly HashText[]): { readonly fr: HashText; readonly sr: HashText } | null => {
  let fn = from - 1;
  let sn = to - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  const [first, ...rest] = path;
  if (first === undefined) return null;
  let fr = first;
  let sr = first;
  for (const c of rest) {
    if (sn === 0) return null;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHashText(c, fr);
      sr = nodeHashText(c, sr);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else sr = nodeHashText(sr, c);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 ? { fr, sr } : null;
};

const isPowerOfTwo = (size: number): boolean => Number.isInteger(Math.log2(size)) && 2 ** Math.log2(size) === size;

/**
 * RFC 9162 §2.1.4.2: whether the tree of `from` leaves is the beginning of the tree of `to` leaves. That RFC starts at from = 1; a tree
 * without entries is the beginning of every tree (C2SP tlog-witness: its proof is empty), and its root is known.
 */
export const verifyConsistency = ({ from, to, fromRoot, toRoot, proof }: ConsistencyClaim): boolean => {
  if (!isSize(from) || !isSize(to) || from > to) return false;
  if (proof.length > MAX_PROOF || ![fromRoot, toRoot, ...proof].every(isHash)) return false;
  const [first, second] = [hashText(fromRoot), hashText(toRoot)];
  if (from === 0) return proof.length === 0 && first === EMPTY_ROOT && (to > 0 || second === EMPTY_ROOT);
  if (from === to) return proof.length === 0 && first === second;
  if (proof.length === 0) return false;
  const path = proof.map(hashText);
  const walked = walk(from, to, isPowerOfTwo(from) ? [first, ...path] : path);
  return walked !== null && walked.fr === first && walked.sr === second;
};
