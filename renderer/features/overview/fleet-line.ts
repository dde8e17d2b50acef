type Frame = { readonly x: number; readonly rowPx: number; readonly widest: number };

export type FleetLine = {
  readonly x: number;
  readonly trunk: readonly { readonly y1: number; readonly y2: number; readonly width: number }[];
  readonly strands: readonly { readonly index: number; readonly width: number; readonly path: string }[];
};

const THINNEST = 1.5;

/** Geometry of the fleet's line: a trunk that thins by what breaks away at each link. No break is ever too thin to see. */
export const fleetLine = (firstBroken: readonly number[], inventory: number, { x, rowPx, widest }: Frame): FleetLine => {
  const width = (hosts: number): number => (inventory === 0 ? THINNEST : Math.max(THINNEST, (widest * hosts) / inventory));
  let believed = inventory;
  let from = 0;
  const trunk: { y1: number; y2: number; width: number }[] = [];
  const strands: { index: number; width: number; path: string }[] = [];
  for (const [index, hosts] of firstBroken.entries()) {
    if (hosts === 0) continue;
    const y = index * rowPx + rowPx / 2;
    const before = width(believed);
    trunk.push({ y1: from, y2: y, width: before });
    believed = Math.max(0, believed - hosts);
    const thick = width(hosts);
    // A small gap: the strand is torn off, not a branch.
    const startX = x + before / 2 + thick / 2 + 2.5;
    strands.push({ index, width: thick, path: `M${startX} ${y - 8}l3 13M${startX + 4.4} ${y + 10}l5.4 22` });
    from = y;
  }
  trunk.push({ y1: from, y2: firstBroken.length * rowPx, width: width(believed) });
  return { x, trunk, strands };
};
