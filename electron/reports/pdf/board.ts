import type { Format } from '../port.ts';
import { createPosture } from '../posture.ts';
import { boardChanges, boardLimits, boardPlaces, boardWaivers } from './board-behind.ts';
import { boardAnswer, boardCauses, boardCoverage, boardTimes } from './board-front.ts';
import { attachProven } from './attach-proven.ts';
import { evidenceLines } from './evidence-lines.ts';
import { createPaper, PAGE, WIDTH } from './paper.ts';
import { demo, foot, identity } from './say.ts';

const HALF = (WIDTH - 28) / 2;
const RIGHT = PAGE.left + HALF + 28;

/**
 * Two pages for whoever answers for a fleet: how it stands, what changed, and what is not covered. What is attached says the same numbers for
 * programs. Its places are fixed, and what does not fit is counted.
 */
export const pdfBoard: Format = {
  id: 'pdf-board',
  write: async (source, sink) => {
    const { head, rows } = source;
    if (rows.of !== 'hosts') throw new Error('a board summary is written of hosts');
    const counting = createPosture(source);
    for (const row of rows.each) counting.add(row);
    const posture = counting.end();
    const title = 'Board summary';
    const subject = 'Trust of hosts, for whoever answers for them';
    const paper = createPaper(
      {
        title,
        subject,
        version: head.version,
        identity: identity('board', head),
        atMs: head.cutOffMs,
        foot: foot(head),
        demo: demo(head),
        organisation: source.organisation,
      },
      sink,
    );
    const numbers = { name: 'evidence.json', bytes: evidenceLines(head, 'board', posture), type: 'application/json' } as const;
    await attachProven(paper, source, 'board', { ...numbers, about: 'The numbers of this report, for programs' });
    paper.page();
    paper.bookmark('Where we stand');
    const y = boardAnswer(paper, head, posture);
    boardCoverage(paper, posture, { x: PAGE.left, y, width: HALF });
    const times = boardTimes(paper, head, posture, { x: RIGHT, y, width: HALF });
    boardCauses(paper, head, posture, { x: PAGE.left, y: Math.max(times, y + 302) + 14, width: WIDTH });
    paper.page();
    paper.bookmark('What changed, and what is not covered');
    const changed = boardChanges(paper, head, posture, { x: PAGE.left, y: PAGE.top, width: WIDTH });
    const placed = boardPlaces(paper, posture, source, { x: PAGE.left, y: changed + 14, width: WIDTH });
    const waived = boardWaivers(paper, posture, { x: PAGE.left, y: placed + 14, width: WIDTH });
    boardLimits(paper, head, posture, { x: PAGE.left, y: waived + 14, width: WIDTH });
    paper.end();
  },
};
