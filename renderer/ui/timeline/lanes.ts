import type { MarkKind } from '../verdict-mark.tsx';

/** What held from one moment to another. Unix milliseconds. */
export type Stretch = { readonly fromMs: number; readonly toMs: number; readonly kind: MarkKind };
/** A stretch as it lies on a line, both in parts of a hundred; `isBegun`: it began within the line, so that its mark belongs there. */
export type Drawn = Stretch & { readonly left: number; readonly width: number; readonly isBegun: boolean };

const part = (atMs: number, fromMs: number, toMs: number): number => ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * 100;

/** Puts stretches of one kind that touch, or are no further apart than `joinMs`, together; given in any order. */
export const joined = (stretches: readonly Stretch[], joinMs: number): readonly Stretch[] => {
  const all: Stretch[] = [];
  for (const next of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1);
    if (last !== undefined && last.kind === next.kind && next.fromMs - last.toMs <= joinMs)
      all[all.length - 1] = { ...last, toMs: Math.max(last.toMs, next.toMs) };
    else all.push(next);
  }
  return all;
};

/** Stretches that are to be seen between two moments, cut at both. Nothing is stretched over a gap: what was not recorded stays empty. */
export const drawn = (stretches: readonly Stretch[], fromMs: number, toMs: number): readonly Drawn[] =>
  stretches
    .filter((one) => one.toMs >= fromMs && one.fromMs <= toMs)
    .map((one) => {
      const [left, right] = [part(Math.max(one.fromMs, fromMs), fromMs, toMs), part(Math.min(one.toMs, toMs), fromMs, toMs)];
      return { ...one, left, width: right - left, isBegun: one.fromMs >= fromMs };
    });

/** Moments for an axis: `count` parts of equal length, both ends among them. */
export const ticks = (fromMs: number, toMs: number, count: number): readonly { readonly atMs: number; readonly left: number }[] =>
  Array.from({ length: count + 1 }, (_, index) => ({ atMs: fromMs + ((toMs - fromMs) * index) / count, left: (index / count) * 100 }));
