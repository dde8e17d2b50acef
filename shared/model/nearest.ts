const MAX_NAME = 64;

/**
 * Edit distance (insert, delete, replace, swap neighbours), or `limit + 1` as soon as it is certain to be above the limit.
 * Only the 2·limit + 1 cells beside the diagonal are looked at, so the cost is linear in the length.
 */
const distance = (a: string, b: string, limit: number): number => {
  const over = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return over;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row: number[] = [];
    row[0] = i;
    let least = i;
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cell = Math.min((previous[j] ?? over) + 1, (row[j - 1] ?? over) + 1, (previous[j - 1] ?? over) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cell = Math.min(cell, (before[j - 2] ?? over) + 1);
      row[j] = cell;
      least = Math.min(least, cell);
    }
    if (least > limit) return over;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? over, over);
};

/** The name that was probably meant, or null. Short words allow one slip, longer ones two; of equally near names the first one wins. */
export const nearest = (typed: string, names: readonly string[]): string | null => {
  if (typed.length > MAX_NAME) return null;
  const word = typed.toLowerCase();
  let limit = word.length <= 4 ? 1 : 2;
  let found: string | null = null;
  for (const name of names) {
    const far = distance(word, name.toLowerCase(), limit);
    if (far > limit) continue;
    found = name;
    limit = far - 1;
    if (limit < 0) break;
  }
  return found;
};
