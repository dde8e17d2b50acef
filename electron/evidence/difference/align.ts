/** A pair of equal places in both sequences, ascending in both. */
export type Match = readonly [a: number, b: number];

/** Above this many edits the exact answer costs too much; the order-preserving greedy one is taken. */
const MAX_EDITS = 1500;

/** Myers' O((n+m)·d) difference, forward, with its trace; null beyond MAX_EDITS. */
const myers = (a: readonly string[], b: readonly string[]): Match[] | null => {
  const n = a.length;
  const m = b.length;
  const most = Math.min(n + m, MAX_EDITS);
  const trace: Int32Array[] = [];
  let furthest = new Int32Array(2 * most + 3);
  const middle = most + 1;
  for (let d = 0; d <= most; d += 1) {
    const next = furthest.slice();
    for (let k = -d; k <= d; k += 2) {
      const left = furthest[middle + k - 1] ?? 0;
      const right = furthest[middle + k + 1] ?? 0;
      let x = d === 0 ? 0 : k === -d || (k !== d && left < right) ? right : left + 1;
      let y = x - k;
      while (x < n && y < m && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      next[middle + k] = x;
      if (x >= n && y >= m) return backtrack(trace, d, n, m);
    }
    // Only the part that this step could reach is remembered.
    trace.push(next.slice(middle - d - 1, middle + d + 2));
    furthest = next;
  }
  return null;
};

const backtrack = (trace: readonly Int32Array[], edits: number, n: number, m: number): Match[] => {
  const matches: Match[] = [];
  let x = n;
  let y = m;
  for (let d = edits; d > 0; d -= 1) {
    const before = trace[d - 1];
    const k = x - y;
    const at = (diagonal: number): number => before?.[diagonal + d] ?? 0;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(fromK);
    const fromY = fromX - fromK;
    const startX = down ? fromX : fromX + 1;
    while (x > startX) {
      x -= 1;
      y -= 1;
      matches.push([x, y]);
    }
    x = fromX;
    y = fromY;
  }
  while (x > 0 && y > 0) {
    x -= 1;
    y -= 1;
    matches.push([x, y]);
  }
  return matches.reverse();
};

/** The k-th occurrence of a key in A with the k-th in B, then the longest ascending run of those pairs: O(n log n), never wrong, not always longest. */
const greedy = (a: readonly string[], b: readonly string[]): Match[] => {
  const places = new Map<string, number[]>();
  b.forEach((key, index) => {
    const list = places.get(key);
    if (list === undefined) places.set(key, [index]);
    else list.push(index);
  });
  const taken = new Map<string, number>();
  const pairs: Match[] = [];
  a.forEach((key, index) => {
    const nth = taken.get(key) ?? 0;
    const place = places.get(key)?.[nth];
    if (place === undefined) return;
    taken.set(key, nth + 1);
    pairs.push([index, place]);
  });
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  const placeOf = (pair: number | undefined): number => pairs[pair ?? -1]?.[1] ?? -1;
  pairs.forEach(([, place], pair) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (placeOf(tails[half]) < place) low = half + 1;
      else high = half;
    }
    previous[pair] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = pair;
  });
  const matches: Match[] = [];
  for (let pair = tails.at(-1) ?? -1; pair >= 0; pair = previous[pair] ?? -1) {
    const match = pairs[pair];
    if (match !== undefined) matches.push(match);
  }
  return matches.reverse();
};

/** Longest common subsequence of two lists of keys, ascending; bounded in time and memory. */
export const commonRun = (a: readonly string[], b: readonly string[]): readonly Match[] => {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const innerA = a.slice(start, a.length - tail);
  const innerB = b.slice(start, b.length - tail);
  const inner = innerA.length === 0 || innerB.length === 0 ? [] : (myers(innerA, innerB) ?? greedy(innerA, innerB));
  return [
    ...Array.from({ length: start }, (_, i): Match => [i, i]),
    ...inner.map(([i, j]): Match => [i + start, j + start]),
    ...Array.from({ length: tail }, (_, i): Match => [a.length - tail + i, b.length - tail + i]),
  ];
};
