import type { Tally } from '../../../shared/contract/schemas.ts';
import { CRACKED_PATH, BOB_PATH, SMALL_BOB_PATH } from '../../../shared/drawing/shapes.ts';
import { VERDICTS, type Verdict } from '../../../shared/model/verdict.ts';
import type { LinkCount } from '../posture-count.ts';
import type { Box } from './blocks.ts';
import { INK } from './ink.ts';
import type { Paper } from './paper.ts';
import { TYPE } from './type.ts';

const BAR_INK: Readonly<Record<Verdict, string>> = {
  trusted: INK.trustedMark,
  failed: INK.failedMark,
  stale: INK.staleMark,
  inconclusive: INK.inconclusiveMark,
};
const GAP = 1;

/** Hosts by verdict in one bar, in the order of the figures above it; a part that is there is seen, however small. */
export const drawTallyBar = ({ pdf }: Paper, { x, y, width }: Box, height: number, verdicts: Readonly<Record<Verdict, number>>): void => {
  const shown = VERDICTS.toReversed().filter((verdict) => verdicts[verdict] > 0);
  const all = shown.reduce((sum, verdict) => sum + verdicts[verdict], 0);
  if (all === 0) return void pdf.rect(x, y, width, height).lineWidth(0.6).stroke(INK.line2);
  const least = 2.5;
  const left = width - GAP * (shown.length - 1) - least * shown.length;
  let at = x;
  for (const verdict of shown) {
    const wide = least + (left * verdicts[verdict]) / all;
    pdf.rect(at, y, wide, height).fill(BAR_INK[verdict]);
    at += wide + GAP;
  }
};

/** The line of a fleet: it hangs straight, and at each link where hosts break a strand tears off. One link every `step` points. */
export const drawFleetLine = ({ pdf }: Paper, links: readonly LinkCount[], x: number, y: number, step: number): void => {
  const foot = y + links.length * step;
  pdf.save().lineCap('round').lineWidth(1.4).strokeColor(INK.text1);
  pdf
    .moveTo(x - 10, y)
    .lineTo(x + 10, y)
    .stroke()
    .lineWidth(1.1)
    .moveTo(x, y)
    .lineTo(x, foot + 2)
    .stroke();
  for (const [index, link] of links.entries()) {
    const middle = y + index * step + step / 2;
    const asked = link.trusted + link.failed + link.inconclusive > 0;
    pdf.save().translate(x, middle).scale(0.8);
    if (link.firstBroken > 0) {
      pdf.rect(-3, -8, 6, 16).fill(INK.paper);
      pdf
        .save()
        .translate(7.5, 6.5)
        .rotate(-20)
        .lineWidth(1)
        .strokeColor(INK.failedMark)
        .moveTo(0, 0)
        .lineTo(0, step * 0.5)
        .stroke();
      pdf
        .translate(0, step * 0.5)
        .path(SMALL_BOB_PATH)
        .lineWidth(0.9)
        .fillAndStroke(INK.paper, INK.failedMark)
        .restore();
      pdf.path(CRACKED_PATH).fill(INK.failedMark);
    } else if (!asked) pdf.circle(0, 0, 2).fill(INK.line2);
    else pdf.circle(0, 0, 4).fill(link.inconclusive > 0 && link.trusted === 0 ? INK.inconclusiveMark : INK.trustedMark);
    pdf.restore();
  }
  pdf
    .save()
    .translate(x, foot + 2)
    .scale(0.75)
    .path(BOB_PATH)
    .fill(INK.text1)
    .restore()
    .restore();
};

type Point = Tally & { readonly atMs: number };
const DAY_MS = 86_400_000;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Points longer apart than this are not joined: nothing was recorded between them. */
const apartMs = (points: readonly Point[]): number => {
  const gaps = points.slice(1).map(({ atMs }, index) => atMs - (points[index]?.atMs ?? atMs));
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  return Math.max(middle * 6, 3_600_000);
};

/** Hosts that are not trusted, by verdict, over time. Only what was recorded is drawn; where nothing was, there is a gap. */
export const drawTrend = (
  paper: Paper,
  points: readonly Point[],
  { x, y, width }: Box,
  height: number,
  fromMs: number,
  toMs: number,
): void => {
  const { pdf, type } = paper;
  const shown = ['failed', 'inconclusive', 'stale'] as const;
  const most = Math.max(1, ...points.flatMap((point) => shown.map((verdict) => point[verdict])));
  const xOf = (ms: number): number => x + (width * (ms - fromMs)) / Math.max(1, toMs - fromMs);
  const yOf = (value: number): number => y + height - (height * value) / most;
  pdf
    .save()
    .lineWidth(0.5)
    .strokeColor(INK.line1)
    .moveTo(x, y)
    .lineTo(x + width, y)
    .stroke();
  pdf
    .strokeColor(INK.line2)
    .moveTo(x, y + height)
    .lineTo(x + width, y + height)
    .stroke();
  const apart = apartMs(points);
  for (const verdict of shown.toReversed()) {
    pdf
      .lineWidth(verdict === 'failed' ? 1.5 : 1)
      .strokeColor(BAR_INK[verdict])
      .lineJoin('round')
      .undash();
    if (verdict === 'stale') pdf.dash(3, { space: 1.5 });
    if (verdict === 'inconclusive') pdf.dash(1.2, { space: 1.6 });
    let before: Point | null = null;
    for (const point of points) {
      if (before === null || point.atMs - before.atMs > apart) pdf.moveTo(xOf(point.atMs), yOf(point[verdict]));
      else pdf.lineTo(xOf(point.atMs), yOf(point[verdict]));
      before = point;
    }
    if (points.length > 1) pdf.stroke();
    const [only] = points;
    if (points.length === 1 && only !== undefined) pdf.circle(xOf(only.atMs), yOf(only[verdict]), 1.6).fill(BAR_INK[verdict]);
  }
  pdf.restore();
  const label = (text: string, at: number, top: number, right = false): void => {
    const [line] = type.lines(text, TYPE.foot, width, 1);
    if (line !== undefined) type.draw(line, right ? at - line.width : at, top, TYPE.foot);
  };
  label(`${most}`, x, y - 9);
  label(day(fromMs), x, y + height + 2);
  label(day(toMs), x + width, y + height + 2, true);
};

export const daysBetween = (fromMs: number, toMs: number): number => Math.round((toMs - fromMs) / DAY_MS);
