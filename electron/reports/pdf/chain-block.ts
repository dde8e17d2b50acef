import { LINK_VERDICT_WORD, LINK_WORD } from '../../../shared/model/words.ts';
import { chainEnd } from '../../../shared/drawing/chain-line.ts';
import type { ChainLink } from '../../../shared/contract/schemas.ts';
import type { Flow } from './blocks.ts';
import { INK } from './ink.ts';
import { chainSentence, drawChain, drawMark, WORD_INK } from './marks.ts';
import { PAGE, type Paper, type Tag, WIDTH } from './paper.ts';
import { inked, type Line, type Style, TYPE } from './type.ts';

const TEXT_X = PAGE.left + 64;
const TEXT_WIDTH = WIDTH - 64;
const NAME = 13;
const AFTER = 6;
const BOB = 24;

type Text = { readonly lines: readonly Line[]; readonly style: Style };
type Part = { readonly link: ChainLink; readonly texts: readonly Text[]; readonly height: number };

type Bounds = readonly [reason: number, basis: number, notEvaluated: number];
/** Lines of reason, basis and what was not evaluated; with the second, any chain fits on a page. */
const MANY = [5, 3, 3] as const;
const FEW = [3, 1, 1] as const;
/** Where many hosts follow each other: what it rests on stands in the dossier of each. */
const SHORT = [2, 0, 1] as const;

const bare = (text: string): string => text.trim().replace(/\.$/u, '');
/** Phrases and sentences as one, nothing said twice. */
const joined = (lead: string, items: readonly string[], said: string): string => {
  const left = [...new Set(items.map(bare))].filter((item) => item !== '' && item !== bare(said));
  return left.length === 0 ? '' : `${lead} ${left.join('; ')}.`;
};

const partOf = ({ type }: Paper, link: ChainLink, [reason, basis, open]: Bounds): Part => {
  const texts = (
    [
      [link.reason, TYPE.small, reason],
      [joined('Rests on:', link.basis, link.reason), TYPE.smallQuiet, basis],
      [joined('Not evaluated:', link.notEvaluated, link.reason), TYPE.small, open],
    ] as const
  ).flatMap(([text, style, most]) => (text === '' || most === 0 ? [] : [{ lines: type.lines(text, style, TEXT_WIDTH, most), style }]));
  return { link, texts, height: NAME + texts.reduce((sum, { lines, style }) => sum + lines.length * style.leading, 0) + AFTER };
};

const drawPart = (paper: Paper, { link: { link, verdict, believable }, texts }: Part, y: number): void => {
  const { pdf, type } = paper;
  const faded = !believable && verdict !== 'failed';
  const doubted = faded && verdict !== 'not-required';
  const name = inked(TYPE.h3, faded ? INK.text3 : INK.text1);
  const [title] = type.lines(LINK_WORD[link], name, 200, 1);
  if (title !== undefined) type.draw(title, TEXT_X, y, name);
  const word = inked(TYPE.smallBold, faded ? INK.text3 : WORD_INK[verdict]);
  const x = TEXT_X + (title?.width ?? 0) + 10;
  const [said] = type.lines(`${LINK_VERDICT_WORD[verdict]}${doubted ? ', can no longer be believed' : ''}`, word, 220, 1);
  drawMark(pdf, verdict, x, y + 2.6, 8);
  if (said !== undefined) type.draw(said, x + 11, y + 1.6, word);
  let at = y + NAME;
  for (const { lines, style } of texts)
    for (const line of lines) {
      type.draw(line, TEXT_X, at, style);
      at += style.leading;
    }
};

const highOf = (parts: readonly Part[]): number => parts.reduce((sum, { height }) => sum + height, 0);

/** What says the same as the link before, or only that nothing can be said any more, is left to the dossier. */
const shortened = (link: ChainLink, index: number, all: readonly ChainLink[]): ChainLink => {
  const before = all[index - 1];
  const silent = (!link.believable && link.verdict !== 'failed') || (before !== undefined && before.reason === link.reason);
  return silent ? { ...link, reason: '', notEvaluated: [] } : link;
};

export type ChainBlock = { readonly height: number; readonly write: (parent: Tag) => void };

/** The chain of a host: the line as it hangs, and each link in words beside it. Never over two pages. */
export const chainBlock = (flow: Flow, links: readonly ChainLink[], short = false): ChainBlock => {
  const { paper } = flow;
  const shown = short ? links.map(shortened) : links;
  const measure = (bounds: Bounds): readonly Part[] => shown.map((link) => partOf(paper, link, bounds));
  const asked = measure(short ? SHORT : MANY);
  const parts = highOf(asked) + BOB + 10 > PAGE.bottom - PAGE.top ? measure(FEW) : asked;
  const height = highOf(parts) + BOB + 14;
  return { height, write: (parent) => writeParts(flow, parent, parts, height) };
};

const writeParts = (flow: Flow, parent: Tag, parts: readonly Part[], all: number): void => {
  const { paper } = flow;
  const links = parts.map(({ link }) => link);
  flow.need(all);
  flow.down(6);
  const top = flow.y();
  const tops = parts.map((_, index) => top + 3 + highOf(parts.slice(0, index)));
  const bottom = top + 3 + highOf(parts);
  const chain = links.map(({ verdict }) => verdict);
  const end = chainEnd(chain);
  const alt = `The chain of trust of this host. ${chainSentence(chain)}.${end.how === 'broken' ? ' What lies below can no longer be believed.' : ''}`;
  const ys = tops.map((y) => y + NAME / 2 + 0.5);
  paper.tag(parent, 'Figure', () => drawChain(paper.pdf, links, ys, PAGE.left + 16, top - 2, bottom), alt);
  const list = paper.open(parent, 'L');
  for (const [index, part] of parts.entries()) {
    const one = paper.open(list, 'LI');
    paper.tag(one, 'LBody', () => drawPart(paper, part, tops[index] ?? top));
    one.end();
  }
  list.end();
  flow.down(bottom - top + BOB + 4);
};
