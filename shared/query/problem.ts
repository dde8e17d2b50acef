import type { Problem, Result } from '../model/result.ts';
import { visibleText } from '../model/hostile-text.ts';

export const QUERY_PROBLEM_CODES = [
  'too-long',
  'too-deep',
  'too-many-conditions',
  'list-too-long',
  'pattern-too-long',
  'unexpected-character',
  'invisible-character',
  'unterminated-text',
  'unknown-escape',
  'unknown-field',
  'unknown-value',
  'wrong-operator',
  'wrong-value',
  'condition-expected',
  'field-expected',
  'operator-expected',
  'value-expected',
  'list-expected',
  'comma-expected',
  'parenthesis-expected',
  'and-or-expected',
  'colon-is-no-operator',
  'wildcard-needs-like',
  'nothing-to-search',
  'empty-text',
] as const;
export type QueryProblemCode = (typeof QUERY_PROBLEM_CODES)[number];

/** A place in the text of a query: UTF-16 units, as a text field counts them. */
export type Span = { readonly at: number; readonly length: number };

/** What is wrong with a query, and where. Putting `suggestion` in the place of the span gives what was probably meant. */
export type QueryProblem = Problem & Span & { readonly code: QueryProblemCode; readonly suggestion?: string };

export type Parsed<T> = Result<T, QueryProblem>;

type Rejected = { readonly ok: false; readonly problem: QueryProblem };

export const reject = (code: QueryProblemCode, span: Span, message: string, nextStep: string, suggestion?: string): Rejected => {
  const problem = { code, at: span.at, length: span.length, message, nextStep };
  return { ok: false, problem: suggestion === undefined ? problem : { ...problem, suggestion } };
};

/** A piece of the query inside a sentence: one short, visible line. */
export const shown = (text: string): string => `"${visibleText(text, 60)}"`;

/** Names in a sentence, not more of them than a person reads. */
export const listed = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');

/** From the beginning of one place to the end of another. */
export const spanning = (first: Span, last: Span): Span => ({ at: first.at, length: last.at + last.length - first.at });
