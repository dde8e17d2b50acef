import { join, negate, type Query, type Term } from './ast.ts';
import { isComparison, readCondition } from './condition.ts';
import { countCondition, type Cursor, isMark, isReserved, isWord, peek, take, typedAt } from './cursor.ts';
import { characterAt, isWordCharacter, quote } from './characters.ts';
import { findField, quotedMember } from './field-name.ts';
import type { FieldTable } from './fields.ts';
import { MAX_DEPTH, MAX_PATTERN, MAX_QUERY_LENGTH } from './limits.ts';
import { printField, printQuery } from './print.ts';
import { type Parsed, type QueryProblem, reject, shown, type Span } from './problem.ts';
import { type Token, tokenise } from './tokens.ts';

/*
 * The grammar. Keywords and field names are read in any case.
 *
 * query     = [ or ]
 * or        = and { "or" and }
 * and       = unary { "and" unary }
 * unary     = "not" unary | "(" or ")" | condition | search
 * condition = field ( sign value | "is" ["not"] ("known" | "unknown") | ["not"] ("~" value | "like" pattern) | ["not"] "in" "(" value { "," value } ")" )
 * search    = word | quoted text
 */

/** `verdict:failed`, as other search boxes have it, would be searched for as text and quietly find nothing. */
const colonField = (cursor: Cursor, token: Token): Parsed<never> | null => {
  const colon = token.kind === 'word' ? token.text.indexOf(':') : -1;
  const found = colon < 1 ? null : findField(cursor.fields, token.text.slice(0, colon));
  if (!found) return null;
  const value = token.text.slice(colon + 1);
  const meant = value === '' ? `${printField(found.ref)} =` : `${printField(found.ref)} = ${value}`;
  const next = 'Use = to compare a field; put the text in quotes to search for it.';
  return reject('colon-is-no-operator', token, 'A colon does not compare.', next, meant);
};

const readSearch = (cursor: Cursor): Parsed<Term> => {
  const token = take(cursor);
  const colon = colonField(cursor, token);
  if (colon) return colon;
  if (cursor.fields.searched.length === 0) {
    const next = 'Compare a field with it, such as: field = value.';
    return reject('nothing-to-search', token, `${shown(token.text)} stands alone, and there is no text to search here.`, next);
  }
  if (token.text === '')
    return reject('empty-text', token, 'There is nothing between the quotes to search for.', 'Write what to look for.');
  if (token.kind === 'word' && token.wild.length > 0) {
    const plain = token.text.replaceAll(/[*?]/gu, '');
    const next = 'A search finds parts of words by itself. Put a star or question mark in quotes to look for it.';
    return reject('wildcard-needs-like', token, '* and ? stand for other characters only after like.', next, plain || quote(token.text));
  }
  if (token.text.length > MAX_PATTERN) {
    return reject('pattern-too-long', token, `A text to look for has at most ${MAX_PATTERN} characters.`, 'Shorten it.');
  }
  return { ok: true, value: { kind: 'search', text: token.text, fields: cursor.fields.searched } };
};

const noCondition = (cursor: Cursor): Parsed<never> => {
  const token = peek(cursor);
  const before = token.kind === 'end' ? 'the end' : shown(typedAt(cursor, token));
  return reject('condition-expected', token, `A condition is missing before ${before}.`, 'Write one such as: field = value.');
};

const readPrimary = (cursor: Cursor): Parsed<Term> => {
  const token = peek(cursor);
  if (token.kind === 'mark' || token.kind === 'end' || isReserved(token)) return noCondition(cursor);
  const counted = countCondition(cursor, token);
  if (!counted.ok) return counted;
  if (quotedMember(cursor)) return readCondition(cursor);
  if (!isComparison(cursor, 1)) return readSearch(cursor);
  if (token.kind === 'word') return readCondition(cursor);
  const found = findField(cursor.fields, token.text);
  const next = 'Write the name of the field without quotes.';
  return reject('field-expected', token, 'A text in quotes is no field.', next, found ? printField(found.ref) : undefined);
};

const readParentheses = (cursor: Cursor, depth: number): Parsed<Term> => {
  const open = take(cursor);
  const inside = readJoined(cursor, depth + 1, 'or');
  if (!inside.ok) return inside;
  if (isMark(peek(cursor), ')')) {
    take(cursor);
    return inside;
  }
  if (peek(cursor).kind !== 'end') return noJoin(cursor);
  return reject('parenthesis-expected', open, 'This parenthesis is never closed.', 'Write ) where it ends.');
};

