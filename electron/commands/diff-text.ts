import type { Cause, Change, EvidenceDifference, ImaDifference, LogDifference } from '../evidence/difference/index.ts';

const MARKS = { changed: '~', added: '+', removed: '-', moved: '>' } as const;
const JUDGEMENTS = { 'not-benign': 'NOT BENIGN', look: 'look', 'likely-benign': 'likely benign' } as const;
const MAX_LINES = 400;

const indexText = (value: number | null): string => (value === null ? '–' : String(value)).padStart(4);

const indexes = (change: Change): string => {
  if (change.what === 'pcr') return '';
  return `A ${indexText(change.indexA)}  B ${indexText(change.indexB)}  `;
};

const changeLines = (change: Change): readonly string[] => {
  const line = `  ${MARKS[change.change]} ${indexes(change)}${change.reason}`;
  const details = change.what === 'event' ? change.details.map((detail) => `        ${detail}`) : [];
  return [line, ...details];
};

const logLines = (log: LogDifference): readonly string[] => {
  const lines: string[] = [];
  for (const pcr of log.pcrs) {
    const name = pcr.pcr > 23 ? 'Not in a PCR' : `PCR ${pcr.pcr}`;
    const own = log.changes.filter((change) => change.pcr === pcr.pcr);
    if (own.length === 0) {
      lines.push(`${name}: ${pcr.same} equal events`);
      continue;
    }
    const counts = [`${pcr.changed} changed`, `${pcr.added} added`, `${pcr.removed} removed`, `${pcr.moved} moved`].filter(
      (text) => !text.startsWith('0 '),
    );
    lines.push(
      `${name}: ${counts.join(', ')}; ${pcr.same} equal events${pcr.valueDiffers === true ? '; the register ends in another value' : ''}`,
    );
    lines.push(...own.flatMap(changeLines));
  }
  return lines;
};

const imaLines = (ima: ImaDifference): readonly string[] => {
  const { counts } = ima;
  return [
    `Measured files: ${counts.changed} changed, ${counts.added} added, ${counts.removed} removed; ${counts.same} equal`,
    ...ima.changes.flatMap(changeLines),
  ];
};

const causeLines = (causes: readonly Cause[]): readonly string[] =>
  causes.length === 0
    ? []
    : [
        '',
        'What it looks like (a likelihood; an attacker can make it look like this):',
        ...causes.flatMap(({ cause, judgement, reasons }) => [
          `  ${JUDGEMENTS[judgement]}: ${cause}`,
          ...reasons.map((reason) => `      ${reason}`),
        ]),
      ];

export type Shown = {
  readonly identical: boolean;
  readonly firstDivergence: Change | null;
  readonly changes: readonly Change[];
  readonly causes: readonly Cause[];
  readonly notCompared: readonly string[];
  readonly log: LogDifference | null;
  readonly ima: ImaDifference | null;
};

export const shownOf = (difference: LogDifference | ImaDifference | EvidenceDifference): Shown => {
  const { identical, firstDivergence, changes, causes, notCompared } = difference;
  const log = 'aligned' in difference ? difference : 'log' in difference ? difference.log : null;
  const ima = 'counts' in difference ? difference : 'log' in difference ? difference.ima : null;
  return { identical, firstDivergence, changes, causes, notCompared, log, ima };
};

const IDENTICAL = 'Identical: everything that was measured is the same in both.';

export const readable = (shown: Shown): string => {
  const lines: string[] = [];
  if (shown.identical) lines.push(IDENTICAL);
  else if (shown.firstDivergence === null) lines.push('No difference was found, but not everything could be compared.');
  else lines.push(`First divergence: ${shown.firstDivergence.reason}`);
  lines.push('');
  if (shown.log !== null) lines.push(...logLines(shown.log));
  if (shown.ima !== null) lines.push(...imaLines(shown.ima));
  lines.push(...shown.changes.filter((change) => change.what === 'pcr').flatMap(changeLines));
  const cut =
    lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `  … ${lines.length - MAX_LINES} more lines; --json has them`] : lines;
  cut.push(...causeLines(shown.causes));
  if (shown.notCompared.length > 0) cut.push('', 'Not compared:', ...shown.notCompared.map((note) => `  ${note}`));
  return `${cut.join('\n')}\n`;
};
