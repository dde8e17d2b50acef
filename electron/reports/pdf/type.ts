import { visibleText } from '../../../shared/model/hostile-text.ts';
import { type Face, type FontName, fontBytes, fontsOf } from './fonts.ts';
import { type Shaper, shape } from './glyphs.ts';
import { INK } from './ink.ts';

/** How a text looks: size and leading in points. */
export type Style = { readonly face: Face; readonly size: number; readonly leading: number; readonly ink: string };

const style = (face: Face, size: number, leading: number, ink: string = INK.text1): Style => ({ face, size, leading, ink });
/** The scale of type on paper. */
export const TYPE = {
  answer: style('bold', 20, 25),
  h1: style('bold', 17, 22),
  h2: style('bold', 11.5, 15),
  h3: style('bold', 9.5, 13),
  body: style('sans', 9, 12.6),
  quiet: style('sans', 8, 11, INK.text2),
  small: style('sans', 7.5, 10),
  smallBold: style('bold', 7.5, 10),
  smallQuiet: style('sans', 7.5, 10, INK.text3),
  foot: style('sans', 6.5, 8.5, INK.text2),
  mono: style('mono', 7, 9.5, INK.text2),
  figure: style('bold', 24, 27),
} as const;
export const inked = (from: Style, ink: string): Style => ({ ...from, ink });
export const bold = (from: Style): Style => ({ ...from, face: 'bold' });

type Part = { readonly font: FontName; readonly text: string };
export type Line = { readonly parts: readonly Part[]; readonly width: number };
export type Typesetter = {
  /** Points. */
  readonly width: (text: string, style: Style) => number;
  /** Breaks a text at blanks, and words that are too long anywhere; what does not fit into `most` lines ends in an ellipsis. */
  readonly lines: (text: string, style: Style, width: number, most?: number) => readonly Line[];
  /** Draws a line with its top at `y`. */
  readonly draw: (line: Line, x: number, y: number, style: Style) => void;
  readonly shaper: (face: Face, font: FontName) => Shaper;
};

const ASCII = /^[ -~]*$/u;
const LONGEST = 4_000;
const MOST_KEPT = 4_000;
const places = (points: number): number => Math.round(points * 100) / 100;
const inks = new Map<string, string>();
/** `#12181f` as three numbers from 0 to 1. */
export const rgb = (ink: string): string => {
  const before = inks.get(ink);
  if (before !== undefined) return before;
  const said = [1, 3, 5].map((at) => places3(Number.parseInt(ink.slice(at, at + 2), 16) / 255)).join(' ');
  inks.set(ink, said);
  return said;
};
const places3 = (value: number): number => Math.round(value * 10_000) / 10_000;
const first = (face: Face): FontName => `${face}-latin`;

export const createTypesetter = (document: PDFKit.PDFDocument): Typesetter => {
  const shapers = new Map<FontName, Shaper>();
  const shaper = (face: Face, font: FontName): Shaper => {
    const before = shapers.get(font);
    if (before !== undefined) return before;
    document.registerFont(font, fontBytes(face, font));
    document.font(font);
    const opened = shape(document);
    shapers.set(font, opened);
    return opened;
  };

  /** What no font has is said by its number: nothing is left out, and nothing becomes a box that could be anything. */
  const partsOf = (text: string, face: Face): readonly Part[] => {
    if (ASCII.test(text)) return [{ font: first(face), text }];
    const parts: { font: FontName; text: string }[] = [];
    for (const char of text) {
      const point = char.codePointAt(0) ?? 0xfffd;
      const font = fontsOf(face).find((name) => shaper(face, name).has(point));
      const said = font === undefined ? `\\u{${point.toString(16)}}` : char;
      const last = parts.at(-1);
      if (last !== undefined && last.font === (font ?? first(face))) last.text += said;
      else parts.push({ font: font ?? first(face), text: said });
    }
    return parts;
  };
  const widthOf = (parts: readonly Part[], { face, size }: Style): number =>
    (parts.reduce((sum, { font, text }) => sum + shaper(face, font).width(text), 0) * size) / 1_000;
  const width = (text: string, used: Style): number => widthOf(partsOf(text, used.face), used);
  const lineOf = (text: string, used: Style): Line => {
    const parts = partsOf(text, used.face);
    return { parts, width: widthOf(parts, used) };
  };

  /** As many characters of a word as fit, at least one. */
  const fitting = (word: string, used: Style, within: number): number => {
    let [low, high] = [1, word.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (width(word.slice(0, middle), used) <= within) low = middle;
      else high = middle - 1;
    }
    // A character of two units is not torn.
    const code = word.charCodeAt(low - 1);
    return code >= 0xd800 && code < 0xdc00 ? low + 1 : low;
  };

  const kept = new Map<string, readonly Line[]>();
  /** Short texts are often the same again. */
  const lines = (text: string, used: Style, within: number, most = Number.MAX_SAFE_INTEGER): readonly Line[] => {
    if (text.length > 80) return broken(text, used, within, most);
    const key = `${used.face} ${used.size} ${within} ${most} ${text}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const found = broken(text, used, within, most);
    if (kept.size > MOST_KEPT) kept.clear();
    kept.set(key, found);
    return found;
  };
  const broken = (text: string, used: Style, within: number, most: number): readonly Line[] => {
    const shown = visibleText(text, LONGEST);
    if (width(shown, used) <= within) return [lineOf(shown, used)];
    const found: string[] = [];
    const blank = width(' ', used);
    let line = '';
    let wide = 0;
    const end = (): void => {
      found.push(line);
      line = '';
      wide = 0;
    };
    for (const whole of shown.split(' ')) {
      let word = whole;
      let size = width(word, used);
      if (line !== '' && wide + blank + size > within) end();
      while (size > within && found.length <= most) {
        const some = fitting(word, used, within);
        found.push(word.slice(0, some));
        word = word.slice(some);
        size = width(word, used);
      }
      wide += line === '' ? size : blank + size;
      line = line === '' ? word : `${line} ${word}`;
      if (found.length > most) break;
    }
    if (line !== '') end();
    const shownLines = found.slice(0, most);
    if (found.length > most) {
      const last = shownLines.at(-1) ?? '';
      const left = within - width('…', used);
      shownLines[shownLines.length - 1] = `${width(last, used) <= left ? last : last.slice(0, fitting(last, used, left))}…`;
    }
    return shownLines.map((one) => lineOf(one, used));
  };

  const draw = (line: Line, x: number, y: number, { face, size, leading, ink }: Style): void => {
    let at = x;
    const baseline = y + (leading - size) / 2 + size * 0.84;
    const { fonts }: { fonts: unknown } = document.page;
    if (typeof fonts !== 'object' || fonts === null) throw new Error('a page has no place for fonts');
    for (const { font, text } of line.parts) {
      if (text === '') continue;
      const { font: pdf, width: wide, show } = shaper(face, font);
      Reflect.set(fonts, pdf.id, pdf.ref());
      // In one piece: a report of many hosts has a million of these.
      document.addContent(`${rgb(ink)} rg BT /${pdf.id} ${size} Tf 1 0 0 -1 ${places(at)} ${places(baseline)} Tm ${show(text)} ET`);
      at += (wide(text) * size) / 1_000;
    }
  };
  return { width, lines, draw, shaper };
};
