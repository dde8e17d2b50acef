export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

export const CORNERS = ['bottom-right', 'bottom-left', 'top-right'] as const;
export type Corner = (typeof CORNERS)[number];

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** The corner in which a panel of this size hides least of what it speaks of; the first of them where it makes no difference. All in CSS pixels. */
export const cornerFor = (target: Box, panel: { readonly width: number; readonly height: number }, within: Box): Corner => {
  const boxOf = (corner: Corner): Box => {
    const left = corner === 'bottom-left' ? within.left : within.right - panel.width;
    const top = corner === 'top-right' ? within.top : within.bottom - panel.height;
    return { left, top, right: left + panel.width, bottom: top + panel.height };
  };
  let best: Corner = CORNERS[0];
  for (const corner of CORNERS) if (overlap(target, boxOf(corner)) < overlap(target, boxOf(best))) best = corner;
  return best;
};
