import { type Among, type Compare, type Contains, type Like, negate, type Not, ORDERS, type Term, type Value } from './ast.ts';
import { quote } from './characters.ts';
import { type Cursor, isMark, isReserved, isWord, peek, take, typedAt } from './cursor.ts';
import { readField } from './field-name.ts';
import { readValue } from './field-value.ts';
import type { FieldRef, Found } from './fields.ts';
import { globOf } from './glob.ts';
import { MAX_LIST, MAX_PATTERN } from './limits.ts';
import { checkOperator, type Operator, OPERATORS, OPERATORS_OF } from './operators.ts';
import { printField } from './print.ts';
import { type Parsed, reject, shown, type Span, spanning } from './problem.ts';
import type { Token } from './tokens.ts';

const negatedIf = <T extends Term>(negated: boolean, term: T): T | Not => (negated ? negate(term) : term);

const checkPattern = (token: Span, text: string): Parsed<null> => {
  if (text.length <= MAX_PATTERN) return { ok: true, value: null };
  return reject('pattern-too-long', token, `A text to look for has at most ${MAX_PATTERN} characters.`, 'Shorten it.');
};

const readText = (cursor: Cursor, found: Found): Parsed<Token> => {
  const token = peek(cursor);
  // A pattern keeps its wildcards, so the general reader is only asked about what is no text at all.
  if (token.kind === 'mark' || token.kind === 'end' || isReserved(token)) {
    const missing = readValue(cursor, found);
    if (!missing.ok) return missing;
  }
  const checked = checkPattern(token, token.text);
  return checked.ok ? { ok: true, value: take(cursor) } : checked;
};

const readLike = (cursor: Cursor, found: Found): Parsed<Like> => {
  const token = readText(cursor, found);
  return token.ok ? { ok: true, value: { kind: 'like', field: found.ref, glob: globOf(token.value.text, token.value.wild) } } : token;
};

const readContains = (cursor: Cursor, found: Found): Parsed<Contains> => {
  const token = peek(cursor);
  const value = readValue(cursor, found);
  if (!value.ok) return value;
  const checked = checkPattern(token, token.text);
  if (!checked.ok) return checked;
  if (token.text !== '') return { ok: true, value: { kind: 'contains', field: found.ref, text: token.text } };
  return reject('empty-text', token, 'Every text contains the empty text.', 'Write what to look for, or "is known" for any value.');
};

const checkAge = (field: FieldRef, value: Value, span: Span): Parsed<Value> => {
  if (field.type !== 'time' || value.kind !== 'duration') return { ok: true, value };
  const message = `${shown(printField(field))} is a time, and no time is exactly that long ago.`;
  return reject('wrong-value', span, message, 'Use < or > with an age, or write a date such as 2026-01-31.');
};

const readAmong = (cursor: Cursor, found: Found): Parsed<Among> => {
  const open = peek(cursor);
  if (!isMark(open, '(')) {
    const alone = open.kind === 'word' || open.kind === 'text' ? `(${typedAt(cursor, open)})` : undefined;
    return reject('list-expected', open, 'After in comes a list in parentheses.', 'Write the values as (a, b, c).', alone);
  }
  take(cursor);
  const values: Value[] = [];
  for (;;) {
    const token = peek(cursor);
    const value = readValue(cursor, found);
    if (!value.ok) return value;
    const checked = checkAge(found.ref, value.value, token);
    if (!checked.ok) return checked;
    if (values.push(checked.value) > MAX_LIST) {
      return reject('list-too-long', token, `A list holds at most ${MAX_LIST} values.`, 'Ask with a pattern, or with fewer values.');
    }
    const after = take(cursor);
    if (isMark(after, ')')) return { ok: true, value: { kind: 'among', field: found.ref, values } };
    if (isMark(after, ',')) continue;
    if (after.kind === 'end')
      return reject('parenthesis-expected', after, 'The list is never closed.', 'Write ) behind the last value.', ')');
    const comma = after.kind === 'mark' || isReserved(after) ? undefined : `, ${typedAt(cursor, after)}`;
    return reject('comma-expected', after, 'Between two values of a list stands a comma.', 'Write a comma, or ) to close the list.', comma);
  }
};

