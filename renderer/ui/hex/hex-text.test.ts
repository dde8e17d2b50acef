import { describe, expect, it } from 'vitest';
import { byteText, bytesOfHex, characterOf, covers, fieldAt, offsetText } from './hex-text.ts';

describe('bytes as text', () => {
  it('writes offsets and bytes in hex of one width', () => {
    expect([offsetText(0x1a0), byteText(7), byteText(0xff)]).toEqual(['000001a0', '07', 'ff']);
  });

  it('prints what ASCII prints, and a dot for everything else: nothing of a host can hide or turn what is read', () => {
    expect([0x41, 0x20, 0x7e].map(characterOf).join('')).toBe('A ~');
    expect([0, 9, 10, 0x1b, 0x7f, 0x80, 0xe2, 0xff].map(characterOf)).toEqual(Array.from({ length: 8 }, () => '·'));
  });

  it('reads hex', () => {
    expect([...bytesOfHex('00ff10')]).toEqual([0, 255, 16]);
  });
});

describe('the field that a byte belongs to', () => {
  const fields = [
    { start: 0, length: 4 },
    { start: 4, length: 20 },
    { start: 8, length: 4 },
  ];
  it('is the innermost one', () => {
    expect([0, 4, 8, 11, 12, 24].map((offset) => fieldAt(fields, offset))).toEqual([0, 1, 2, 2, 1, -1]);
  });
  it('covers its first byte and not the one behind its last', () => {
    expect([3, 4, 23, 24].map((offset) => covers({ start: 4, length: 20 }, offset))).toEqual([false, true, true, false]);
  });
});
