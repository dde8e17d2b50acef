import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { containsMatcher, globMatcher, pointsOf } from './glob-match.ts';
import { type Glob, globOf } from './glob.ts';

const everyWildcard = (text: string): number[] => Array.from(text.matchAll(/[*?]/gu), (match) => match.index);
const glob = (pattern: string): Glob => globOf(pattern, everyWildcard(pattern));
const like = (text: string, pattern: string): boolean => globMatcher(glob(pattern))(pointsOf(fold(text)));

/** The obvious way, which is slow for hostile patterns: the specification that the fast way is measured against. */
const slowly = (text: readonly string[], pattern: readonly string[]): boolean => {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return slowly(text, rest) || (text.length > 0 && slowly(text.slice(1), pattern));
  return text.length > 0 && (first === '?' || first === text[0]) && slowly(text.slice(1), rest);
};

describe('a pattern', () => {
  it.each([
    ['web-01', 'web-01', true],
    ['web-01', 'web', false],
    ['web-01', 'web*', true],
    ['web-01', '*01', true],
    ['web-01', '*b-*', true],
    ['web-01', 'web-??', true],
    ['web-01', 'web-?', false],
    ['web-01', 'web-0?*', true],
    ['web-01', 'web-01?*', false],
    ['web-01', '*', true],
    ['', '*', true],
    ['', '?', false],
    ['', '', true],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['aba', '*?b?*', true],
    ['WEB-01', 'web*', true],
    ['web-01', 'WEB*', true],
    ['a.b', 'a?b', true],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['東京-1', '??-1', true],
    ['🏢-1', '?-1', true],
    ['Zu\u0308rich', 'z?rich', true],
  ])('%j like %j: %s', (text, pattern, expected) => {
    expect(like(text, pattern)).toBe(expected);
  });

  it('takes a star that was escaped as a star', () => {
    expect(globMatcher(globOf('a*b', []))(pointsOf('axb'))).toBe(false);
    expect(globMatcher(globOf('a*b', []))(pointsOf('a*b'))).toBe(true);
  });

  it('answers as the obvious way does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '🏢'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '🏢', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (a, b) => {
        expect(like(a, b)).toBe(slowly(Array.from(a), Array.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('answers as the obvious way does where a piece is longer than a machine word', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(long, long, fc.array(fc.nat(79), { maxLength: 5 }), (before, needle, ones) => {
        const piece = Array.from(needle)
          .map((char, i) => (ones.includes(i) ? '?' : char))
          .join('');
        expect(like(before + needle, `*${piece}*`)).toBe(true);
        const places = Array.from({ length: Math.max(0, before.length - needle.length + 1) }, (_, at) =>
          before.slice(at, at + needle.length),
        );
        expect(like(before, `*${piece}*`)).toBe(places.some((place) => slowly(Array.from(place), Array.from(piece))));
      }),
    );
  });

  it('contains what String.includes finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 }), (hay, needle) => {
        expect(containsMatcher(needle)(pointsOf(hay))).toBe(hay.includes(needle));
      }),
    );
  });
});

/** How often a matcher looks at a character of a text. */
const looks = (pattern: string, text: string): number => {
  let count = 0;
  const counted = new Proxy(pointsOf(text), {
    get: (points, key) => {
      if (key === 'length') return points.length;
      count += 1;
      return points[Number(key)];
    },
  });
  globMatcher(glob(pattern))(counted);
  return count;
};

describe('what a pattern costs', () => {
  const text = 'a'.repeat(10_000);

  it.each([
    '*a*a*a*a*a*a*a*a*a*b*',
    `*${'a'.repeat(200)}b*`,
    `*${'a'.repeat(100)}?b*`,
    `*${'?'.repeat(200)}b*`,
    '*ab*ab*ab*',
    'a*a*a*b',
    `${'a*'.repeat(100)}b`,
  ])('%s looks at each character once, and once more at both ends', (pattern) => {
    expect(looks(pattern, text)).toBeLessThanOrEqual(text.length + pattern.length);
  });

  it('is the same for any pattern over any text', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 40 });
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 300 }), (one, hay) => {
        expect(looks(one, hay)).toBeLessThanOrEqual(hay.length + one.length);
      }),
    );
  });
});
