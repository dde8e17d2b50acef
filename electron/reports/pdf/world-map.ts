import { outlineOf } from '../../../shared/map/outlines.ts';
import { count, plural, VERDICT_WORD } from '../../../shared/model/words.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import {
  allowedSentence,
  assuranceSentence,
  mapAlt,
  type MapCluster,
  type MapRegion,
  type MapView,
  verdictsTogether,
} from '../map-view.ts';
import type { AllowedPlaces } from '../../../shared/map/standing.ts';
import type { HostCounts } from '../posture-count.ts';
import { type Box, setText } from './blocks.ts';
import { INK } from './ink.ts';
import { drawMark, WORD_INK } from './marks.ts';
import type { Paper, Tag } from './paper.ts';
import { bold, inked, rgb, TYPE } from './type.ts';

/** Points; finer than this no printer shows. */
const GRID = 0.25;
const LAND = '#edf0f3';
/** From so many hosts on; each is darker than the one before, in grey as well. */
const SHADES = [
  [1, '#d3dae1'],
  [10, '#b3bec9'],
  [100, '#8d9baa'],
] as const;
const LABEL = { ...bold(TYPE.foot), size: 6, leading: 7, ink: INK.text1 };
const ROW = 7.5;
/** How large a mark becomes at most, so that marks which would lie on each other are put together. */
export const MARK_SIZE = { width: 42, height: 22 } as const;

const shadeOf = (hosts: number): string => SHADES.findLast(([from]) => hosts >= from)?.[1] ?? LAND;
/** `M1 2L3 4Z` in the operators of PDF. */
const operators = (path: string): string =>
  path.replaceAll(/([ML])([\d.-]+) ([\d.-]+)/gu, (_, how, x, y) => `${x} ${y} ${how === 'M' ? 'm' : 'l'} `).replaceAll('Z', 'h ');

const hatching = (width: number, height: number, apart: number): string => {
  let lines = '';
  for (let at = -height; at < width; at += apart) lines += `${at.toFixed(1)} ${height.toFixed(1)} m ${(at + height).toFixed(1)} 0 l `;
  return `${lines}S`;
};

const regionOperators = ({ frame }: MapView, { region, hosts, standing }: MapRegion): string => {
  const path = operators(outlineOf(region, frame, GRID));
  if (path === '') return '';
  const fill = hosts > 0 ? `${rgb(shadeOf(hosts))} rg ${path} f* ` : '';
  const hatch =
    hosts > 0 && standing === 'outside' ? `q ${path} W* n ${rgb(INK.failed)} RG 0.45 w ${hatching(frame.width, frame.height, 2.2)} Q ` : '';
  const line = standing === 'allowed' ? `${rgb(INK.trusted)} RG 0.9 w ${path} S ` : `${rgb(INK.paper)} RG 0.3 w ${path} S `;
  return `${fill}${hatch}${line}`;
};

const codesOf = ({ places }: MapCluster): string => {
  const codes = places.map(({ country }) => country);
  return codes.length <= 3 ? codes.join(' ') : `${codes.slice(0, 2).join(' ')} +${codes.length - 2}`;
};
const shortCount = (hosts: number): string => (hosts < 10_000 ? count(hosts) : `${count(Math.floor(hosts / 1_000))}k`);

/** Its verdicts, two in a row, worst first; above them whose they are. */
const drawCluster = (paper: Paper, cluster: MapCluster, { x, y, width }: Box, height: number): void => {
  const { pdf, type } = paper;
  const cells = verdictsTogether(cluster.places).map(([verdict, hosts]) => ({ verdict, text: shortCount(hosts) }));
  const columns = Math.min(2, cells.length);
  const cell = Math.max(...cells.map(({ text }) => type.width(text, LABEL))) + 9.5;
  const label = codesOf(cluster);
  const wide = Math.max(columns * cell, type.width(label, LABEL)) + 3;
  const high = 7 + Math.ceil(cells.length / 2) * ROW + 1;
  const left = Math.max(x, Math.min(x + width - wide, x + cluster.x - wide / 2));
  const top = Math.max(y, Math.min(y + height - high, y + cluster.y - high / 2));
  pdf.lineWidth(0.4).rect(left, top, wide, high).fillAndStroke(INK.paper, INK.text2);
  const put = (text: string, atX: number, atY: number): void => {
    const [line] = type.lines(text, LABEL, 60, 1);
    if (line !== undefined) type.draw(line, atX, atY, LABEL);
  };
  put(label, left + 1.5, top + 0.4);
  for (const [index, { verdict, text }] of cells.entries()) {
    const [cellX, cellY] = [left + 1.5 + (index % 2) * cell, top + 7 + Math.floor(index / 2) * ROW];
    drawMark(pdf, verdict, cellX, cellY + 0.6, 6.4);
    put(text, cellX + 7.4, cellY + 0.2);
  }
};

