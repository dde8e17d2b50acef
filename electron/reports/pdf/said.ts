import { count } from '../../../shared/model/words.ts';
import { type SaidItem, STATE_WORD } from '../../../shared/contract/assessment-schemas.ts';
import type { Flow } from './blocks.ts';
import type { Tag } from './paper.ts';
import { moment } from './say.ts';
import { beginTable, words } from './table.ts';
import { TYPE } from './type.ts';

const MOST = 500;
const ORDER = ['flagged', 'not-applicable', 'approved', 'ready'];

/** Judgements of people about the runs before: what was flagged first. */
export const writeSaid = (flow: Flow, parent: Tag, said: readonly SaidItem[]): void => {
  flow.paragraph(
    parent,
    'Each row is what a person said of an item of an earlier run of this report, and of the file that this run made. It is a judgement and no measurement, and says nothing of this file.',
  );
  const sorted = said.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  if (sorted.length > MOST) flow.paragraph(parent, `The first ${count(MOST)} of ${count(sorted.length)}.`);
  const table = beginTable(flow, parent, [
    { title: 'Item, and how it stood then', width: 150 },
    { title: 'What was said of it', width: 206 },
    { title: 'By, when, of which run', width: 155 },
  ]);
  for (const { kind, id, name, standing, state, comment, who, atMs, run, entry } of sorted.slice(0, MOST))
    table.row([
      words(
        [
          [kind === 'host' ? name : `${id} ${name}`, TYPE.smallBold],
          [`${kind}, ${standing}`, TYPE.smallQuiet],
        ],
        3,
      ),
      words(
        [
          [STATE_WORD[state], TYPE.smallBold],
          [comment, TYPE.small],
        ],
        8,
      ),
      words(
        [
          [who, TYPE.small],
          [`${moment(atMs)}, run of entry ${run}, entered as ${entry}`, TYPE.smallQuiet],
        ],
        4,
      ),
    ]);
  table.end();
};
