import { describe, expect, it } from 'vitest';
import { hasInside, outsideOf, visibleItems } from './tree-rows.ts';

const items = [0, 1, 2, 2, 1, 0, 1].map((depth) => ({ depth }));

describe('a tree that is kept as a list with depths', () => {
  it('shows everything while nothing is folded', () => {
    expect(visibleItems(items, new Set())).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
  it('hides what is inside of a folded item, however deep, and nothing beside it', () => {
    expect(visibleItems(items, new Set([1]))).toEqual([0, 1, 4, 5, 6]);
    expect(visibleItems(items, new Set([0, 1]))).toEqual([0, 5, 6]);
  });
  it('folds nothing where nothing is inside', () => {
    expect(visibleItems(items, new Set([3]))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([0, 3, 6].map((index) => hasInside(items, index))).toEqual([true, false, false]);
  });
  it('knows what an item is inside of', () => {
    expect([0, 1, 3, 4, 6].map((index) => outsideOf(items, index))).toEqual([-1, 0, 1, 0, 5]);
  });
});
