export type TreeItem = { readonly depth: number };

/** Whether an item has others inside: the next one stands deeper. */
export const hasInside = (items: readonly TreeItem[], index: number): boolean =>
  (items[index + 1]?.depth ?? 0) > (items[index]?.depth ?? 0);

/** Indices of the items that are shown: none inside of a folded one. */
export const visibleItems = (items: readonly TreeItem[], folded: ReadonlySet<number>): readonly number[] => {
  const shown: number[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  items.forEach(({ depth }, index) => {
    if (depth > hiddenBelow) return;
    hiddenBelow = folded.has(index) && hasInside(items, index) ? depth : Number.POSITIVE_INFINITY;
    shown.push(index);
  });
  return shown;
};

/** The item that this one is inside of; -1 at the top. */
export const outsideOf = (items: readonly TreeItem[], index: number): number => {
  const depth = items[index]?.depth ?? 0;
  for (let at = index - 1; at >= 0; at -= 1) if ((items[at]?.depth ?? 0) < depth) return at;
  return -1;
};
