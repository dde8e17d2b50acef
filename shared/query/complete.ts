import { visibleText } from '../model/hostile-text.ts';
import { isBare, isKeyword, quote } from './characters.ts';
import { type Expected, placeAfter } from './complete-state.ts';
import type { FieldTable, FieldType, Found } from './fields.ts';
import { type Operator, OPERATORS_OF } from './operators.ts';
import { printField } from './print.ts';
import type { Span } from './problem.ts';
import { type Token, tokenise } from './tokens.ts';

/** One thing that can stand at the cursor. `insert` takes the place of the span. */
export type Suggestion = {
  readonly kind: 'field' | 'operator' | 'value' | 'keyword';
  readonly text: string;
  readonly insert: string;
  /** A few words that explain it. */
  readonly doc: string;
};

/** Values that only the data knows: those of a field, or the names of a family's members. */
export type Ask = { readonly kind: 'values' | 'members'; readonly field: string; readonly typed: string };

export type Completion = {
  /** What a suggestion replaces. */
  readonly span: Span;
  readonly suggestions: readonly Suggestion[];
  /** What else to ask for; `withValues` puts the answer in its place. */
  readonly ask: Ask | null;
};

const OPERATOR_DOC: Readonly<Record<Operator, string>> = {
  '=': 'is',
  '!=': 'is known and another',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  '~': 'contains',
  in: 'is one of',
  like: 'fits a pattern with * and ?',
  is: 'is known, or is not',
};
const TIME_DOC: Partial<Readonly<Record<Operator, string>>> = {
  '<': 'before a date, or younger than an age',
  '<=': 'until a date, or not older than an age',
  '>': 'after a date, or longer ago than an age',
  '>=': 'since a date, or at least so long ago',
};
const JOIN_DOC = { and: 'both must hold', or: 'one is enough' } as const;

const EXAMPLES: Partial<Readonly<Record<FieldType, readonly (readonly [text: string, doc: string])[]>>> = {
  time: [
    ['1h', 'an hour ago'],
    ['1d', 'a day ago'],
    ['7d', 'seven days ago'],
    ['30d', 'thirty days ago'],
  ],
  duration: [
    ['15m', 'fifteen minutes'],
    ['1h', 'an hour'],
    ['1d', 'a day'],
  ],
  boolean: [
    ['true', 'it is so'],
    ['false', 'it is not so'],
  ],
};

const literal = (text: string): string => (isBare(text) && !/[*?]/u.test(text) ? text : quote(text));
const suggest = (kind: Suggestion['kind'], text: string, doc: string, after = ' '): Suggestion => ({
  kind,
  text,
  insert: text + after,
  doc,
});

const fieldsOf = (fields: FieldTable): Suggestion[] => [
  ...fields.fields.map(({ name, doc }) => suggest('field', name, doc)),
  ...fields.families.map(({ name, doc }) => suggest('field', `${name}.`, doc, '')),
];
const operatorsOf = ({ ref }: Found, negated: boolean): Suggestion[] => {
  const allowed = OPERATORS_OF[ref.type].filter((operator) => !negated || operator === 'in' || operator === 'like' || operator === '~');
  const docs = ref.type === 'time' ? { ...OPERATOR_DOC, ...TIME_DOC } : OPERATOR_DOC;
  const operators = allowed.flatMap((operator): Suggestion[] => {
    if (operator === 'in') return [{ ...suggest('operator', 'in', docs.in), insert: 'in (' }];
    if (operator !== 'is') return [suggest('operator', operator, docs[operator])];
    return [suggest('operator', 'is known', 'something is known of it'), suggest('operator', 'is unknown', 'nothing is known of it')];
  });
  const not = allowed.includes('in') && !negated ? [{ ...suggest('operator', 'not in', 'is known and none of'), insert: 'not in (' }] : [];
  return [...operators, ...not];
};
const valuesOf = ({ ref, values }: Found, operator: Operator, after: string): Suggestion[] => {
  const name = printField(ref);
  const fixed = values.map((value) => ({ ...suggest('value', value, `${name} is ${value}`), insert: literal(value) + after }));
  // No time is exactly so long ago.
  const noAges = ref.type === 'time' && (operator === '=' || operator === '!=' || operator === 'in');
  const examples = noAges ? [] : (EXAMPLES[ref.type] ?? []);
  return [...fixed, ...examples.map(([text, doc]) => suggest('value', text, doc, after))];
};

const suggestionsFor = (expected: Expected, open: number, fields: FieldTable): readonly Suggestion[] => {
  if (expected.kind === 'condition') return [...fieldsOf(fields), suggest('keyword', 'not', 'the opposite; what is unknown stays so')];
  if (expected.kind === 'operator') return operatorsOf(expected.found, expected.negated);
  if (expected.kind === 'value') return valuesOf(expected.found, expected.operator, ' ');
  if (expected.kind === 'list') return [suggest('keyword', '(', 'begins the list', '')];
  if (expected.kind === 'list-value') return valuesOf(expected.found, 'in', '');
  if (expected.kind === 'list-next') return [suggest('keyword', ',', 'another value'), suggest('keyword', ')', 'ends the list')];
  if (expected.kind === 'known')
    return [suggest('keyword', 'known', 'something is known of it'), suggest('keyword', 'unknown', 'nothing is known of it')];
  if (expected.kind !== 'join') return [];
  const close = open > 0 ? [suggest('keyword', ')', 'ends the parenthesis')] : [];
  return [suggest('keyword', 'and', JOIN_DOC.and), suggest('keyword', 'or', JOIN_DOC.or), ...close];
};

