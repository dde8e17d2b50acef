import { describe, expect, it } from 'vitest';
import { drawn, joined, ticks } from './lanes.ts';

const trusted = (fromMs: number, toMs: number) => ({ fromMs, toMs, kind: 'trusted' }) as const;
const failed = (fromMs: number, toMs: number) => ({ fromMs, toMs, kind: 'failed' }) as const;

describe('a timeline', () => {
  it('puts together what touches and is alike, and nothing else', () => {
    expect(joined([trusted(20, 30), trusted(0, 20), failed(30, 40), trusted(40, 50)], 0)).toEqual([
      trusted(0, 30),
      failed(30, 40),
      trusted(40, 50),
    ]);
    expect(joined([trusted(0, 10), trusted(15, 20)], 4)).toHaveLength(2);
    expect(joined([trusted(0, 10), trusted(15, 20)], 5)).toEqual([trusted(0, 20)]);
  });
  it('leaves a gap where nothing was recorded', () => {
    const [first, second] = drawn([trusted(0, 10), failed(60, 100)], 0, 100);
    expect(first).toMatchObject({ left: 0, width: 10 });
    expect(second).toMatchObject({ left: 60, width: 40 });
  });
  it('cuts what begins before it or ends after it, and says that it did not begin there', () => {
    expect(drawn([trusted(0, 80)], 40, 140)).toEqual([{ ...trusted(0, 80), left: 0, width: 40, isBegun: false }]);
    expect(drawn([failed(90, 500)], 0, 100)).toMatchObject([{ left: 90, width: 10, isBegun: true }]);
    expect(drawn([failed(0, 39)], 40, 140)).toEqual([]);
  });
  it('has an axis, even of a single moment', () => {
    expect(ticks(0, 100, 4).map(({ left }) => left)).toEqual([0, 25, 50, 75, 100]);
    expect(drawn([trusted(5, 5)], 5, 5)).toMatchObject([{ left: 0, width: 0 }]);
  });
});
