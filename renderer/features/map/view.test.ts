import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kept, levelOf, lookAt, MOST_ZOOM, panned, scaleOf, type View, wholeWorld, ZOOM_OF, zoomed } from './view.ts';

const WORLD = { width: 1_000, height: 520 };
const WINDOW = { width: 640, height: 400 };
/** Where a place of the world is in the window. */
const seen = (view: View, x: number, y: number): readonly [number, number] => {
  const scale = scaleOf(WORLD, WINDOW, view.zoom);
  return [(x - view.x) * scale + WINDOW.width / 2, (y - view.y) * scale + WINDOW.height / 2];
};
const views = fc.record({
  x: fc.double({ min: -2_000, max: 3_000, noNaN: true }),
  y: fc.double({ min: -2_000, max: 3_000, noNaN: true }),
  zoom: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
});

describe('what is looked at', () => {
  it('is the whole world at first, all of it in the window', () => {
    const [left, top] = seen(wholeWorld(WORLD), 0, 0);
    const [right, foot] = seen(wholeWorld(WORLD), WORLD.width, WORLD.height);
    expect([left, right]).toEqual([0, 640]);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(foot).toBeLessThanOrEqual(WINDOW.height);
  });
  it('never shows beyond an edge where the world is larger than the window, and has it in the middle where it is not', () => {
    fc.assert(
      fc.property(views, (wild) => {
        const view = kept(wild, WORLD, WINDOW);
        expect(view.zoom).toBeGreaterThanOrEqual(1);
        expect(view.zoom).toBeLessThanOrEqual(MOST_ZOOM);
        const [left, top] = seen(view, 0, 0);
        const [right, foot] = seen(view, WORLD.width, WORLD.height);
        expect(left).toBeLessThan(1e-6);
        expect(right).toBeGreaterThan(WINDOW.width - 1e-6);
        const isSmaller = foot - top < WINDOW.height;
        const away = isSmaller ? Math.abs(top + foot - WINDOW.height) : Math.max(top, WINDOW.height - foot);
        expect(away).toBeLessThan(1e-6);
      }),
    );
  });
  it('keeps the place under the pointer where it is, as long as no edge is in the way', () => {
    const view = lookAt(500, 260, 8, WORLD, WINDOW);
    const before = seen(view, 520, 250);
    const after = seen(zoomed(view, 1.6, { x: before[0], y: before[1] }, WORLD, WINDOW), 520, 250);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
  });
  it('moves by as many pixels as the hand does', () => {
    const view = lookAt(500, 260, 8, WORLD, WINDOW);
    const [x, y] = seen(view, 500, 260);
    expect(seen(panned(view, 40, -25, WORLD, WINDOW), 500, 260)).toEqual([expect.closeTo(x - 40, 6), expect.closeTo(y + 25, 6)]);
  });
  it('tells countries, then subdivisions, then sites', () => {
    expect([1, ZOOM_OF.subdivision, ZOOM_OF.site, MOST_ZOOM].map(levelOf)).toEqual(['country', 'subdivision', 'site', 'site']);
  });
});