const readUnary = (cursor: Cursor, depth: number): Parsed<Term> => {
  const token = peek(cursor);
  const isNot = isWord(token, 'not');
  if (!isNot && !isMark(token, '(')) return readPrimary(cursor);
  if (depth >= MAX_DEPTH) {
    const next = 'Write it with fewer parentheses.';
    return reject('too-deep', token, `Parentheses and not go at most ${MAX_DEPTH} deep.`, next);
  }
  if (!isNot) return readParentheses(cursor, depth);
  take(cursor);
  const inner = readUnary(cursor, depth + 1);
  return inner.ok ? { ok: true, value: negate(inner.value) } : inner;
};

const readJoined = (cursor: Cursor, depth: number, word: 'and' | 'or'): Parsed<Term> => {
  const readTerm = (): Parsed<Term> => (word === 'or' ? readJoined(cursor, depth, 'and') : readUnary(cursor, depth));
  const first = readTerm();
  if (!first.ok) return first;
  const rest: Term[] = [];
  while (isWord(peek(cursor), word)) {
    take(cursor);
    const term = readTerm();
    if (!term.ok) return term;
    rest.push(term.value);
  }
  return { ok: true, value: join(word, first.value, rest) };
};

/** Two conditions with nothing between them. Guessing `and` would turn a slip in a policy into another policy. */
const noJoin = (cursor: Cursor): Parsed<never> => {
  const token = peek(cursor);
  const typed = typedAt(cursor, token);
  if (isMark(token, ')')) {
    return reject('parenthesis-expected', token, 'This parenthesis closes nothing.', 'Delete it, or open one before it.', '');
  }
  if (token.kind === 'mark' && typed !== '(') {
    return reject('and-or-expected', token, `${shown(typed)} is one too many.`, 'A condition is a field, one operator and a value.');
  }
  const next = 'Write "and" or "or"; put quotes around words that belong together.';
  return reject('and-or-expected', token, `Before ${shown(typed)} it is not said how it joins what is before it.`, next, `and ${typed}`);
};

const tooLong = (span: Span, length: number, what: string): Parsed<never> =>
  reject(
    'too-long',
    span,
    `A query has at most ${MAX_QUERY_LENGTH} characters; ${what} ${length}.`,
    'Use "in (…)" for many values of a field, or ask in parts.',
  );

const growTogether = (left: string, right: string): boolean =>
  isWordCharacter(Array.from(left.slice(-2)).at(-1) ?? '') && isWordCharacter(characterAt(right, 0));

/** A word that is put in the place of a sign needs blanks where it would grow together with what is beside it. */
const spaced = (source: string, problem: QueryProblem): QueryProblem => {
  const { at, length, suggestion } = problem;
  if (suggestion === undefined || suggestion === '') return problem;
  const before = growTogether(source.slice(0, at), suggestion) ? ' ' : '';
  const after = growTogether(suggestion, source.slice(at + length)) ? ' ' : '';
  return { ...problem, suggestion: before + suggestion + after };
};

const EMPTY: Query = { kind: 'all' };

/** Reads a whole query from its tokens, and looks at each of them a few times only. */
export const readQuery = (cursor: Cursor): Parsed<Query> => {
  if (peek(cursor).kind === 'end') return { ok: true, value: EMPTY };
  const query = readJoined(cursor, 0, 'or');
  return query.ok && peek(cursor).kind !== 'end' ? noJoin(cursor) : query;
};

const readText = (text: string, fields: FieldTable): Parsed<Query> => {
  const tokens = tokenise(text);
  if (!tokens.ok) return tokens;
  const query = readQuery({ source: text, tokens: tokens.value, fields, next: 0, conditions: 0 });
  // What was read must be readable again when it was stored in its canonical form, which can be longer.
  const length = query.ok ? printQuery(query.value).length : 0;
  return length > MAX_QUERY_LENGTH ? tooLong({ at: 0, length: text.length }, length, 'in its canonical form this one has') : query;
};

/**
 * Reads a query against a table of fields. Never throws; the first problem is told with its place. The cost is linear in the length of the
 * text, but for one search of the names for a suggestion when something is not known.
 */
export const parseQuery = (text: string, fields: FieldTable): Parsed<Query> => {
  if (text.length > MAX_QUERY_LENGTH) {
    return tooLong({ at: MAX_QUERY_LENGTH, length: text.length - MAX_QUERY_LENGTH }, text.length, 'this one has');
  }
  const query = readText(text, fields);
  return query.ok ? query : { ok: false, problem: spaced(text, query.problem) };
};
