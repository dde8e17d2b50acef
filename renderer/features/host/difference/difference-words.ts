import type {
  Difference,
  DifferenceCell,
  DifferenceLog,
  DifferencePair,
  DifferenceSide,
  DifferenceState,
  DifferenceWith,
} from '../../../../shared/contract/difference-schemas.ts';
import { formatIso } from '../../../ui/format-time.ts';
import type { MarkKind } from '../../../ui/verdict-mark.tsx';
import { count, VERDICT_WORD } from '../../../ui/words.ts';

export const WITH_WORD: Readonly<Record<DifferenceWith, string>> = {
  reference: 'Reference',
  'previous-boot': 'Previous boot',
  'last-trusted': 'Last trusted',
  peer: 'Peer',
};
export const LOG_WORD: Readonly<Record<DifferenceLog, string>> = { 'boot-events': 'Boot events', programs: 'Measured programs' };
export const STATE_WORD: Readonly<Record<DifferenceState, string>> = {
  same: 'equal',
  changed: 'changed',
  added: 'added',
  removed: 'removed',
  moved: 'moved',
  'not-judged': 'not judged',
};
/** Shapes and words as everywhere; a change is worth a look, and only against a reference it is a failure. */
export const stateMark = (state: DifferenceState, held: DifferenceWith): MarkKind => {
  if (state === 'same') return 'trusted';
  if (state === 'not-judged') return 'not-required';
  return held === 'reference' ? 'failed' : 'inconclusive';
};

export const tallyWords = ({ tally }: Pick<Difference, 'tally'>): string =>
  [
    [tally.changed, STATE_WORD.changed] as const,
    [tally.added, STATE_WORD.added] as const,
    [tally.removed, STATE_WORD.removed] as const,
    [tally.moved, STATE_WORD.moved] as const,
    [tally.same, STATE_WORD.same] as const,
    [tally.notJudged, STATE_WORD['not-judged']] as const,
  ]
    .flatMap(([number, word]) => (number > 0 || word === STATE_WORD.changed ? [`${count(number)} ${word}`] : []))
    .join(', ');

/** How the digest of a cell is known, which is apart from what the log claims of it. */
export const provenWords = ({ proven, index }: DifferenceCell): string => {
  if (index === null) return 'reference value';
  if (proven === null) return 'no quoted value covers it, or none is kept';
  return proven
    ? 'proven: the log replays to the value that the TPM signed'
    : 'not proven: the log does not replay to the value that the TPM signed';
};
export const dataWords = ({ data }: DifferenceCell): string => {
  if (data === 'verified') return 'the digest covers it';
  if (data === 'mismatch') return 'the digest should cover it and does not';
  return data === null ? '' : 'claimed: the digest does not cover it';
};

const sideLine = (side: DifferenceSide): string =>
  [
    side.provenance === null ? side.words : `${side.words} (${side.provenance})`,
    side.verdict === null ? null : VERDICT_WORD[side.verdict].toLowerCase(),
    side.atMs === null ? null : formatIso(side.atMs),
    side.sha256 === null ? null : `SHA-256 ${side.sha256}`,
  ]
    .filter((part) => part !== null)
    .join(', ');

const cellLines = (name: string, cell: DifferenceCell | null): readonly string[] =>
  cell === null
    ? [`${name}: nothing`]
    : [
        `${name}: ${cell.digest}${cell.bank === null ? '' : ` (${cell.bank})`}${cell.alternatives > 0 ? ` or ${count(cell.alternatives)} others` : ''}; ${provenWords(cell)}`,
        `  claimed: ${cell.claimed}${cell.claimedType === null ? '' : ` [${cell.claimedType}]`}${dataWords(cell) === '' ? '' : ` (${dataWords(cell)})`}`,
      ];

/** A change as text that can be handed on: who, when, by which digests, and where to look. Of what is not compared it says so. */
export const evidenceText = (difference: Difference, pair: DifferencePair | null, link: string): string => {
  const { a, b } = difference;
  return [
    `Difference of ${b.hostName ?? b.hostId ?? 'a host'}: ${tallyWords(difference)}.`,
    `Host: ${sideLine(b)}`,
    ...(a === null ? [] : [`Held against: ${sideLine(a)}`]),
    ...(difference.first === null ? [] : [`First divergence: ${difference.first.reason}`]),
    ...(pair === null
      ? []
      : [
          '',
          `${STATE_WORD[pair.state]}, PCR ${pair.pcr}: ${pair.reason ?? 'no change'}`,
          ...cellLines('Held against', pair.a),
          ...cellLines('This host', pair.b),
          ...pair.details.map((detail) => `  ${detail}`),
        ]),
    ...(difference.notes.length === 0 ? [] : ['', ...difference.notes.map((note) => `Note: ${note}`)]),
    '',
    link,
  ].join('\n');
};
