import type { RecheckFound, RecheckReport } from '../../../../shared/contract/job-schemas.ts';
import { visibleText } from '../../../../shared/model/hostile-text.ts';
import type { RecheckCode } from '../../../ledger/recheck/problems.ts';
import type { Examined } from '../../../store/audit/examine.ts';

type Raw = {
  readonly code: string;
  readonly seq?: number;
  readonly range?: { readonly from: number; readonly to: number };
  readonly sentence: string;
  readonly next: string;
};

/** Notices of the re-check that speak of something that was evaluated; every other one says what could not be. */
const EVALUATED: ReadonlySet<string> = new Set<RecheckCode>(['time-backwards']);

const isOpen = ({ code }: Raw): boolean => !EVALUATED.has(code);

/** Places that a damaged ledger names may be none: negative, or beyond what a number can tell apart. */
const place = (seq: number): number | null => (Number.isSafeInteger(seq) && seq >= 0 ? seq : null);

const found = ({ code, seq, range, sentence, next }: Raw): RecheckFound => {
  const [from, to] = range === undefined ? [null, null] : [place(range.from), place(range.to)];
  return {
    code,
    entry: seq === undefined ? null : place(seq),
    entries: from === null || to === null ? null : { from, to },
    sentence: visibleText(sentence, 1_000),
    nextStep: next,
  };
};

/** What the re-check itself does not call a notice, and what is not evaluated all the same. */
const gaps = ({ ledger, records }: Examined, isHeld: boolean): readonly Raw[] => {
  const outside = ledger.anchors.some(({ kind }) => kind !== 'file');
  return [
    ...(ledger.checkpoint === null
      ? [
          {
            code: 'no-checkpoint',
            sentence: 'No signed checkpoint fits, so nothing here is covered by a signature.',
            next: 'Wait for the first checkpoint, and check again.',
          },
        ]
      : []),
    ...(isHeld || outside
      ? []
      : [
          {
            code: 'nothing-outside',
            sentence:
              'Nothing that was kept elsewhere was held against it. An older ledger in its place, or one that was written anew by whoever has the key, looks the same.',
            next: 'Give a checkpoint that was kept elsewhere, or name anchors in the endpoints file.',
          },
        ]),
    ...(records.purged > 0
      ? [
          {
            code: 'confirmations-purged',
            sentence: `${records.purged} batches of confirmations are not kept any more, so they could not be held against their entries.`,
            next: 'Nothing to do: they were older than they are kept for.',
          },
        ]
      : []),
  ];
};

/** The result of a re-check for people. It never holds where something could not be evaluated. */
export const reportOf = (examined: Examined, isHeld: boolean): RecheckReport => {
  const { ledger, records } = examined;
  const wrong = [...ledger.problems, ...records.problems].map(found);
  const notEvaluated = [...ledger.notices.filter(isOpen), ...gaps(examined, isHeld)].map(found);
  return {
    outcome: wrong.length > 0 ? 'broken' : notEvaluated.length > 0 || !ledger.complete ? 'partly' : 'holds',
    entries: ledger.entries,
    checkpoints: ledger.checkpoints,
    signed: ledger.checkpoint?.size ?? 0,
    records: records.spans,
    confirmations: records.confirmations,
    wrong,
    notEvaluated,
    remarks: ledger.notices.filter((notice) => !isOpen(notice)).map(found),
  };
};

const MORE: RecheckCode = 'more-problems';
const things = (list: readonly RecheckFound[]): string => {
  const named = list.filter(({ code }) => code !== MORE).length;
  return `${named < list.length ? 'more than ' : ''}${named === 1 ? '1 thing' : `${named} things`}`;
};

/** How it ended, in a sentence. */
export const sentenceOf = ({ outcome, entries, wrong, notEvaluated }: RecheckReport): string => {
  const read = entries === 1 ? '1 entry' : `${entries.toLocaleString('en-GB')} entries`;
  if (outcome === 'broken') return `The record does not hold: ${things(wrong)} wrong in ${read}.`;
  if (outcome === 'holds') return `Nothing is wrong in ${read}, and everything was evaluated.`;
  return `Nothing wrong was found in ${read}, but ${things(notEvaluated)} could not be evaluated.`;
};

export const nextStepOf = ({ outcome }: RecheckReport): string | null =>
  outcome === 'broken'
    ? 'Change nothing here. Copy the data folder, run plumbline audit verify on the copy elsewhere, and compare with a backup.'
    : outcome === 'partly'
      ? 'Each of them is named with what to do about it.'
      : null;
