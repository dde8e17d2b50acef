import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleBytes, visibleText } from './hostile-text.ts';

describe('text from hosts', () => {
  it('shows terminal escapes instead of sending them', () => {
    expect(visibleText('\u001b[31mred\u0007')).toBe('\\x1b[31mred\\x07');
  });

  it('shows bidirectional controls and zero-width characters', () => {
    expect(visibleText('a\u202eb\u200bc')).toBe('a\\u{202e}b\\u{200b}c');
  });

  it('shows selectors of variants and unassigned characters that are ignored by default: a path with one looks like the path without', () => {
    expect(visibleText('/bin/sh\ufe0f')).toBe('/bin/sh\\u{fe0f}');
    expect(visibleText('a\u2065b\u{e0100}\u180b\ufff0')).toBe('a\\u{2065}b\\u{e0100}\\u{180b}\\u{fff0}');
  });

  it('shows newlines, so that a name stays on one line', () => {
    expect(visibleText('host\r\nFAKE: trusted')).toBe('host\\x0d\\x0aFAKE: trusted');
  });

  it('leaves letters of every script and markup characters as they are; escaping markup is for whoever prints markup', () => {
    expect(visibleText('Zürich 東京 <b>"&')).toBe('Zürich 東京 <b>"&');
  });

  it('bounds the length and says how long the text was', () => {
    expect(visibleText('x'.repeat(1000), 10)).toBe(`${'x'.repeat(10)}… (1000 characters)`);
  });

  it('never lets an invisible character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('never throws on bytes that are not UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(typeof visibleBytes(bytes)).toBe('string');
      }),
    );
  });
});
