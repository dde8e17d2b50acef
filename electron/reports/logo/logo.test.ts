import { assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOGO_LIMITS } from './limits.ts';
import { readLogo } from './logo.ts';
import { jpeg, png } from './testing/pictures.ts';

const pixels = (file: Uint8Array): readonly number[] => {
  const logo = readLogo(file);
  if (!logo.ok) throw new Error(logo.problem.message);
  return [...logo.value.bytes];
};
const refusal = (file: Uint8Array): string => {
  const logo = readLogo(file);
  if (logo.ok) return 'none';
  expect(logo.problem.message).not.toBe('');
  expect(logo.problem.nextStep).not.toBe('');
  return logo.problem.code;
};

describe('a PNG', () => {
  it('becomes pixels in red, green and blue, whichever kind it is of', () => {
    expect(pixels(png())).toEqual([255, 0, 0]);
    expect(pixels(png({ colour: 0, rows: Buffer.of(0, 7) }))).toEqual([7, 7, 7]);
    expect(pixels(png({ width: 3, colour: 0, depth: 1, rows: Buffer.of(0, 0b1010_0000) }))).toEqual([
      255, 255, 255, 0, 0, 0, 255, 255, 255,
    ]);
    expect(pixels(png({ width: 2, colour: 3, depth: 4, palette: Buffer.of(1, 2, 3, 4, 5, 6), rows: Buffer.of(0, 0x10) }))).toEqual([
      4, 5, 6, 1, 2, 3,
    ]);
  });
  it('shows the paper where it is transparent', () => {
    expect(pixels(png({ colour: 6, rows: Buffer.of(0, 0, 0, 0, 0) }))).toEqual([255, 255, 255]);
    expect(pixels(png({ colour: 4, rows: Buffer.of(0, 0, 128) }))).toEqual([127, 127, 127]);
    expect(pixels(png({ colour: 3, palette: Buffer.of(0, 0, 0), transparency: Buffer.of(0), rows: Buffer.of(0, 0) }))).toEqual([
      255, 255, 255,
    ]);
  });
  it('has each of the five filters of rows taken away', () => {
    const rows = Buffer.of(0, 10, 20, 1, 10, 10, 2, 5, 5, 3, 5, 5, 4, 1, 1);
    // None: 10 20. Sub: 10, 10+10. Up: +10, +20. Average: 5+(0+15)/2, 5+(12+25)/2. Paeth: 1+12, 1+max.
    const [values] = [pixels(png({ width: 2, height: 5, colour: 0, rows }))];
    expect(values.filter((_, at) => at % 3 === 0)).toEqual([10, 20, 10, 20, 15, 25, 12, 23, 13, 24]);
  });
});

describe('a JPEG', () => {
  it('goes into the report as it is, where it is baseline in grey or RGB', () => {
    expect(readLogo(jpeg({ width: 20, height: 10 }))).toMatchObject({
      ok: true,
      value: { width: 20, height: 10, components: 3, packing: 'jpeg' },
    });
    expect(readLogo(jpeg({ components: 1 }))).toMatchObject({ ok: true, value: { components: 1 } });
  });
});

describe('a logo that is none, or a bomb, is refused by name', () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['20,000 by 20,000 pixels in a PNG', png({ width: 20_000, height: 20_000 }), 'logo-pixels'],
    ['20,000 by 20,000 pixels in a JPEG', jpeg({ width: 20_000, height: 20_000 }), 'logo-pixels'],
    ['a side that is no side', png({ width: 0xffff_ffff, height: 1 }), 'logo-pixels'],
    ['sides that are allowed and together are not', png({ width: 4_000, height: 4_000 }), 'logo-pixels'],
    ['no pixels', png({ width: 0 }), 'logo-damaged'],
    ['a stream that unpacks to a hundred megabytes', png({ rows: Buffer.alloc(100 * 1024 * 1024) }), 'logo-damaged'],
    ['fewer pixels than it says', png({ width: 100, height: 100 }), 'logo-damaged'],
    ['interlaced', png({ interlace: 1 }), 'logo-form'],
    ['16 bits a colour', png({ depth: 16 }), 'logo-form'],
    ['a colour type that there is not', png({ colour: 5 }), 'logo-damaged'],
    ['a palette that is not there', png({ colour: 3, rows: Buffer.of(0, 0) }), 'logo-damaged'],
    ['a filter that there is not', png({ rows: Buffer.of(9, 0, 0, 0) }), 'logo-damaged'],
    ['something behind its end', Buffer.concat([png(), Buffer.of(0)]), 'logo-damaged'],
    ['CMYK', jpeg({ components: 4 }), 'logo-form'],
    ['progressive', jpeg({ frame: 0xc2 }), 'logo-form'],
    ['12 bits', jpeg({ precision: 12 }), 'logo-form'],
    ['a JPEG without an end', jpeg().subarray(0, -2), 'logo-damaged'],
    ['an SVG', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'), 'logo-kind'],
    ['a text', Buffer.from('a logo'), 'logo-kind'],
    ['nothing', Buffer.alloc(0), 'logo-kind'],
    ['too large a file', Buffer.alloc(LOGO_LIMITS.bytes + 1), 'logo-large'],
  ];
  it.each(cases)('%s', (_, file, code) => {
    expect(refusal(file)).toBe(code);
  });
  it('each checksum is compared', () => {
    const file = png();
    // The checksum itself, so that nothing else of it is wrong.
    file.writeUInt8(file.readUInt8(29) ^ 1, 29);
    expect(refusal(file)).toBe('logo-damaged');
  });
  it('a cut one, at every length', () => {
    for (const whole of [png(), jpeg()])
      for (let length = 0; length < whole.length; length += 1) expect(refusal(whole.subarray(0, length))).not.toBe('none');
  });
  it('any changed bytes end in an answer, never in an exception', () => {
    assert(
      property(nat(), nat({ max: 255 }), nat({ max: 1 }), (at, value, which) => {
        const file = which === 0 ? png({ width: 3, colour: 0, depth: 1, rows: Buffer.of(0, 1) }) : jpeg();
        file.writeUInt8(value, at % file.length);
        expect(typeof readLogo(file).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
