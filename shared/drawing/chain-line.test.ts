import { describe, expect, it } from 'vitest';
import { LINKS, type LinkVerdict } from '../model/verdict.ts';
import { chainEnd, chainLine } from './chain-line.ts';

const chain = (...verdicts: LinkVerdict[]): LinkVerdict[] => verdicts;
const frame = { x: 10, top: 0, bottom: 90, ys: LINKS.map((_, index) => 5 + index * 10), gap: 4, lean: 20 };

describe('chainEnd', () => {
  it('holds where all that is required is trusted', () => {
    expect(chainEnd(chain('trusted', 'trusted', 'not-required'))).toEqual({ how: 'holds' });
  });
  it('breaks at the first failed link, whatever could not be judged before it', () => {
    expect(chainEnd(chain('trusted', 'inconclusive', 'failed', 'failed'))).toEqual({ how: 'broken', at: 2 });
  });
  it('is open at the first link that could not be judged', () => {
    expect(chainEnd(chain('trusted', 'inconclusive', 'inconclusive'))).toEqual({ how: 'open', at: 1 });
  });
});

describe('chainLine', () => {
  it('hangs straight while trust holds', () => {
    const line = chainLine({ how: 'holds' }, frame);
    expect(line.rest).toBeNull();
    expect(line.degrees).toBe(0);
    expect(line.bob).toEqual({ x: 10, y: 90 });
    expect(new Set(line.nodes.map((node) => node.x))).toEqual(new Set([10]));
  });
  it.each(LINKS.map((_, at) => at))('breaks at link %i: straight down to it, leaning after it', (at) => {
    const line = chainLine({ how: 'broken', at }, frame);
    expect(line.straight[1]).toEqual({ x: 10, y: frame.ys[at] });
    expect(line.nodes.slice(0, at + 1).every((node) => node.x === 10)).toBe(true);
    const after = line.nodes.slice(at + 1).map((node) => node.x);
    expect(after.every((x, index) => x > (after[index - 1] ?? 10))).toBe(true);
    expect(line.bob.x).toBeGreaterThan(14);
    expect(line.degrees).toBeLessThan(0);
  });
  it('goes on straight where it is only open', () => {
    const line = chainLine({ how: 'open', at: 3 }, frame);
    expect(line.rest).not.toBeNull();
    expect(line.bob.x).toBe(10);
    expect(Math.abs(line.degrees)).toBe(0);
  });
  it('survives a frame of no height', () => {
    const line = chainLine({ how: 'broken', at: 0 }, { ...frame, bottom: 0, ys: [] });
    expect(Number.isFinite(line.bob.x)).toBe(true);
    expect(Number.isFinite(line.degrees)).toBe(true);
  });
});
