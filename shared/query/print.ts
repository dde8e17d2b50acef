import type { Condition, Query, Search, Term, Value } from './ast.ts';
import type { FieldRef } from './fields.ts';
import { hasWildcard, isBare, quote } from './characters.ts';
import { printGlob } from './glob.ts';
import { printDuration, printTime } from './values.ts';

/** A star in a text is a star, and is put in quotes to say so. */
const printText = (text: string): string => (isBare(text) && !hasWildcard(text) ? text : quote(text));

/** A colon is put in quotes: to the parser `verdict:failed` looks like a comparison that was written wrongly. */
const printSearch = (text: string): string => (text.includes(':') ? quote(text) : printText(text));

/** A member may be a keyword: the name of the family before it says what it is. */
const printMember = (member: string): string => (isBare(`.${member}`) ? member : quote(member));

export const printField = (field: FieldRef): string => (field.member === null ? field.name : `${field.name}.${printMember(field.member)}`);

export const printValue = (value: Value): string => {
  if (value.kind === 'text') return printText(value.text);
  if (value.kind === 'number') return String(value.number);
  if (value.kind === 'boolean') return String(value.boolean);
  return value.kind === 'duration' ? printDuration(value.ms) : printTime(value.atMs, value.precision);
};

const printOperand = (condition: Exclude<Condition, Search>, not: string): string => {
  const field = printField(condition.field);
  if (condition.kind === 'among') return `${field} ${not}in (${condition.values.map(printValue).join(', ')})`;
  if (condition.kind === 'like') return `${field} ${not}like ${printGlob(condition.glob)}`;
  if (condition.kind === 'known') return `${field} is ${not ? 'unknown' : 'known'}`;
  if (condition.kind === 'contains') return `${field} ${not}~ ${printText(condition.text)}`;
  if (condition.operator === '=') return `${field} ${not ? '!=' : '='} ${printValue(condition.value)}`;
  return `${not}${field} ${condition.operator} ${printValue(condition.value)}`;
};

/** `not` goes where it reads best: `!=`, `not in`, `not like`, `not ~`, `is unknown`. */
const printCondition = (condition: Condition, not: '' | 'not '): string =>
  condition.kind === 'search' ? not + printSearch(condition.text) : printOperand(condition, not);

/** How tightly what is around a term binds: 0 nothing, 1 `and`, 2 `not`. */
type Around = 0 | 1 | 2;

const printJoined = (terms: readonly Term[], word: 'and' | 'or', inside: Around, parentheses: boolean): string => {
  const text = terms.map((term) => printTerm(term, inside)).join(` ${word} `);
  return parentheses ? `(${text})` : text;
};

const printTerm = (term: Term, around: Around): string => {
  if (term.kind === 'or') return printJoined(term.terms, 'or', 0, around > 0);
  if (term.kind === 'and') return printJoined(term.terms, 'and', 1, around === 2);
  if (term.kind !== 'not') return printCondition(term, '');
  const inner = term.term;
  return inner.kind === 'and' || inner.kind === 'or' || inner.kind === 'not' ? `not ${printTerm(inner, 2)}` : printCondition(inner, 'not ');
};

/**
 * The one way to write a query: no parentheses that change nothing, keywords in lower case, quotes where they are needed. Reading it
 * gives the same query again, and printing that the same text.
 */
export const printQuery = (query: Query): string => (query.kind === 'all' ? '' : printTerm(query, 0));
