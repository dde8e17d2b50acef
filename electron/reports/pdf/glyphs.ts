import { z } from 'zod';

/** As much of a font's glyph as is used; units of the font. */
type Glyph = { readonly id: number; readonly advanceWidth: number; readonly codePoints: readonly number[] };
type Position = { xAdvance: number; readonly yAdvance: 0; readonly xOffset: 0; readonly yOffset: 0; readonly advanceWidth: number };
type Run = { readonly glyphs: readonly Glyph[]; readonly positions: readonly Position[]; readonly advanceWidth: number };

type Fontkit = {
  readonly glyphForCodePoint: (point: number) => Glyph;
  readonly hasGlyphForCodePoint: (point: number) => boolean;
  readonly layout: (text: string) => {
    readonly positions: readonly { readonly xAdvance: number }[];
    readonly glyphs: readonly { readonly advanceWidth: number }[];
  };
};
/** A font as pdfkit 0.20.2 holds it. Its types do not tell, so its shape is looked at before it is used. */
export type PdfFont = {
  readonly id: string;
  readonly font: Fontkit;
  /** Thousandths of the size to units of the font. */
  readonly scale: number;
  readonly ascender: number;
  /** The codes of the glyphs in hexadecimal, and how far each goes on, in thousandths of the size. */
  readonly encode: (text: string) => readonly [readonly string[], readonly { readonly xAdvance: number; readonly advanceWidth: number }[]];
  readonly ref: () => object;
};

const callable = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
const pdfFontSchema = z.custom<PdfFont>(
  (value) =>
    callable(value, 'encode') &&
    callable(value, 'ref') &&
    callable(value, 'layoutRun') &&
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'scale') === 'number' &&
    callable(Reflect.get(value, 'font'), 'glyphForCodePoint') &&
    callable(Reflect.get(value, 'font'), 'hasGlyphForCodePoint') &&
    callable(Reflect.get(value, 'font'), 'layout'),
  'this version of pdfkit holds its fonts in another way',
);

const MOST_SHOWN = 2_000;

export type Shaper = {
  readonly font: PdfFont;
  readonly has: (point: number) => boolean;
  /** Width of a text in thousandths of its size. */
  readonly width: (text: string) => number;
  /** The operator that shows a text (ISO 32000, 9.4.3). */
  readonly show: (text: string) => string;
};

/**
 * Takes over how a font lays out its text: glyph after glyph, kerned by pairs that are asked of the font once. pdfkit lays out word after word
 * through all rules of a font and keeps each word: for 10,000 rows of names no two of which are alike, that is three times slower and
 * takes half a gigabyte. Ligatures are not made, so that each glyph is one character when text is copied.
 */
export const shape = (document: object): Shaper => {
  const font = pdfFontSchema.parse(Reflect.get(document, '_font'));
  const { font: fontkit, scale } = font;
  const glyphs = new Map<string, Glyph>();
  const kerned = new Map<number, number>();
  const glyphOf = (char: string): Glyph => {
    const before = glyphs.get(char);
    if (before !== undefined) return before;
    const glyph = fontkit.glyphForCodePoint(char.codePointAt(0) ?? 0x20);
    glyphs.set(char, glyph);
    return glyph;
  };
  const kern = (a: Glyph, b: Glyph, before: string, char: string): number => {
    const pair = a.id * 65_536 + b.id;
    const known = kerned.get(pair);
    if (known !== undefined) return known;
    const { positions, glyphs: two } = fontkit.layout(before + char);
    const [position] = positions;
    const [glyph] = two;
    const by =
      positions.length === 2 && position !== undefined && glyph !== undefined ? (position.xAdvance - glyph.advanceWidth) * scale : 0;
    kerned.set(pair, by);
    return by;
  };
  const layoutRun = (text: string): Run => {
    const run: Glyph[] = [];
    const positions: Position[] = [];
    let width = 0;
    let before = '';
    for (const char of text) {
      const glyph = glyphOf(char);
      const last = positions.at(-1);
      const lastGlyph = run.at(-1);
      if (last !== undefined && lastGlyph !== undefined) {
        const by = kern(lastGlyph, glyph, before, char);
        last.xAdvance += by;
        width += by;
      }
      const advance = glyph.advanceWidth * scale;
      run.push(glyph);
      positions.push({ xAdvance: advance, yAdvance: 0, xOffset: 0, yOffset: 0, advanceWidth: advance });
      width += advance;
      before = char;
    }
    return { glyphs: run, positions, advanceWidth: width };
  };
  Reflect.set(font, 'layoutRun', layoutRun);
  Reflect.set(font, 'layoutCache', undefined);
  const width = (text: string): number => {
    let all = 0;
    let before = '';
    let last: Glyph | null = null;
    for (const char of text) {
      const glyph = glyphOf(char);
      all += glyph.advanceWidth * scale + (last === null ? 0 : kern(last, glyph, before, char));
      before = char;
      last = glyph;
    }
    return all;
  };
  const shown = new Map<string, string>();
  const show = (text: string): string => {
    const known = shown.get(text);
    if (known !== undefined) return known;
    const [codes, positions] = font.encode(text);
    let out = '[<';
    for (const [index, code] of codes.entries()) {
      const { xAdvance = 0, advanceWidth = 0 } = positions[index] ?? {};
      out += xAdvance === advanceWidth ? code : `${code}> ${Math.round((advanceWidth - xAdvance) * 100) / 100} <`;
    }
    out += '>] TJ';
    // Words come again and again, names do not.
    if (shown.size > MOST_SHOWN) shown.clear();
    shown.set(text, out);
    return out;
  };
  return { font, width, show, has: (point) => fontkit.hasGlyphForCodePoint(point) };
};
