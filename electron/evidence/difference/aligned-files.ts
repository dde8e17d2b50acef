import type { ImaEntry, ImaFacts } from '../types.ts';
import type { FileChange } from './types.ts';

/** One file of both lists, or of one of them; `change` null where it is the same in both. */
export type AlignedFile = { readonly indexA: number | null; readonly indexB: number | null; readonly change: FileChange | null };

const keyOf = (entry: ImaEntry): string => `${entry.plainPath ? '' : '\n'}${entry.path}`;

type Firsts = ReadonlyMap<string, number>;

const firstsOf = (facts: ImaFacts): Firsts => {
  const firsts = new Map<string, number>();
  let position = 0;
  for (const entry of facts.entries) {
    const key = keyOf(entry);
    if (!firsts.has(key)) firsts.set(key, position);
    position += 1;
  }
  return firsts;
};

/** Where each file that only A has was missed in B: before the next file of A that B has as well. */
const placesOfGone = (a: Firsts, b: Firsts): ReadonlyMap<number, number> => {
  const places = new Map<number, number>();
  let next = Number.MAX_SAFE_INTEGER;
  for (const [key, position] of [...a].reverse()) {
    const there = b.get(key);
    if (there === undefined) places.set(position, next - 0.5);
    else next = there;
  }
  return places;
};

/**
 * The files of two lists side by side, one line for each path, in the order in which B measured them first; what is gone stands where it was
 * missed. `changes` are all of `diffIma` of the same two lists. Linear in the number of entries. The order itself is no difference.
 */
export const alignFiles = (a: ImaFacts, b: ImaFacts, changes: readonly FileChange[]): readonly AlignedFile[] => {
  const [firstsA, firstsB] = [firstsOf(a), firstsOf(b)];
  const gone = placesOfGone(firstsA, firstsB);
  const changed = new Set<number>();
  const placed: { readonly place: number; readonly file: AlignedFile }[] = [];
  for (const change of changes) {
    const { indexA, indexB } = change;
    const entry = indexB === null ? undefined : b.entries.at(indexB);
    const first = entry === undefined ? undefined : firstsB.get(keyOf(entry));
    if (first !== undefined) changed.add(first);
    const place = indexB ?? gone.get(indexA ?? -1) ?? Number.MAX_SAFE_INTEGER;
    placed.push({ place, file: { indexA, indexB, change } });
  }
  for (const [key, position] of firstsB) {
    if (changed.has(position)) continue;
    placed.push({ place: position, file: { indexA: firstsA.get(key) ?? null, indexB: position, change: null } });
  }
  return placed.sort((x, y) => x.place - y.place).map(({ file }) => file);
};
