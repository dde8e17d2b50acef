import { LINK_WORD, count, plural, VERDICT_MEANING, VERDICT_WORD } from '../../../shared/model/words.ts';
import { share } from '../../../shared/model/share.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import type { ExportHead } from '../export-head.ts';
import type { Posture } from '../posture.ts';
import type { LinkCount } from '../posture-count.ts';
import { type Box, rule, setText } from './blocks.ts';
import { daysBetween, drawFleetLine, drawTallyBar, drawTrend } from './charts.ts';
import { INK } from './ink.ts';
import { drawMark, WORD_INK } from './marks.ts';
import { PAGE, type Paper, type Tag, WIDTH } from './paper.ts';
import { age, answer, day, moment, scope } from './say.ts';
import { bold, inked, TYPE } from './type.ts';

/** A heading with a line above it; gives where its content begins. */
export const section = (paper: Paper, parent: Tag, title: string, { x, y, width }: Box, aside = ''): number => {
  rule(paper, x, y, width, INK.text1);
  const high = setText(paper, parent, 'H2', title, { x, y: y + 6, width }, TYPE.h2, 1);
  if (aside !== '') {
    const [line] = paper.type.lines(aside, TYPE.quiet, width / 2, 1);
    if (line !== undefined) paper.tag(parent, 'P', () => paper.type.draw(line, x + width - line.width, y + 8.5, TYPE.quiet));
  }
  return y + 6 + high + 5;
};

/** One line at the right end of a box. */
export const right = (paper: Paper, text: string, { x, y, width }: Box, style = TYPE.small): void => {
  const [line] = paper.type.lines(text, style, width, 1);
  if (line !== undefined) paper.type.draw(line, x + width - line.width, y, style);
};
export const left = (paper: Paper, text: string, { x, y, width }: Box, style = TYPE.small): void => {
  const [line] = paper.type.lines(text, style, width, 1);
  if (line !== undefined) paper.type.draw(line, x, y, style);
};

/** The answer in a sentence, then its four numbers. */
export const boardAnswer = (paper: Paper, head: ExportHead, { counts, facts }: Posture): number => {
  const { pdf, root, tag } = paper;
  let y = PAGE.top;
  y += setText(paper, root, 'H1', answer(counts), { x: PAGE.left, y, width: WIDTH }, TYPE.answer, 4) + 5;
  const judged =
    facts.manifest === null
      ? 'Judged by the built-in defaults.'
      : `Judged by the manifest ${facts.manifest.name}, version ${facts.manifest.number}.`;
  const differ =
    counts.disagreements === 0
      ? 'No endpoint says otherwise.'
      : `On ${plural(counts.disagreements, 'host', 'hosts')} the endpoint says otherwise.`;
  const said = `${scope(head)}, as of ${moment(head.cutOffMs)}. ${differ} ${judged}`;
  y += setText(paper, root, 'P', said, { x: PAGE.left, y, width: WIDTH }, inked(TYPE.body, INK.text2), 3) + 14;
  const each = WIDTH / 4;
  for (const [index, verdict] of VERDICTS.toReversed().entries()) {
    const x = PAGE.left + index * each;
    const hosts = counts.verdicts[verdict];
    tag(root, 'P', () => {
      drawMark(pdf, verdict, x, y + 1.5, 10);
      left(paper, VERDICT_WORD[verdict], { x: x + 14, y, width: each - 20 }, inked(TYPE.h3, WORD_INK[verdict]));
      left(paper, count(hosts), { x, y: y + 14, width: each }, TYPE.figure);
      const wide = paper.type.width(count(hosts), TYPE.figure);
      left(paper, share(hosts, counts.hosts), { x: x + wide + 5, y: y + 25, width: each - wide }, TYPE.quiet);
      for (const [row, line] of paper.type.lines(VERDICT_MEANING[verdict], TYPE.smallQuiet, each - 14, 3).entries())
        paper.type.draw(line, x, y + 43 + row * TYPE.smallQuiet.leading, TYPE.smallQuiet);
    });
  }
  y += 80;
  const alt = VERDICTS.toReversed()
    .map((verdict) => `${VERDICT_WORD[verdict]} ${counts.verdicts[verdict]}`)
    .join(', ');
  tag(root, 'Figure', () => drawTallyBar(paper, { x: PAGE.left, y, width: WIDTH }, 9, counts.verdicts), `Bar of all hosts: ${alt}.`);
  return y + 27;
};

