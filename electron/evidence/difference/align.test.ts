import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { commonRun } from './align.ts';

const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });

/** Length of the longest common subsequence by the textbook table. */
const longest = (a: readonly string[], b: readonly string[]): number => {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const left of a) {
    const next = [0];
    b.forEach((right, j) => next.push(left === right ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
    row = next;
  }
  return row.at(-1) ?? 0;
};

describe('the common run of two lists', () => {
  it('is ascending in both, pairs equal keys, and is as long as can be', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const matches = commonRun(a, b);
        matches.forEach(([i, j], at) => {
          expect(a[i]).toBe(b[j]);
          const before = matches[at - 1];
          expect(i > (before?.[0] ?? -1) && j > (before?.[1] ?? -1)).toBe(true);
        });
        expect(matches).toHaveLength(longest(a, b));
      }),
    );
  });

  it('beyond its bound still pairs only equal keys, in order', () => {
    const a = Array.from({ length: 4000 }, (_, index) => `a${index}`);
    const b = a.flatMap((key, index) => (index % 2 === 0 ? [key] : [`b${index}`, `c${index}`]));
    const matches = commonRun(a, b);
    expect(matches).toHaveLength(2000);
    for (const [i, j] of matches) expect(a[i]).toBe(b[j]);
  });
});