const isText = (type: FieldType): boolean => type === 'text' || type === 'list of text';
const askFor = (expected: Expected, fields: FieldTable, typed: string): Ask | null => {
  if (expected.kind === 'condition') {
    const dot = typed.indexOf('.');
    const family = dot < 1 ? null : fields.family(typed.slice(0, dot));
    return family === null ? null : { kind: 'members', field: family, typed: typed.slice(dot + 1) };
  }
  const found = expected.kind === 'value' || expected.kind === 'list-value' ? expected.found : null;
  return found === null || !isText(found.ref.type) ? null : { kind: 'values', field: printField(found.ref), typed };
};

/** What begins with what was typed first, then what contains it. */
const fitting = (suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] => {
  const wanted = typed.toLowerCase();
  const begins = suggestions.filter(({ text }) => text.toLowerCase().startsWith(wanted));
  return [...begins, ...suggestions.filter(({ text }) => !text.toLowerCase().startsWith(wanted) && text.toLowerCase().includes(wanted))];
};

type Around = { readonly before: readonly Token[]; readonly span: Span; readonly typed: string };

/** The word in which the cursor stands, and what is before it. Text whose quotes are not closed yet is a word to its end. */
const around = (text: string, cursor: number): Around | null => {
  const all = tokenise(text);
  if (!all.ok) {
    const { code, at } = all.problem;
    const before = tokenise(text.slice(0, at));
    if (code !== 'unterminated-text' || at >= cursor || !before.ok) {
      const until = tokenise(text.slice(0, cursor));
      return until.ok && at >= cursor ? around(text.slice(0, cursor), cursor) : null;
    }
    return { before: before.value, span: { at, length: text.length - at }, typed: text.slice(at + 1, cursor) };
  }
  const inside = all.value.find((token) => token.kind !== 'mark' && token.at < cursor && token.at + token.length >= cursor);
  const before = all.value.filter((token) => token.at + token.length <= cursor && token !== inside);
  if (inside === undefined || inside.kind === 'end') return { before, span: { at: cursor, length: 0 }, typed: '' };
  const typed = text.slice(inside.at, cursor);
  const closed = inside.kind === 'text';
  // Behind closed quotes a value is complete.
  if (closed && inside.at + inside.length === cursor) return { before: [...before, inside], span: { at: cursor, length: 0 }, typed: '' };
  return { before, span: inside, typed: closed ? typed.slice(1) : typed };
};

/** What can stand where the cursor is. Nothing that is typed throws. */
export const complete = (text: string, cursor: number, fields: FieldTable): Completion => {
  const here = around(text, Math.max(0, Math.min(cursor, text.length)));
  if (here === null) return { span: { at: cursor, length: 0 }, suggestions: [], ask: null };
  const { before, span, typed } = here;
  const { expected, open } = placeAfter(before, fields);
  // An apostrophe or a star in a word is no beginning of a keyword.
  const found = fitting(suggestionsFor(expected, open, fields), typed);
  const blank = text.charAt(span.at + span.length) === ' ';
  const suggestions = found
    .filter((one) => one.kind === 'field' || one.text.toLowerCase() !== typed.toLowerCase())
    .map((one) => (blank ? { ...one, insert: one.insert.trimEnd() } : one));
  return { span: { at: span.at, length: span.length }, suggestions, ask: askFor(expected, fields, typed) };
};

/** Puts what the data knows before what the grammar knows. */
export const withValues = (completion: Completion, values: readonly { readonly value: string; readonly doc: string }[]): Completion => {
  const { ask } = completion;
  if (ask === null) return completion;
  const known = values
    .filter(({ value }) => value.toLowerCase() !== ask.typed.toLowerCase() || literal(value) !== value)
    .map(({ value, doc }): Suggestion => {
      if (ask.kind === 'values') return { kind: 'value', text: visibleText(value), insert: literal(value), doc };
      const member = isBare(value) || isKeyword(value) ? value : quote(value);
      return { kind: 'field', text: `${ask.field}.${visibleText(value)}`, insert: `${ask.field}.${member} `, doc };
    });
  return { ...completion, suggestions: [...known, ...completion.suggestions] };
};

/** The text after a suggestion was taken, and where the cursor stands then. */
export const accept = (text: string, { span }: Completion, { insert }: Suggestion): { readonly text: string; readonly cursor: number } => {
  const head = text.slice(0, span.at) + insert;
  const rest = text.slice(span.at + span.length);
  return { text: head + rest, cursor: head.length };
};
