import type { Compare, Condition, Known, Search, Value } from './ast.ts';
import { fold } from './fold.ts';
import { containsMatcher, globMatcher, pointsOf } from './glob-match.ts';
import { NO, type Truth, UNKNOWN, YES } from './truth.ts';
import { endOf } from './values.ts';

/** A value that is there: text and lists of text both as a list. */
export type KnownValue = readonly string[] | number | boolean;
export type Test = (value: KnownValue, nowMs: number) => Truth;

const truthOf = (is: boolean): Truth => (is ? YES : NO);

/** Of a list, one element is enough: `tag = gpu` means that gpu is among the tags. */
const someText =
  (test: (folded: string) => boolean): Test =>
  (value) =>
    Array.isArray(value) ? truthOf(value.some((text) => test(fold(text)))) : UNKNOWN;

const someNumber =
  (test: (value: number, nowMs: number) => boolean): Test =>
  (value, nowMs) =>
    typeof value === 'number' ? truthOf(test(value, nowMs)) : UNKNOWN;

/**
 * Orders a number against everything from `from` up to, but not including, `to`: `> 2026-01-05` begins when that day has ended, and
 * `<= 2026-01-05` holds to its last millisecond. For a number that is no range, `to` is null.
 */
const inOrder = (operator: Compare['operator'], from: number, to: number | null): ((value: number) => boolean) => {
  if (operator === '<') return (value) => value < from;
  if (operator === '>=') return (value) => value >= from;
  if (to === null) {
    if (operator === '=') return (value) => value === from;
    return operator === '>' ? (value) => value > from : (value) => value <= from;
  }
  if (operator === '=') return (value) => value >= from && value < to;
  return operator === '>' ? (value) => value >= to : (value) => value < to;
};

/** How long ago a time was. A time that is still to come has a negative age: it is younger than everything. */
const ageTest = (operator: Compare['operator'], ms: number): Test => {
  const ordered = inOrder(operator, ms, null);
  return (value, nowMs) => (typeof value === 'number' && Number.isFinite(nowMs) ? truthOf(ordered(nowMs - value)) : UNKNOWN);
};

const compareTest = ({ field, operator, value }: Compare): Test => {
  if (value.kind === 'text') {
    const folded = fold(value.text);
    return someText((text) => text === folded);
  }
  if (value.kind === 'boolean') return (known) => (typeof known === 'boolean' ? truthOf(known === value.boolean) : UNKNOWN);
  if (value.kind === 'number') return someNumber(inOrder(operator, value.number, null));
  if (value.kind === 'time') return someNumber(inOrder(operator, value.atMs, endOf(value.atMs, value.precision)));
  return field.type === 'time' ? ageTest(operator, value.ms) : someNumber(inOrder(operator, value.ms, null));
};

/** One of the values: texts and numbers are looked up, times are ranges and are gone through (there are at most MAX_LIST). */
const amongTest = (values: readonly Value[]): Test => {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const times: Value[] = [];
  for (const value of values) {
    if (value.kind === 'text') texts.add(fold(value.text));
    else if (value.kind === 'number') numbers.add(value.number);
    else if (value.kind === 'duration') numbers.add(value.ms);
    else times.push(value);
  }
  const inTime = times.flatMap((time) => (time.kind === 'time' ? [inOrder('=', time.atMs, endOf(time.atMs, time.precision))] : []));
  return (value) => {
    if (typeof value === 'boolean') return UNKNOWN;
    if (typeof value === 'number') return truthOf(numbers.has(value) || inTime.some((test) => test(value)));
    return truthOf(value.some((text) => texts.has(fold(text))));
  };
};

/** What a condition asks of a value that is known. */
export const testOf = (condition: Exclude<Condition, Search | Known>): Test => {
  if (condition.kind === 'compare') return compareTest(condition);
  if (condition.kind === 'among') return amongTest(condition.values);
  const fits = condition.kind === 'like' ? globMatcher(condition.glob) : containsMatcher(condition.text);
  return someText((text) => fits(pointsOf(text)));
};
