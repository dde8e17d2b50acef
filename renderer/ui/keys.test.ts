import { describe, expect, it } from 'vitest';
import { chordOf, collide, isKeys, type Pressed } from './keys.ts';

const pressed = (over: Partial<Pressed>): Pressed => ({
  key: 'k',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});

describe('keys', () => {
  it.each([
    [{ key: 'g' }, 'g'],
    [{ key: 'G', shiftKey: true }, 'G'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: 'k', ctrlKey: true }, 'Mod+k'],
    [{ key: 'K', ctrlKey: true, shiftKey: true }, 'Mod+k'],
    [{ key: 'k', metaKey: true }, 'Mod+k'],
    [{ key: 'F2', shiftKey: true }, 'Shift+F2'],
    [{ key: 'ArrowUp', altKey: true }, 'Alt+ArrowUp'],
    [{ key: ' ' }, 'Space'],
    [{ key: 'Shift', shiftKey: true }, null],
  ] as const)('%o is %s', (key, chord) => {
    expect(chordOf(pressed(key))).toBe(chord);
  });

  it.each(['g h', 'Mod+k', '?', 'Alt+ArrowUp', '+', 'Mod++', 'é'])('%s can be kept', (keys) => {
    expect(isKeys(keys)).toBe(true);
  });
  it.each(['', ' ', 'g  h', 'a b c d', 'Mod+', 'k+Mod', 'x'.repeat(40), '\u202e'])('%j cannot', (keys) => {
    expect(isKeys(keys)).toBe(false);
  });

  it('are taken where they begin others, or are begun by them', () => {
    expect(collide('g', 'g h')).toBe(true);
    expect(collide('g h', 'g h')).toBe(true);
    expect(collide('g h', 'g o')).toBe(false);
    expect(collide('g', 'gh')).toBe(false);
  });
});
