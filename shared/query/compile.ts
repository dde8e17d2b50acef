import type { Condition, Query, Search, Term } from './ast.ts';
import type { FieldRef } from './fields.ts';
import { fold } from './fold.ts';
import { containsMatcher, pointsOf } from './glob-match.ts';
import { type KnownValue, type Test, testOf } from './test-value.ts';
import { ANSWERS, type Answer, NO, opposite, type Truth, UNKNOWN, YES } from './truth.ts';

/** What a row says of a field. Null, undefined and whatever does not fit the field's type are one thing: not known. */
export type FieldValue = string | number | boolean | readonly string[] | null | undefined;

/** Gives, once per field of a query, how that field is read from a row. */
export type Reader<Row> = (field: FieldRef) => (row: Row) => FieldValue;

type Decide<Row> = (row: Row, nowMs: number) => Truth;

/** The value in the shape of its field's type, or null. An empty list is known: it is known to be empty. */
const knownAs = (type: FieldRef['type'], value: FieldValue): KnownValue | null => {
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (type === 'number' || type === 'duration' || type === 'time')
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  if (type === 'text' || type === 'enum') return typeof value === 'string' ? [value] : null;
  return Array.isArray(value) ? value : null;
};

const compileSearch = <Row>(search: Search, reader: Reader<Row>): Decide<Row> => {
  const contains = containsMatcher(search.text);
  const reads = search.fields.map((field) => ({ type: field.type, read: reader(field) }));
  return (row) => {
    for (const { type, read } of reads) {
      const value = knownAs(type, read(row));
      if (Array.isArray(value) && value.some((text) => contains(pointsOf(fold(text))))) return YES;
    }
    return NO;
  };
};

const compileCondition = <Row>(condition: Condition, reader: Reader<Row>): Decide<Row> => {
  if (condition.kind === 'search') return compileSearch(condition, reader);
  const { type } = condition.field;
  const read = reader(condition.field);
  if (condition.kind === 'known') return (row) => (knownAs(type, read(row)) === null ? NO : YES);
  const test: Test = testOf(condition);
  return (row, nowMs) => {
    const value = knownAs(type, read(row));
    return value === null ? UNKNOWN : test(value, nowMs);
  };
};

const compileTerm = <Row>(term: Term, reader: Reader<Row>): Decide<Row> => {
  if (term.kind === 'not') {
    const inner = compileTerm(term.term, reader);
    return (row, nowMs) => opposite(inner(row, nowMs));
  }
  if (term.kind !== 'and' && term.kind !== 'or') return compileCondition(term, reader);
  const terms = term.terms.map((one) => compileTerm(one, reader));
  // Whatever decides ends the search for an answer; a row cannot tell the difference.
  const decisive = term.kind === 'and' ? NO : YES;
  return (row, nowMs) => {
    let truth = opposite(decisive);
    for (const decide of terms) {
      const one = decide(row, nowMs);
      if (one === decisive) return decisive;
      if (one === UNKNOWN) truth = UNKNOWN;
    }
    return truth;
  };
};

/**
 * A query as a function of a row and the time. It asks the row at most once per condition (once per searched field for a search).
 * `unknown` says that the row lacks what it would take to decide. Who selects, shows or counts takes `yes` alone; who rests a decision
 * on the query must not take `unknown` for `no`.
 */
export const compileQuery = <Row>(query: Query, reader: Reader<Row>): ((row: Row, nowMs: number) => Answer) => {
  if (query.kind === 'all') return () => 'yes';
  const decide = compileTerm(query, reader);
  return (row, nowMs) => ANSWERS[decide(row, nowMs)];
};

/** For one row. Who has many compiles once. */
export const matches = (query: Query, row: (field: FieldRef) => FieldValue, nowMs: number): boolean =>
  compileQuery<null>(query, (field) => () => row(field))(null, nowMs) === 'yes';
