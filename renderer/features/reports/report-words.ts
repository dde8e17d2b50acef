import type { Report, ReportDefinition, Schedule } from '../../../shared/contract/report-schemas.ts';
import { CONTROL_STANDINGS, stillFails, type FlaggedBefore, type ItemKind } from '../../../shared/contract/assessment-schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { plural, VERDICT_WORD } from '../../ui/words.ts';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const ROWS_WORD = { hosts: 'Hosts', findings: 'Findings', ledger: 'Ledger' } as const;

/** `06:30` */
export const timeOfDay = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The minute of the day that somebody typed, or null where it is none. */
export const readTimeOfDay = (text: string): number | null => {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/u.exec(text.trim()) ?? [];
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes);
};

export const scheduleWords = (schedule: Schedule | null): string => {
  if (schedule === null) return 'When somebody asks for it';
  const at = `at ${timeOfDay(schedule.minute)} UTC`;
  if (schedule.every === 'day') return `Every day ${at}`;
  return schedule.every === 'week' ? `Every ${WEEKDAYS[schedule.weekday - 1] ?? ''} ${at}` : `On day ${schedule.day} of each month ${at}`;
};

const CONTROL_WORD = {
  against: 'Evidence speaks against it',
  'not-evaluated': 'Not all evaluated',
  supported: 'Evidence supports it',
} as const;
/** How an item stood in a run. */
export const standingWord = (kind: ItemKind, standing: string): string => {
  const verdict = VERDICTS.find((one) => one === standing);
  if (kind === 'host') return verdict === undefined ? standing : VERDICT_WORD[verdict];
  const known = CONTROL_STANDINGS.find((one) => one === standing);
  return known === undefined ? standing : CONTROL_WORD[known];
};

type Flagged = FlaggedBefore['first'][number];
const inWords = (kind: ItemKind, standing: string): string => standingWord(kind, standing).toLowerCase();
/** `ber1-web-07 was flagged (failed) and is still failed: Ask the vendor.` */
export const flaggedWords = ({ kind, name, before, after, comment }: Flagged): string => {
  const now =
    after === null
      ? 'is not in this run'
      : after === before
        ? `is ${stillFails(kind, after) ? 'still' : 'as before'} ${inWords(kind, after)}`
        : `is now ${inWords(kind, after)}`;
  return `${name} was flagged (${inWords(kind, before)}) and ${now}${comment === '' ? '' : `: ${comment}`}`;
};

/** What it is of, besides the query. */
export const periodWords = ({ of }: ReportDefinition): string =>
  of.rows === 'hosts'
    ? of.sample === undefined
      ? 'as they are when it is made'
      : `as they are when it is made, a sample of ${of.sample.size} by ${of.sample.seed === undefined ? 'another seed each time' : `the seed ${of.sample.seed}`}`
    : of.lastDays === null
      ? 'of all time'
      : `of the last ${plural(of.lastDays, 'day', 'days')}`;

type Difference = NonNullable<NonNullable<Report['lastRun']>['difference']>;

const SHOWN = 3;
const named = (what: string, count: number, first: readonly string[]): string => {
  const shown = first.slice(0, SHOWN).join(', ');
  return `${plural(count, 'host', 'hosts')} ${what}: ${shown}${count > Math.min(first.length, SHOWN) ? ', …' : ''}`;
};

/** A sentence for each way in which two runs differ; none where they do not. */
export const differenceWords = ({ added, removed, changed }: Difference): readonly string[] => [
  ...(changed.count === 0
    ? []
    : [
        named(
          'with another verdict',
          changed.count,
          changed.first.map(({ name, before, after }) => `${name} (${before} → ${after})`),
        ),
      ]),
  ...(added.count === 0 ? [] : [named('came', added.count, added.first)]),
  ...(removed.count === 0 ? [] : [named('went', removed.count, removed.first)]),
];
