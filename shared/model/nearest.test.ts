import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const NAMES = ['verdict', 'country', 'last_change', 'name', 'tag'];

describe('the name that was meant', () => {
  it.each([
    ['verdikt', 'verdict'],
    ['verdit', 'verdict'],
    ['verddict', 'verdict'],
    ['evrdict', 'verdict'],
    ['VERDICT', 'verdict'],
    ['lastchange', 'last_change'],
    ['last_chnaeg', 'last_change'],
    ['nam', 'name'],
    ['gat', null],
    ['tga', 'tag'],
    ['vedit', 'verdict'],
    ['colour', null],
    ['', null],
  ])('%s: %s', (typed, meant) => {
    expect(nearest(typed, NAMES)).toBe(meant);
  });

  it('is the first of those that are equally near, and the nearest of all', () => {
    expect(nearest('abcdx', ['abcdy', 'abcdz'])).toBe('abcdy');
    expect(nearest('abcdz', ['abcdy', 'abcdz'])).toBe('abcdz');
  });

  it('is not looked for when the word is longer than any name', () => {
    expect(nearest('x'.repeat(65), ['x'.repeat(64)])).toBeNull();
  });

  it('is found whatever letter of a longer name is lost', () => {
    fc.assert(
      fc.property(fc.constantFrom('verdict', 'country', 'last_change'), fc.nat(6), (name, at) => {
        expect(nearest(name.slice(0, at) + name.slice(at + 1), NAMES)).toBe(name);
      }),
    );
  });
});
