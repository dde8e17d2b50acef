import { PAGE, type Paper, type Tag, type TagName, WIDTH } from './paper.ts';
import { bold, type Line, type Style, TYPE } from './type.ts';
import { INK } from './ink.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number };

/** Sets a text into a box and gives the height that it takes. */
export const setText = (
  paper: Paper,
  parent: Tag,
  name: TagName,
  text: string,
  { x, y, width }: Box,
  style: Style,
  most?: number,
): number => {
  const lines = paper.type.lines(text, style, width, most);
  paper.tag(parent, name, () => {
    for (const [index, line] of lines.entries()) paper.type.draw(line, x, y + index * style.leading, style);
  });
  return lines.length * style.leading;
};

export const rule = (paper: Paper, x: number, y: number, width: number, ink: string = INK.line1): void =>
  paper.artifact(
    () =>
      void paper.pdf
        .lineWidth(0.6)
        .strokeColor(ink)
        .moveTo(x, y)
        .lineTo(x + width, y)
        .stroke(),
  );

/** Text that runs down the pages. */
export type Flow = {
  readonly paper: Paper;
  readonly y: () => number;
  readonly room: () => number;
  readonly down: (points: number) => void;
  /** Begins another page where so much does not fit on this one. */
  readonly need: (points: number) => void;
  readonly heading: (parent: Tag, level: 1 | 2 | 3, text: string, under?: PDFKit.PDFOutline | null) => PDFKit.PDFOutline | null;
  readonly paragraph: (parent: Tag, text: string, style?: Style) => void;
  readonly list: (parent: Tag, items: readonly string[]) => void;
  readonly pairs: (parent: Tag, pairs: readonly (readonly [string, string])[], mono?: boolean) => void;
};

const HEADINGS = {
  1: { name: 'H1', style: TYPE.h1, before: 0, after: 6 },
  2: { name: 'H2', style: TYPE.h2, before: 16, after: 5 },
  3: { name: 'H3', style: TYPE.h3, before: 10, after: 2 },
} as const;

export const createFlow = (paper: Paper): Flow => {
  const { pdf, type } = paper;
  let y: number = PAGE.top;
  const next = (): void => {
    paper.page();
    y = PAGE.top;
  };
  const need = (points: number): void => {
    if (y + points > PAGE.bottom) next();
  };
  /** Lines that may go over pages are one element with a piece of content on each. */
  const run = (parent: Tag, name: TagName, lines: readonly Line[], x: number, style: Style, first?: () => void): void => {
    const tag = paper.open(parent, name);
    let at = 0;
    while (at < lines.length) {
      need(style.leading);
      const some = lines.slice(at, at + Math.max(1, Math.floor((PAGE.bottom - y) / style.leading)));
      const content = pdf.markStructureContent(name);
      if (at === 0) first?.();
      for (const line of some) {
        type.draw(line, x, y, style);
        y += style.leading;
      }
      pdf.endMarkedContent();
      tag.add(content);
      at += some.length;
    }
    tag.end();
  };
  return {
    paper,
    y: () => y,
    room: () => PAGE.bottom - y,
    down: (points) => void (y += points),
    need,
    heading: (parent, level, text, under) => {
      const { name, style, before, after } = HEADINGS[level];
      const lines = type.lines(text, style, WIDTH, 3);
      // A heading is never left alone at the foot of a page.
      need(before + lines.length * style.leading + after + 60);
      if (y > PAGE.top) y += before;
      const mark = under === null ? null : paper.bookmark(text, under);
      run(parent, name, lines, PAGE.left, style);
      y += after;
      return mark;
    },
    paragraph: (parent, text, style = TYPE.body) => {
      run(parent, 'P', type.lines(text, style, WIDTH), PAGE.left, style);
      y += 4;
    },
    list: (parent, items) => {
      const list = paper.open(parent, 'L');
      for (const item of items) {
        const lines = type.lines(item, TYPE.body, WIDTH - 12);
        const one = paper.open(list, 'LI');
        need(Math.min(lines.length, 3) * TYPE.body.leading);
        run(one, 'LBody', lines, PAGE.left + 12, TYPE.body, () => void pdf.circle(PAGE.left + 3, y + 6.4, 1.3).fill(INK.text3));
        one.end();
        y += 2.5;
      }
      list.end();
      y += 3;
    },
    pairs: (parent, pairs, mono = false) => {
      const table = paper.open(parent, 'Table');
      for (const [label, value] of pairs) {
        const style = mono ? { ...TYPE.mono, leading: 11 } : TYPE.body;
        const lines = type.lines(value, style, WIDTH - 150, 40);
        need(Math.min(lines.length, 4) * style.leading + 3);
        const row = paper.open(table, 'TR');
        const [name] = type.lines(label, bold(TYPE.quiet), 140, 1);
        paper.tag(row, 'TH', () => {
          if (name !== undefined) type.draw(name, PAGE.left, y + 0.6, bold(TYPE.quiet));
        });
        run(row, 'TD', lines, PAGE.left + 150, style);
        row.end();
        y += 2;
      }
      table.end();
      y += 4;
    },
  };
};
