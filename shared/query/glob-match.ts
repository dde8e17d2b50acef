import type { Glob } from './glob.ts';
import { fold } from './fold.ts';

/** Code points. Texts are matched as lists of them, so that `?` is one character of any script. */
export type Points = ArrayLike<number>;

export const pointsOf = (text: string): number[] => {
  const points: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at += 1;
    points.push(point);
  }
  return points;
};

/** In a piece of a pattern: any one character. */
const ONE = -1;

/** Where the first occurrence that lies between `from` and `to` ends, or -1. */
type Find = (points: Points, from: number, to: number) => number;

/** Knuth, Morris and Pratt: each character of the text is read at most once, and nothing is tried again. */
const findLiteral = (piece: readonly number[]): Find => {
  const fallback: number[] = [0];
  for (let i = 1, length = 0; i < piece.length; i += 1) {
    while (length > 0 && piece[i] !== piece[length]) length = fallback[length - 1] ?? 0;
    if (piece[i] === piece[length]) length += 1;
    fallback.push(length);
  }
  return (points, from, to) => {
    let matched = 0;
    for (let at = from; at < to; at += 1) {
      const point = points[at];
      while (matched > 0 && piece[matched] !== point) matched = fallback[matched - 1] ?? 0;
      if (piece[matched] === point) matched += 1;
      if (matched === piece.length) return at + 1;
    }
    return -1;
  };
};

const set = (mask: Uint32Array, bit: number): void => {
  mask[bit >>> 5] = (mask[bit >>> 5] ?? 0) | (1 << (bit & 31));
};

/**
 * Shift-And (Baeza-Yates and Gonnet) for pieces with `?`, which have no fallback table: bit i of the state says whether the last i + 1
 * characters fit the beginning of the piece. One pass over the text, one word of 32 bits for 32 characters of the piece.
 */
const findWithOnes = (piece: readonly number[]): Find => {
  const words = Math.ceil(piece.length / 32);
  const ones = new Uint32Array(words);
  const masks = new Map<number, Uint32Array>();
  for (const [bit, point] of piece.entries()) if (point === ONE) set(ones, bit);
  for (const [bit, point] of piece.entries()) {
    if (point === ONE) continue;
    const mask = masks.get(point) ?? ones.slice();
    set(mask, bit);
    masks.set(point, mask);
  }
  const last = piece.length - 1;
  return (points, from, to) => {
    const state = new Uint32Array(words);
    for (let at = from; at < to; at += 1) {
      const mask = masks.get(points[at] ?? ONE) ?? ones;
      let carry = 1;
      for (let word = 0; word < words; word += 1) {
        const before = state[word] ?? 0;
        state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
        carry = before >>> 31;
      }
      if (((state[last >>> 5] ?? 0) >>> (last & 31)) & 1) return at + 1;
    }
    return -1;
  };
};

const fits = (piece: readonly number[], points: Points, at: number): boolean =>
  piece.every((point, i) => point === ONE || point === points[at + i]);

/** What stands between the stars. */
const piecesOf = (glob: Glob): number[][] => {
  let piece: number[] = [];
  const pieces = [piece];
  for (const part of glob) {
    if (part.kind === 'any') {
      piece = [];
      pieces.push(piece);
    } else if (part.kind === 'one') piece.push(ONE);
    else for (const point of pointsOf(fold(part.text))) piece.push(point);
  }
  return pieces;
};

/**
 * A pattern as a function of the points of a folded text. The first and the last piece are fixed to the ends; those between are looked
 * for from left to right, the leftmost place being always good enough. So the text is read once: no pattern makes it slow.
 */
export const globMatcher = (glob: Glob): ((points: Points) => boolean) => {
  const pieces = piecesOf(glob);
  const first = pieces[0] ?? [];
  if (pieces.length < 2) return (points) => points.length === first.length && fits(first, points, 0);
  const last = pieces.at(-1) ?? [];
  const between = pieces
    .slice(1, -1)
    .filter((piece) => piece.length > 0)
    .map((piece) => (piece.includes(ONE) ? findWithOnes(piece) : findLiteral(piece)));
  return (points) => {
    const end = points.length - last.length;
    if (first.length > end || !fits(first, points, 0) || !fits(last, points, end)) return false;
    let at = first.length;
    for (const find of between) {
      at = find(points, at, end);
      if (at < 0) return false;
    }
    return true;
  };
};

const ANY = { kind: 'any' } as const;

/** A text that contains another one is one that fits `*text*`. */
export const containsMatcher = (text: string): ((points: Points) => boolean) => globMatcher([ANY, { kind: 'text', text }, ANY]);