/** The map in a box, as a figure with a text that says the same. Gives its height. */
export const drawWorldMap = (paper: Paper, parent: Tag, view: MapView, { x, y }: Pick<Box, 'x' | 'y'>): number => {
  const { width, height } = view.frame;
  const land = operators(view.land.map((region) => outlineOf(region, view.frame, GRID)).join(''));
  paper.tag(
    parent,
    'Figure',
    () => {
      const parts = view.regions.map((region) => regionOperators(view, region)).join('');
      paper.pdf.addContent(
        `q 1 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)} cm 0 0 ${width.toFixed(1)} ${height.toFixed(1)} re W n ${rgb(LAND)} rg ${rgb(INK.line2)} RG 0.15 w ${land} B* ${parts}Q`,
      );
      for (const cluster of view.clusters.toReversed()) drawCluster(paper, cluster, { x, y, width }, height);
    },
    mapAlt(view),
  );
  return height;
};

/** The meaning of its marks and shades, and what is not on it. Gives its height. */
export const mapLegend = (
  paper: Paper,
  parent: Tag,
  view: MapView,
  { counts, allowed }: { readonly counts: HostCounts; readonly allowed: AllowedPlaces | null },
  box: Box,
): number => {
  const { pdf } = paper;
  let { x, y } = box;
  const item = (word: string, ink: string, draw: (atX: number, atY: number) => void): void => {
    const style = inked(TYPE.small, ink);
    const wide = 12 + paper.type.width(word, style) + 10;
    if (x > box.x && x + wide - 10 > box.x + box.width) {
      x = box.x;
      y += TYPE.small.leading + 1.5;
    }
    paper.tag(parent, 'P', () => {
      draw(x, y + 1);
      const [line] = paper.type.lines(word, style, box.width, 1);
      if (line !== undefined) paper.type.draw(line, x + 12, y, style);
    });
    x += wide;
  };
  const swatch =
    (fill: string, stroke: string | null, isHatched = false) =>
    (atX: number, atY: number): void => {
      pdf.rect(atX, atY, 9, 7).fill(fill);
      if (stroke !== null) pdf.lineWidth(0.9).strokeColor(stroke).rect(atX, atY, 9, 7).stroke();
      if (!isHatched) return;
      pdf.save().rect(atX, atY, 9, 7).clip().lineWidth(0.45).strokeColor(INK.failed);
      for (let at = -7; at < 9; at += 2.2) pdf.moveTo(atX + at, atY + 7).lineTo(atX + at + 7, atY);
      pdf.stroke().restore();
    };
  for (const verdict of VERDICTS) item(VERDICT_WORD[verdict], WORD_INK[verdict], (atX, atY) => drawMark(pdf, verdict, atX, atY, 8));
  const names = ['1 to 9 hosts', '10 to 99', '100 or more'];
  for (const [index, [, shade]] of SHADES.entries()) item(names[index] ?? '', INK.text1, swatch(shade, null));
  const has = (one: MapRegion['standing']): boolean =>
    view.regions.some(({ standing, hosts }) => standing === one && (one === 'allowed' || hosts > 0));
  if (has('allowed')) item('may be here', INK.text1, swatch(INK.paper, INK.trusted));
  if (has('outside')) item('may not be here', INK.text1, swatch(SHADES[0][1], null, true));
  y += TYPE.small.leading + 4;
  const missing = [
    `${plural(view.unknown, 'host is', 'hosts are')} in an unknown place, and not on the map.`,
    ...(view.undrawn === 0 ? [] : [`${plural(view.undrawn, 'host has', 'hosts have')} a country that is on no map.`]),
    assuranceSentence(counts),
    allowedSentence(allowed),
  ].join(' ');
  y += setText(paper, parent, 'P', missing, { ...box, y }, TYPE.small, 12);
  return y - box.y;
};
