import { ASSURANCE_WORD, count, countryName, plural, VERDICT_WORD } from '../../../shared/model/words.ts';
import type { ExportHead } from '../export-head.ts';
import { mapView } from '../map-view.ts';
import type { ExportSource } from '../port.ts';
import type { ChangedHost, Posture } from '../posture.ts';
import { assurancesIn, type PlaceCount } from '../posture-count.ts';
import { WAIVER_DAYS } from '../posture.ts';
import { type Box, rule, setText } from './blocks.ts';
import { left, right, section } from './board-front.ts';
import { INK } from './ink.ts';
import { drawMark, WORD_INK } from './marks.ts';
import { PAGE, type Paper, type Tag } from './paper.ts';
import { checkpoint, day, span } from './say.ts';
import { bold, inked, TYPE } from './type.ts';
import { drawWorldMap, mapLegend, MARK_SIZE } from './world-map.ts';

const GAP = 28;
const FIRST = 10;

const changedList = (paper: Paper, parent: Tag, title: string, hosts: readonly ChangedHost[], all: number, box: Box): number => {
  let y = section(paper, parent, title, box, plural(all, 'host', 'hosts'));
  if (all === 0) return y + setText(paper, parent, 'P', 'None.', { ...box, y }, TYPE.body);
  const table = paper.open(parent, 'Table');
  for (const { name, before, now } of hosts.slice(0, FIRST)) {
    const row = paper.open(table, 'TR');
    paper.tag(row, 'TD', () => left(paper, name, { ...box, y, width: box.width - 128 }, TYPE.small));
    paper.tag(row, 'TD', () => {
      const x = box.x + box.width - 122;
      left(paper, `${VERDICT_WORD[before]}, now`, { x, y, width: 74 }, TYPE.smallQuiet);
      drawMark(paper.pdf, now, x + 66, y + 1, 8);
      left(paper, VERDICT_WORD[now], { x: x + 76, y, width: 50 }, inked(TYPE.smallBold, WORD_INK[now]));
    });
    row.end();
    y += 11.5;
  }
  table.end();
  if (all > hosts.length) y += setText(paper, parent, 'P', `and ${count(all - hosts.length)} more`, { ...box, y }, TYPE.smallQuiet);
  return y;
};

/** What got worse and what got better, host by host. */
export const boardChanges = (paper: Paper, head: ExportHead, { changes, resolved, beganAtMs }: Posture, box: Box): number => {
  const width = (box.width - GAP) / 2;
  const part = paper.open(paper.root, 'Sect');
  const since = `since ${day(changes.sinceMs)}`;
  const worse = changedList(paper, part, `Worse ${since}`, changes.firstWorse, changes.worse, { ...box, width });
  const better = changedList(paper, part, `Better ${since}`, changes.firstBetter, changes.better, {
    ...box,
    x: box.x + width + GAP,
    width,
  });
  let y = Math.max(worse, better) + 5;
  const fresh = changes.fresh === 0 ? '' : ` ${plural(changes.fresh, 'host was', 'hosts were')} not known then.`;
  const began = beganAtMs !== null && beganAtMs > changes.sinceMs ? ` The record begins on ${day(beganAtMs)}, after that.` : '';
  const healed =
    resolved.medianMs === null
      ? 'No finding was resolved in this time.'
      : `${plural(resolved.findings, 'finding was', 'findings were')} resolved in this time${head.query === '' ? '' : ', of all hosts'}; the middle one took ${span(resolved.medianMs)}.`;
  const said = `What each host was then is held against what it is now; what came and went in between is not counted.${began}${fresh} ${healed}`;
  y += setText(paper, part, 'P', said, { ...box, y }, TYPE.quiet, 3);
  part.end();
  return y;
};

const PLACES = 8;
const placeWords = ({ assurances }: PlaceCount): string =>
  assurancesIn(assurances)
    .map(([one, hosts]) => `${ASSURANCE_WORD[one]} ${count(hosts)}`)
    .join(', ');