const linkWords = (link: LinkCount, hosts: number): string => {
  const asked = hosts - link.notRequired;
  if (asked === 0) return 'not asked for on any host';
  const open = link.inconclusive === 0 ? '' : `, ${count(link.inconclusive)} open`;
  const rest = link.notRequired === 0 ? '' : `, ${count(link.notRequired)} not asked for`;
  return `${count(link.trusted)} of ${count(asked)} hold${open}${rest}`;
};

const STEP = 27;
/** Link by link: how many hosts were held against a reference, and where they break. */
export const boardCoverage = (paper: Paper, { counts }: Posture, box: Box): void => {
  const { pdf } = paper;
  const broken = counts.links.reduce((sum, { firstBroken }) => sum + firstBroken, 0);
  const part = paper.open(paper.root, 'Sect');
  const y = section(paper, part, 'Where trust breaks, link by link', box, broken === 0 ? 'nowhere' : plural(broken, 'host', 'hosts'));
  const alt = `The chain of the fleet. ${counts.links.map((link) => `${LINK_WORD[link.link]}: ${linkWords(link, counts.hosts)}, first broken on ${link.firstBroken}`).join('. ')}.`;
  paper.tag(part, 'Figure', () => drawFleetLine(paper, counts.links, box.x + 14, y, STEP), alt);
  const table = paper.open(part, 'Table');
  for (const [index, link] of counts.links.entries()) {
    const at = { x: box.x + 36, y: y + index * STEP + 3, width: box.width - 36 };
    const row = paper.open(table, 'TR');
    const breaks = link.firstBroken > 0;
    paper.tag(row, 'TH', () =>
      left(paper, LINK_WORD[link.link], { ...at, width: 110 }, breaks ? inked(TYPE.h3, INK.failed) : { ...TYPE.h3 }),
    );
    paper.tag(row, 'TD', () =>
      right(paper, breaks ? `breaks on ${count(link.firstBroken)}` : '', { ...at, y: at.y + 1.5 }, inked(bold(TYPE.quiet), INK.failed)),
    );
    paper.tag(row, 'TD', () => left(paper, linkWords(link, counts.hosts), { ...at, y: at.y + 12 }, TYPE.smallQuiet));
    row.end();
  }
  table.end();
  part.end();
  paper.artifact(() => void pdf.undash());
};

const AGE_WORDS = ['up to 1 minute', 'up to 5 minutes', 'up to 15 minutes', 'up to 1 hour', 'up to 1 day', 'older, or never'];
const LEGEND = ['failed', 'inconclusive', 'stale'] as const;

