import { type ChainEnd, chainEnd, chainLine } from '../../../shared/drawing/chain-line.ts';
import { BOB_PATH, BROKEN_NODE_PATH, DIAMOND_PATH } from '../../../shared/drawing/shapes.ts';
import { LINK_IN_SENTENCE } from '../../../shared/model/words.ts';
import { LINKS, type LinkVerdict, type ReportedVerdict, type Verdict } from '../../../shared/model/verdict.ts';
import { INK } from './ink.ts';

export type MarkKind = Verdict | LinkVerdict | ReportedVerdict;
type Pdf = PDFKit.PDFDocument;

const MARK_INK: Readonly<Record<MarkKind, string>> = {
  trusted: INK.trustedMark,
  failed: INK.failedMark,
  stale: INK.staleMark,
  inconclusive: INK.inconclusiveMark,
  'not-required': INK.text3,
  pending: INK.text3,
  unknown: INK.text3,
};
export const WORD_INK: Readonly<Record<MarkKind, string>> = {
  trusted: INK.trusted,
  failed: INK.failed,
  stale: INK.stale,
  inconclusive: INK.inconclusive,
  'not-required': INK.text3,
  pending: INK.text3,
  unknown: INK.text3,
};

/** The shape of a verdict, `size` points square, as on the screen. Always beside its word. */
export const drawMark = (pdf: Pdf, kind: MarkKind, x: number, y: number, size: number): void => {
  const ink = MARK_INK[kind];
  pdf
    .save()
    .translate(x, y)
    .scale(size / 16);
  if (kind === 'trusted') pdf.circle(8, 8, 6).fill(ink);
  else if (kind === 'failed') pdf.path(DIAMOND_PATH).fill(ink);
  else {
    pdf.lineWidth(1.8).lineCap('round').strokeColor(ink);
    if (kind === 'stale') pdf.circle(8, 8, 5.9).stroke().moveTo(8, 4.8).lineTo(8, 8).lineTo(10.3, 9.6).stroke();
    else if (kind === 'inconclusive') pdf.lineCap('butt').dash(2.9, { space: 1.734 }).circle(8, 8, 5.9).stroke();
    else if (kind === 'pending') for (const at of [3.4, 8, 12.6]) pdf.circle(at, 8, 1.5).fill(ink);
    else pdf.moveTo(4.5, 8).lineTo(11.5, 8).stroke();
  }
  pdf.restore();
};

export const chainSentence = (chain: readonly LinkVerdict[]): string => {
  const end = chainEnd(chain);
  if (end.how === 'holds') return chain.every((one) => one === 'not-required') ? 'Nothing is required' : 'Holds';
  const link = LINKS[end.at];
  return link === undefined ? '' : `${end.how === 'broken' ? 'Breaks at' : 'Open at'} ${LINK_IN_SENTENCE[link]}`;
};

/** The chain at 12 × 18 points: a line that hangs straight, or breaks and leans at the height of the broken link. */
export const drawChainGlyph = (pdf: Pdf, chain: readonly LinkVerdict[], x: number, y: number): void => {
  const end = chainEnd(chain);
  const line = chainLine(end, { x: 6, top: 1, bottom: 18, ys: LINKS.map((_, index) => 2 + index * 1.9), gap: 3, lean: 9 });
  const [from, to] = line.straight;
  pdf.save().translate(x, y).scale(0.75).lineCap('round').lineWidth(1.3).strokeColor(INK.text1);
  pdf.moveTo(3.5, 1).lineTo(8.5, 1).stroke().moveTo(from.x, from.y).lineTo(to.x, to.y).stroke();
  if (end.how === 'broken')
    pdf
      .strokeColor(INK.failedMark)
      .lineWidth(1.8)
      .moveTo(to.x - 3.2, to.y + 1.2)
      .lineTo(to.x + 3.2, to.y - 1.2)
      .stroke();
  if (line.rest !== null) {
    const [top, foot] = line.rest;
    pdf.lineWidth(1.1).strokeColor(end.how === 'broken' ? INK.failedMark : INK.text3);
    if (end.how === 'open') pdf.dash(1.4, { space: 1.8 });
    pdf.moveTo(top.x, top.y).lineTo(foot.x, foot.y).stroke().undash();
  }
  pdf.translate(line.bob.x, line.bob.y).rotate(line.degrees).path('M-2 0h4l.4 1.4L0 5.2-2.4 1.4Z');
  if (end.how === 'holds') pdf.fill(INK.text1);
  else pdf.lineWidth(1).strokeColor(INK.text2).stroke();
  pdf.restore();
};

const CLEAR = 9;

const drawNode = (pdf: Pdf, verdict: LinkVerdict, believable: boolean, x: number, y: number): void => {
  pdf.save().translate(x, y);
  if (verdict === 'failed') pdf.path(BROKEN_NODE_PATH).fill(INK.failedMark);
  else if (verdict === 'not-required') pdf.circle(0, 0, 2).fill(INK.line2);
  else if (verdict === 'inconclusive')
    pdf.circle(0, 0, 5).lineWidth(1.5).dash(2.6, { space: 1.5 }).fillAndStroke(INK.paper, INK.inconclusiveMark);
  else pdf.circle(0, 0, 5).fillAndStroke(believable ? INK.trustedMark : INK.surface3, believable ? INK.trustedMark : INK.line2);
  pdf.restore();
};

export type ChainNode = { readonly verdict: LinkVerdict; readonly believable: boolean };

const drawRest = (pdf: Pdf, end: ChainEnd, [top, foot]: readonly [{ x: number; y: number }, { x: number; y: number }]): void => {
  pdf
    .save()
    .lineWidth(1.2)
    .strokeColor(end.how === 'broken' ? INK.failedMark : INK.text3);
  if (end.how === 'open') pdf.dash(2, { space: 3 });
  pdf.moveTo(top.x, top.y).lineTo(foot.x, foot.y).stroke().restore();
};

/** The chain at full size through nodes at the heights `ys`; it hangs from `top`, and its bob ends 26 points below `bottom`. */
export const drawChain = (pdf: Pdf, nodes: readonly ChainNode[], ys: readonly number[], x: number, top: number, bottom: number): void => {
  const end = chainEnd(nodes.map(({ verdict }) => verdict));
  const line = chainLine(end, { x, top, bottom, ys, gap: 14, lean: 34 });
  const [from, to] = line.straight;
  pdf
    .save()
    .lineWidth(1.5)
    .lineCap('round')
    .strokeColor(INK.text1)
    .moveTo(x - 11, top)
    .lineTo(x + 11, top)
    .stroke();
  pdf
    .lineWidth(1.2)
    .moveTo(from.x, from.y)
    .lineTo(to.x, end.how === 'holds' ? to.y : to.y - (end.how === 'broken' ? CLEAR : 6))
    .stroke();
  pdf.restore();
  if (line.rest !== null) drawRest(pdf, end, line.rest);
  for (const [index, at] of line.nodes.entries()) {
    const node = nodes[index];
    if (node !== undefined) drawNode(pdf, node.verdict, node.believable, at.x, at.y);
  }
  pdf.save().translate(line.bob.x, line.bob.y).rotate(line.degrees).scale(0.9).path(BOB_PATH);
  if (end.how === 'holds') pdf.fill(INK.text1);
  else pdf.lineWidth(1.1).fillAndStroke(INK.paper, INK.text2);
  pdf.restore();
};