const MAP_WIDTH = 330;
/** Where hosts are said to be, and how well that is known: as a map, and as a table that says the same of the first countries. */
export const boardPlaces = (paper: Paper, { counts }: Posture, source: Pick<ExportSource, 'resources' | 'allowed'>, box: Box): number => {
  const part = paper.open(paper.root, 'Sect');
  const known = counts.places.filter(({ country }) => country !== null).length;
  let y = section(paper, part, 'Where they are, and on whose word', box, plural(known, 'country', 'countries'));
  const view = mapView(source, counts, MAP_WIDTH, MARK_SIZE);
  const high = drawWorldMap(paper, part, view, { x: box.x, y });
  const beside = { x: box.x + MAP_WIDTH + 16, y, width: box.width - MAP_WIDTH - 16 };
  y += Math.max(high, mapLegend(paper, part, view, { counts, allowed: source.allowed }, beside)) + 4;
  const columns = [0, 150, 200, 280] as const;
  const table = paper.open(part, 'Table');
  const head = paper.open(table, 'TR');
  for (const [index, title] of ['Country', 'Hosts', 'Not trusted', 'How well the place is known'].entries())
    paper.tag(head, 'TH', () => left(paper, title, { ...box, x: box.x + (columns[index] ?? 0), y }, inked(TYPE.smallBold, INK.text2)));
  head.end();
  y += 12;
  rule(paper, box.x, y - 1.5, box.width, INK.line2);
  for (const place of counts.places.slice(0, PLACES)) {
    const bad = place.hosts - place.verdicts.trusted;
    const row = paper.open(table, 'TR');
    paper.tag(row, 'TD', () => left(paper, countryName(place.country), { ...box, y, width: 144 }, bold(TYPE.small)));
    paper.tag(row, 'TD', () => right(paper, count(place.hosts), { x: box.x + 150, y, width: 22 }));
    paper.tag(row, 'TD', () =>
      right(paper, count(bad), { x: box.x + 200, y, width: 42 }, bad === 0 ? TYPE.small : inked(TYPE.smallBold, INK.failed)),
    );
    paper.tag(row, 'TD', () => left(paper, placeWords(place), { x: box.x + 280, y, width: box.width - 280 }));
    row.end();
    y += 12;
    rule(paper, box.x, y - 1.5, box.width);
  }
  table.end();
  if (counts.places.length > PLACES) {
    const rest = counts.places.slice(PLACES).reduce((sum, { hosts }) => sum + hosts, 0);
    y += setText(
      paper,
      part,
      'P',
      `and ${plural(rest, 'host', 'hosts')} in ${plural(counts.places.length - PLACES, 'more place', 'more places')}`,
      { ...box, y },
      TYPE.smallQuiet,
    );
  }
  part.end();
  return y;
};

const WAIVERS = 4;
/** What is tolerated until a date, and who does not answer. */
export const boardWaivers = (paper: Paper, { waivers, silent, facts }: Posture, box: Box): number => {
  const width = (box.width - GAP) / 2;
  const part = paper.open(paper.root, 'Sect');
  let y = section(paper, part, 'Waivers that run out', { ...box, width }, `within ${WAIVER_DAYS} days`);
  const { open, acknowledged, waived } = facts.findings;
  const counted = `Findings that hold now: ${count(open)} open, ${count(acknowledged)} acknowledged, ${count(waived)} waived until a date.`;
  y += setText(paper, part, 'P', counted, { ...box, y, width }, TYPE.small, 2) + 3;
  for (const { title, waiver, hostName } of waivers.first.slice(0, WAIVERS)) {
    const until = waiver === null ? '' : `until ${day(waiver.untilMs)} by ${waiver.by}: `;
    y +=
      setText(
        paper,
        part,
        'P',
        `${hostName === null ? '' : `${hostName}: `}${title}, ${until}${waiver?.reason ?? ''}`,
        { ...box, y, width },
        TYPE.small,
        2,
      ) + 2;
  }
  const more = waivers.total - Math.min(WAIVERS, waivers.first.length);
  if (waivers.total === 0) y += setText(paper, part, 'P', 'None runs out in this time.', { ...box, y, width }, TYPE.small);
  else if (more > 0) y += setText(paper, part, 'P', `and ${count(more)} more`, { ...box, y, width }, TYPE.smallQuiet);
  const x = box.x + width + GAP;
  let beside = section(paper, part, 'Silent endpoints', { ...box, x, width }, plural(silent.length, 'endpoint', 'endpoints'));
  if (silent.length === 0) beside += setText(paper, part, 'P', 'Every endpoint answers.', { x, y: beside, width }, TYPE.small);
  for (const { title, openedAtMs } of silent.slice(0, WAIVERS))
    beside += setText(paper, part, 'P', `${title}, since ${day(openedAtMs)}`, { x, y: beside, width }, TYPE.small, 2) + 2;
  part.end();
  return Math.max(y, beside);
};

/** What could be taken for covered and is not, and what the record itself rests on. */
export const boardLimits = (paper: Paper, head: ExportHead, { notCovered, facts }: Posture, box: Box): void => {
  const part = paper.open(paper.root, 'Sect');
  let y = section(paper, part, 'What is not covered', box);
  const list = paper.open(part, 'L');
  for (const [index, item] of notCovered.entries()) {
    const lines = paper.type.lines(item, TYPE.body, box.width - 12, 3);
    // The place is fixed; what comes last is never more than what stands in the detailed report.
    if (y + lines.length * TYPE.body.leading > PAGE.bottom - 30) {
      const one = paper.open(list, 'LI');
      setText(
        paper,
        one,
        'LBody',
        `and ${plural(notCovered.length - index, 'more limit', 'more limits')}, in the detailed report`,
        { ...box, y },
        TYPE.quiet,
        1,
      );
      one.end();
      y += TYPE.quiet.leading;
      break;
    }
    const one = paper.open(list, 'LI');
    paper.artifact(() => void paper.pdf.circle(box.x + 3, y + 6.4, 1.3).fill(INK.text3));
    y += setText(paper, one, 'LBody', item, { x: box.x + 12, y, width: box.width - 12 }, TYPE.body, 3) + 1.5;
    one.end();
  }
  list.end();
  const anchored =
    facts.anchors.holding === 0
      ? 'No checkpoint was put outside.'
      : `${plural(facts.anchors.holding, 'checkpoint was', 'checkpoints were')} put outside.`;
  const said = `${checkpoint(head)}. ${anchored} How to check this file stands in the detailed report and in docs/exports.md.`;
  setText(paper, part, 'P', said, { ...box, y: Math.min(y + 4, PAGE.bottom - 22) }, TYPE.quiet, 2);
  part.end();
};
