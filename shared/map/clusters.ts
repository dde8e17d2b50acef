/** Something that has its place on a drawing. */
export type Placed = { readonly x: number; readonly y: number; readonly hosts: number };
export type Cluster<One extends Placed> = { readonly x: number; readonly y: number; readonly members: readonly One[] };

/**
 * Puts marks that would lie on each other together. A mark is `width` by `height` units around its place. The one with the most hosts keeps its
 * place and takes the others in; of those that are alike, the first. The same marks give the same clusters.
 */
export const clustersOf = <One extends Placed>(marks: readonly One[], width: number, height: number): readonly Cluster<One>[] => {
  const clusters: { readonly x: number; readonly y: number; readonly members: One[] }[] = [];
  for (const mark of marks.toSorted((a, b) => b.hosts - a.hosts)) {
    const near = clusters
      .filter(({ x, y }) => Math.abs(x - mark.x) < width && Math.abs(y - mark.y) < height)
      .toSorted((a, b) => Math.hypot(a.x - mark.x, a.y - mark.y) - Math.hypot(b.x - mark.x, b.y - mark.y))[0];
    if (near === undefined) clusters.push({ x: mark.x, y: mark.y, members: [mark] });
    else near.members.push(mark);
  }
  return clusters;
};