const readOrdered = (cursor: Cursor, found: Found, operator: '=' | '!=' | Compare['operator'], sign: Token): Parsed<Term> => {
  const token = peek(cursor);
  const like = OPERATORS_OF[found.ref.type].includes('like');
  const value = readValue(cursor, found);
  if (!value.ok) {
    if (value.problem.code !== 'wildcard-needs-like' || !like) return value;
    const span = spanning(sign, token);
    const pattern = `${operator === '!=' ? 'not like' : 'like'} ${typedAt(cursor, token)}`;
    return reject('wildcard-needs-like', span, value.problem.message, value.problem.nextStep, pattern);
  }
  const equality = operator === '=' || operator === '!=';
  const checked = equality ? checkAge(found.ref, value.value, token) : value;
  if (!checked.ok) return checked;
  const compare: Compare = { kind: 'compare', field: found.ref, operator: operator === '!=' ? '=' : operator, value: checked.value };
  return { ok: true, value: negatedIf(operator === '!=', compare) };
};

/** Other words for a missing value. */
const MISSING: ReadonlySet<string> = new Set(['null', 'none', 'missing', 'empty', 'undefined', 'unset']);

const readKnown = (cursor: Cursor, found: Found, sign: Token): Parsed<Term> => {
  const negated = isWord(peek(cursor), 'not');
  if (negated) take(cursor);
  const token = take(cursor);
  const unknown = isWord(token, 'unknown');
  if (unknown || isWord(token, 'known')) return { ok: true, value: negatedIf(unknown !== negated, { kind: 'known', field: found.ref }) };
  const span = token.kind === 'word' || token.kind === 'text' ? spanning(sign, token) : token;
  const missing = MISSING.has(token.text.toLowerCase());
  const meant = missing ? `is ${negated ? 'known' : 'unknown'}` : `${negated ? '!=' : '='} ${typedAt(cursor, token)}`;
  return reject(
    'value-expected',
    span,
    'After is comes known or unknown.',
    'Use = to compare with a value.',
    span === token || isReserved(token) ? undefined : meant,
  );
};

/** `not` after a field belongs to the operator behind it. */
const isNegation = (cursor: Cursor, ahead: number): boolean => {
  const operator = peek(cursor, ahead + 1);
  return isWord(peek(cursor, ahead), 'not') && (isWord(operator, 'in') || isWord(operator, 'like') || isMark(operator, '~'));
};

const operatorOf = (token: Token): Operator | undefined =>
  token.kind === 'text' ? undefined : OPERATORS.find((operator) => operator === token.text.toLowerCase());

/** Whether an operator stands here, so that what is before it is a field. */
export const isComparison = (cursor: Cursor, ahead: number): boolean =>
  operatorOf(peek(cursor, ahead)) !== undefined || isNegation(cursor, ahead);

const isOrder = (operator: Operator): operator is Compare['operator'] => operator === '=' || ORDERS.some((order) => order === operator);

const readOperand = (cursor: Cursor, found: Found, operator: Operator, sign: Token, negated: boolean): Parsed<Term> => {
  if (isOrder(operator) || operator === '!=') return readOrdered(cursor, found, operator, sign);
  if (operator === 'is') return readKnown(cursor, found, sign);
  const term = operator === '~' ? readContains(cursor, found) : operator === 'in' ? readAmong(cursor, found) : readLike(cursor, found);
  return term.ok ? { ok: true, value: negatedIf(negated, term.value) } : term;
};

/** A field, an operator and what it is compared with. */
export const readCondition = (cursor: Cursor): Parsed<Term> => {
  const found = readField(cursor);
  if (!found.ok) return found;
  const negated = isNegation(cursor, 0);
  if (negated) take(cursor);
  const sign = take(cursor);
  const operator = operatorOf(sign);
  if (operator === undefined) {
    const next = `Write an operator and a value, such as = ${quote('text')}.`;
    return reject('operator-expected', sign, `Nothing is asked about ${shown(printField(found.value.ref))}.`, next);
  }
  const checked = checkOperator(found.value.ref, operator, sign);
  return checked.ok ? readOperand(cursor, found.value, operator, sign, negated) : checked;
};