const trend = (paper: Paper, head: ExportHead, { trend: points, changes: { sinceMs } }: Posture, box: Box): number => {
  const part = paper.open(paper.root, 'Sect');
  const days = daysBetween(sinceMs, head.cutOffMs);
  let y = section(paper, part, 'Not trusted, over time', box, `${plural(days, 'day', 'days')}, all hosts`);
  if (points.length === 0) {
    y += setText(paper, part, 'P', `Nothing was recorded since ${day(sinceMs)} that could be drawn.`, { ...box, y }, TYPE.body);
    part.end();
    return y + 10;
  }
  const [first] = points;
  const last = points.at(-1);
  const say = LEGEND.map((verdict) => `${VERDICT_WORD[verdict]} ${first?.[verdict] ?? 0} then, ${last?.[verdict] ?? 0} now`).join('; ');
  const alt = `Hosts that are not trusted over time, ${points.length} recorded points from ${day(first?.atMs ?? sinceMs)} to ${day(last?.atMs ?? head.cutOffMs)}: ${say}.`;
  paper.tag(part, 'Figure', () => drawTrend(paper, points, { ...box, y: y + 10 }, 62, sinceMs, head.cutOffMs), alt);
  y += 10 + 62 + 13;
  paper.tag(part, 'P', () => {
    let { x } = box;
    for (const verdict of LEGEND) {
      const style = inked(TYPE.small, WORD_INK[verdict]);
      drawMark(paper.pdf, verdict, x, y + 1, 8);
      const word = `${VERDICT_WORD[verdict]}${verdict === 'failed' ? '' : verdict === 'stale' ? ' (dashed)' : ' (dotted)'}`;
      left(paper, word, { x: x + 11, y, width: 90 }, style);
      x += paper.type.width(word, style) + 22;
    }
  });
  y += 12;
  y += setText(
    paper,
    part,
    'P',
    `${plural(points.length, 'point', 'points')}, each as it was recorded; nothing is drawn between gaps.`,
    { ...box, y },
    TYPE.smallQuiet,
    2,
  );
  part.end();
  return y + 12;
};

/** The past, and how old the evidence is. */
export const boardTimes = (paper: Paper, head: ExportHead, posture: Posture, box: Box): number => {
  let y = trend(paper, head, posture, box);
  const { counts } = posture;
  const part = paper.open(paper.root, 'Sect');
  y = section(paper, part, 'How old the evidence is', { ...box, y }, `newest ${age(counts.newestEvidenceAtMs, head.cutOffMs)}`);
  const most = Math.max(1, ...counts.ages.map(({ hosts }) => hosts));
  const table = paper.open(part, 'Table');
  for (const [index, { hosts }] of counts.ages.entries()) {
    const row = paper.open(table, 'TR');
    paper.tag(row, 'TH', () => left(paper, AGE_WORDS[index] ?? '', { ...box, y, width: 90 }, TYPE.small));
    paper.tag(row, 'TD', () => right(paper, count(hosts), { ...box, y }, TYPE.small));
    row.end();
    const wide = (box.width - 140) * (hosts / most);
    paper.artifact(() => {
      if (hosts > 0) paper.pdf.rect(box.x + 92, y + 2, Math.max(1.5, wide), 6).fill(index < 4 ? INK.line2 : INK.staleMark);
    });
    y += 13;
  }
  table.end();
  part.end();
  return y;
};

const CAUSES = 8;
/** What broke, most hosts together first. */
export const boardCauses = (paper: Paper, head: ExportHead, { causes }: Posture, box: Box): void => {
  const part = paper.open(paper.root, 'Sect');
  const more = causes.total > CAUSES ? `the first ${CAUSES} of ${count(causes.total)}` : plural(causes.total, 'cause', 'causes');
  let y = section(paper, part, 'Top causes', box, `${more}${head.query === '' ? '' : ', of all hosts'}`);
  if (causes.total === 0) setText(paper, part, 'P', 'No finding is open that has a cause.', { ...box, y }, TYPE.body);
  const table = paper.open(part, 'Table');
  for (const { title, hosts, findings, firstAtMs } of causes.first.slice(0, CAUSES)) {
    const row = paper.open(table, 'TR');
    paper.tag(row, 'TD', () =>
      right(
        paper,
        hosts > 0 ? plural(hosts, 'host', 'hosts') : plural(findings, 'finding', 'findings'),
        { ...box, y, width: 52 },
        bold(TYPE.quiet),
      ),
    );
    paper.tag(row, 'TD', () => left(paper, title, { x: box.x + 64, y: y - 0.8, width: box.width - 160 }, TYPE.body));
    paper.tag(row, 'TD', () => right(paper, `since ${day(firstAtMs)}`, { ...box, y }, TYPE.quiet));
    row.end();
    y += 15;
    rule(paper, box.x, y - 1.5, box.width);
  }
  table.end();
  part.end();
};
