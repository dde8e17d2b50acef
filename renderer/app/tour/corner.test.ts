import { describe, expect, it } from 'vitest';
import { cornerFor } from './corner.ts';

const window = { left: 0, top: 0, right: 1200, bottom: 800 };
const panel = { width: 400, height: 200 };
const at = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

describe('the panel of the tour', () => {
  it('stands at the bottom on the right where nothing that it speaks of is there', () => {
    expect(cornerFor(at(100, 100, 500, 300), panel, window)).toBe('bottom-right');
  });

  it('gives way to the left, and to the top where the whole bottom is spoken of', () => {
    expect(cornerFor(at(700, 500, 1200, 800), panel, window)).toBe('bottom-left');
    expect(cornerFor(at(0, 500, 1200, 800), panel, window)).toBe('top-right');
  });

  it('hides as little as it can of what fills the window', () => {
    expect(cornerFor(at(0, 100, 1200, 800), panel, window)).toBe('top-right');
    expect(cornerFor(window, panel, window)).toBe('bottom-right');
  });
});
