import type { Precision, Value } from './ast.ts';
import { MAX_DURATION_MS } from './limits.ts';

/** At most 15 digits before the point and 6 behind: what a number keeps without an exponent. */
const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/u;
const DURATION = /^(\d{1,15})(ms|s|m|h|d|w)$/iu;
const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:t(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{3}))?)?z)?$/iu;

/** Largest first. Weeks are read and never written: seven days are said in days. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;
const UNIT_MS: ReadonlyMap<string, number> = new Map([['w', 7 * 86_400_000], ...UNITS]);

export const numberOf = (word: string): Value | null => {
  // Minus zero is zero: there is no second way to say it.
  return NUMBER.test(word) ? { kind: 'number', number: Number(word) + 0 } : null;
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

export const booleanOf = (word: string): Value | null => {
  const boolean = BOOLEANS.get(word.toLowerCase());
  return boolean === undefined ? null : { kind: 'boolean', boolean };
};

export const durationOf = (word: string): Value | null => {
  const [, count, unit] = DURATION.exec(word) ?? [];
  const unitMs = UNIT_MS.get(unit?.toLowerCase() ?? '');
  if (unitMs === undefined) return null;
  const ms = Number(count) * unitMs;
  return ms <= MAX_DURATION_MS ? { kind: 'duration', ms } : null;
};

/** In the largest unit that says it in a whole number. */
export const printDuration = (ms: number): string => {
  const [unit, unitMs] = UNITS.find(([, size]) => ms !== 0 && ms % size === 0) ?? ['s', 1000];
  return `${ms / unitMs}${unit}`;
};

const PRECISION_MS: Readonly<Record<Precision, number>> = { day: 86_400_000, minute: 60_000, second: 1000, millisecond: 1 };
/** Where the ISO form of a time is cut. */
const PRINTED: Readonly<Record<Precision, number>> = { day: 10, minute: 16, second: 19, millisecond: 23 };

export const printTime = (atMs: number, precision: Precision): string =>
  new Date(atMs).toISOString().slice(0, PRINTED[precision]) + (precision === 'day' ? '' : 'Z');

/** The first millisecond after what was meant: the end of the day for a day. */
export const endOf = (atMs: number, precision: Precision): number => atMs + PRECISION_MS[precision];

/** A date or a time in UTC, and nothing that the calendar does not have. */
export const timeOf = (word: string): Value | null => {
  const match = TIME.exec(word);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, milli] = match;
  const precision: Precision =
    hour === undefined ? 'day' : second === undefined ? 'minute' : milli === undefined ? 'second' : 'millisecond';
  const atMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number(milli ?? 0),
  );
  // Date.UTC counts on: the 30th of February is in March, and the year 70 is 1970. Written again it is another text.
  return printTime(atMs, precision) === word.toUpperCase() ? { kind: 'time', atMs, precision } : null;
};
