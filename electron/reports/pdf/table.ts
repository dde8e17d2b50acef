import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LinkVerdict } from '../../../shared/model/verdict.ts';
import type { Flow } from './blocks.ts';
import { INK } from './ink.ts';
import { chainSentence, drawChainGlyph, drawMark, type MarkKind, WORD_INK } from './marks.ts';
import { PAGE, type Paper, type Tag } from './paper.ts';
import { bold, inked, type Line, rgb, type Style, TYPE } from './type.ts';

/** What stands in a cell: how high it is, and how it is drawn. */
export type Cell = { readonly height: number; readonly draw: (x: number, y: number) => void };
export type MakeCell = (paper: Paper, width: number) => Cell;
export type Column = { readonly title: string; readonly width: number; readonly right?: true };

const GAP = 8;
const PAD = 3.2;

const drawLines = (paper: Paper, lines: readonly Line[], x: number, y: number, style: Style): void => {
  for (const [index, line] of lines.entries()) paper.type.draw(line, x, y + index * style.leading, style);
};

/** One text or several, each beginning a line; `most` lines in all for each. */
export const words =
  (texts: string | readonly (readonly [string, Style])[], most = 2, style: Style = TYPE.small): MakeCell =>
  (paper, width) => {
    const all = (typeof texts === 'string' ? [[texts, style] as const] : texts).map(([text, used]) => ({
      used,
      // Cut before it is measured: a name may have any length.
      lines: paper.type.lines(visibleText(text, 400), used, width, most),
    }));
    return {
      height: all.reduce((sum, { lines, used }) => sum + lines.length * used.leading, 0),
      draw: (x, y) => {
        let at = y;
        for (const { lines, used } of all) {
          drawLines(paper, lines, x, at, used);
          at += lines.length * used.leading;
        }
      },
    };
  };

export const number =
  (text: string, style: Style = TYPE.small): MakeCell =>
  (paper, width) => {
    const lines = paper.type.lines(text, style, width, 1);
    return { height: style.leading, draw: (x, y) => drawLines(paper, lines, x + width - (lines[0]?.width ?? 0), y, style) };
  };

/** The mark of a verdict beside its word. */
export const marked =
  (kind: MarkKind, word: string, below = ''): MakeCell =>
  (paper, width) => {
    const style = inked(TYPE.smallBold, WORD_INK[kind]);
    const lines = paper.type.lines(word, style, width - 11, 1);
    const more = below === '' ? [] : paper.type.lines(below, TYPE.smallQuiet, width - 11, 2);
    return {
      height: style.leading + more.length * TYPE.smallQuiet.leading,
      draw: (x, y) => {
        paper.stamp(`mark ${kind}`, x, y + 1.2, () => drawMark(paper.pdf, kind, 0, 0, 8));
        drawLines(paper, lines, x + 11, y, style);
        drawLines(paper, more, x + 11, y + style.leading, TYPE.smallQuiet);
      },
    };
  };

export const chained =
  (chain: readonly LinkVerdict[]): MakeCell =>
  (paper, width) => {
    const lines = paper.type.lines(chainSentence(chain), TYPE.small, width - 18, 2);
    return {
      height: 18,
      draw: (x, y) => {
        paper.stamp(`chain ${chain.join(' ')}`, x, y - 1, () => drawChainGlyph(paper.pdf, chain, 0, 0));
        drawLines(paper, lines, x + 18, y + (lines.length === 1 ? 4 : 0), TYPE.small);
      },
    };
  };

export type TableWriter = { readonly row: (cells: readonly MakeCell[]) => void; readonly end: () => void };

/** A table whose head stands on each page again. Rows are never torn. */
export const beginTable = (flow: Flow, parent: Tag, columns: readonly Column[], left: number = PAGE.left): TableWriter => {
  const { paper } = flow;
  const { pdf } = paper;
  const table = paper.open(parent, 'Table');
  const style = bold(inked(TYPE.small, INK.text2));
  const inner = ({ width }: Column): number => width - GAP;
  const full = columns.reduce((sum, { width }) => sum + width, 0) - GAP;
  const line = (y: number, ink: string): void =>
    void pdf.addContent(`${rgb(ink)} RG 0.5 w ${left} ${y.toFixed(2)} m ${left + full} ${y.toFixed(2)} l S`);
  const places = columns.map((_, index) => left + columns.slice(0, index).reduce((sum, { width }) => sum + width, 0));
  const titleAt = (column: Column, index: number): void => {
    const [title] = paper.type.lines(column.title, style, inner(column), 1);
    const x = places[index] ?? left;
    if (title !== undefined) paper.type.draw(title, column.right === true ? x + inner(column) - title.width : x, flow.y(), style);
  };
  const below = (): void => {
    flow.down(style.leading + 2);
    paper.artifact(() => line(flow.y() - 0.5, INK.line2));
    flow.down(PAD - 1);
  };
  let page = -1;
  const head = (): void => {
    if (page === -1) {
      const row = paper.open(table, 'TR');
      for (const [index, column] of columns.entries()) paper.tag(row, 'TH', () => titleAt(column, index));
      row.end();
    } else paper.artifact(() => columns.forEach(titleAt));
    below();
    page = paper.pages();
  };
  return {
    row: (made) => {
      const cells = made.map((make, index) => {
        const column = columns[index];
        return column === undefined ? { height: 0, draw: () => {} } : make(paper, inner(column));
      });
      const height = Math.max(...cells.map((cell) => cell.height)) + PAD * 2;
      flow.need(height + (page === -1 ? 18 : 0));
      if (page !== paper.pages()) head();
      const row = paper.open(table, 'TR');
      for (const [index, cell] of cells.entries()) paper.tag(row, 'TD', () => cell.draw(places[index] ?? left, flow.y() + PAD - 2));
      row.end();
      flow.down(height);
      paper.artifact(() => line(flow.y() - 2.5, INK.line1));
    },
    end: () => {
      if (page === -1) head();
      table.end();
      flow.down(8);
    },
  };
};
