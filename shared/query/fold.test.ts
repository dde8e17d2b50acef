import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';

describe('texts are the same when they fold to the same', () => {
  it.each([
    ['upper and lower case', 'WEB-01', 'web-01'],
    ['letters with accents', 'ZÜRICH', 'zürich'],
    ['one or two code points for one letter', 'Zu\u0308rich', 'Z\u00fcrich'],
    ['combining marks in another order', 'a\u0301\u0323', 'a\u0323\u0301'],
    ['capital sharp s and sharp s', 'STRAẞE', 'straße'],
    ['each form of sigma', 'ΟΔΟΣ', 'οδοσ'],
    ['the final sigma', 'ΟΔΟΣ', 'οδος'],
    ['Cyrillic', 'МОСКВА', 'москва'],
    ['the Kelvin sign and k', '\u212a', 'k'],
    ['dotted capital I and i with a dot above', 'İ', 'i\u0307'],
    ['the same with a mark below, which lower-casing leaves in another order', 'İ\u0316', 'i\u0316\u0307'],
    ['I and i, in every language', 'IZMIR', 'izmir'],
  ])('%s', (_what, a, b) => {
    expect(fold(a)).toBe(fold(b));
  });

  it.each([
    ['sharp s and ss', 'straße', 'strasse'],
    ['Turkish dotless ı and i', 'ısparta', 'isparta'],
    ['Turkish dotted İ and i', 'İstanbul', 'istanbul'],
    ['a letter with and without its accent', 'zürich', 'zurich'],
    ['full width and normal', 'ｗｅｂ', 'web'],
    ['a ligature and its letters', 'ﬁn', 'fin'],
    ['the same shape in another script', 'а', 'a'],
  ])('not: %s', (_what, a, b) => {
    expect(fold(a)).not.toBe(fold(b));
  });

  it('is finished after one time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });

  it('gives the same for every canonical form of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(fold(text.normalize('NFD'))).toBe(fold(text.normalize('NFC')));
      }),
    );
  });

  it('does not put thousands of combining marks in order, which would cost the square of their number', () => {
    const hostile = `a${'\u0315\u0300'.repeat(50_000)}`;
    expect(fold(hostile)).toBe(hostile);
    expect(fold(`Z${'\u0300'.repeat(31)}`)).toBe(`z${'\u0300'.repeat(31)}`);
  });
});
