import type { LinkVerdict } from '../model/verdict.ts';

export type Point = { readonly x: number; readonly y: number };

/** Where trust ends: `broken` the line breaks and leans; `open` it was never joined: it goes on straight but dotted. */
export type ChainEnd = { readonly how: 'holds' } | { readonly how: 'broken' | 'open'; readonly at: number };

/** Not-required links are passed over; the first broken link wins over an earlier link that could not be judged. */
export const chainEnd = (verdicts: readonly LinkVerdict[]): ChainEnd => {
  const broken = verdicts.indexOf('failed');
  if (broken !== -1) return { how: 'broken', at: broken };
  const open = verdicts.indexOf('inconclusive');
  return open === -1 ? { how: 'holds' } : { how: 'open', at: open };
};

export type ChainLine = {
  /** What can be believed: a plumb line. */
  readonly straight: readonly [Point, Point];
  /** What can no longer be believed, or was never joined; null while everything holds. */
  readonly rest: readonly [Point, Point] | null;
  readonly nodes: readonly Point[];
  /** Where the bob hangs and by how many degrees it is off true. */
  readonly bob: Point;
  readonly degrees: number;
};

export type ChainFrame = {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  /** Heights of the nodes, top to bottom. */
  readonly ys: readonly number[];
  /** Gap in the line at a break. */
  readonly gap: number;
  /** How far from true the end of a broken line hangs. */
  readonly lean: number;
};

/** Lays the line through the nodes: straight down to a break, then a gap, then leaning. Pure, so that every place draws the same thing. */
export const chainLine = (end: ChainEnd, frame: ChainFrame): ChainLine => {
  const { x, top, bottom, ys, gap } = frame;
  const at = end.how === 'holds' ? bottom : (ys[end.at] ?? bottom);
  const start: Point = { x, y: top };
  if (end.how === 'holds') {
    const foot: Point = { x, y: bottom };
    return { straight: [start, foot], rest: null, nodes: ys.map((y) => ({ x, y })), bob: foot, degrees: 0 };
  }
  const from = Math.min(bottom, at + gap);
  const lean = end.how === 'broken' ? frame.lean : 0;
  // A short rest leans as steeply as a long one, so that a break low in the chain is seen as well.
  const share = bottom === top ? 0 : 0.35 + (0.65 * (bottom - from)) / (bottom - top);
  const endX = x + lean * share;
  const startX = x + lean * 0.12;
  const xAt = (y: number): number => (y <= at || bottom === from ? x : startX + ((endX - startX) * (y - from)) / (bottom - from));
  return {
    straight: [start, { x, y: at }],
    rest: [
      { x: startX, y: from },
      { x: endX, y: bottom },
    ],
    nodes: ys.map((y) => ({ x: xAt(y), y })),
    bob: { x: endX, y: bottom },
    degrees: (-Math.atan2(endX - startX, Math.max(1, bottom - from)) * 180) / Math.PI,
  };
};
