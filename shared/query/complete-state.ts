import { type Operator, OPERATORS } from './operators.ts';
import { isKeyword } from './characters.ts';
import { findField } from './field-name.ts';
import type { FieldTable, Found } from './fields.ts';
import type { Token } from './tokens.ts';

/** What the grammar expects at a place. It follows the parser's grammar, but forgives what is not there yet. */
export type Expected =
  | { readonly kind: 'condition' }
  | { readonly kind: 'operator'; readonly found: Found; readonly negated: boolean }
  | { readonly kind: 'value'; readonly found: Found; readonly operator: Operator }
  | { readonly kind: 'list'; readonly found: Found }
  | { readonly kind: 'list-value'; readonly found: Found }
  | { readonly kind: 'list-next' }
  | { readonly kind: 'known'; readonly negated: boolean }
  | { readonly kind: 'join' }
  /** What came before makes no sense, so nothing sensible can follow. */
  | { readonly kind: 'nothing' };

export type Place = { readonly expected: Expected; readonly open: number };

const NOTHING: Expected = { kind: 'nothing' };
const JOIN: Expected = { kind: 'join' };
const CONDITION: Expected = { kind: 'condition' };

const isMark = (token: Token, mark: string): boolean => token.kind === 'mark' && token.text === mark;
const wordOf = (token: Token): string => (token.kind === 'word' ? token.text.toLowerCase() : '');
const isValue = (token: Token): boolean => token.kind === 'text' || (token.kind === 'word' && !isKeyword(token.text));

const operatorOf = (token: Token): Operator | undefined =>
  token.kind === 'text' ? undefined : OPERATORS.find((operator) => operator === token.text.toLowerCase());

const afterJoined = (token: Token, open: number): Place => {
  if (wordOf(token) === 'and' || wordOf(token) === 'or') return { expected: CONDITION, open };
  if (isMark(token, ')') && open > 0) return { expected: JOIN, open: open - 1 };
  return { expected: NOTHING, open };
};

const afterField = (found: Found, negated: boolean, token: Token): Expected => {
  const operator = operatorOf(token);
  if (operator === undefined) return wordOf(token) === 'not' && !negated ? { kind: 'operator', found, negated: true } : NOTHING;
  if (operator === 'in') return { kind: 'list', found };
  return operator === 'is' ? { kind: 'known', negated: false } : { kind: 'value', found, operator };
};

const beginning = (fields: FieldTable, token: Token): Expected => {
  if (!isValue(token)) return NOTHING;
  const found = token.kind === 'word' ? findField(fields, token.text) : null;
  if (found !== null) return { kind: 'operator', found, negated: false };
  return fields.searched.length > 0 ? JOIN : NOTHING;
};

const step = ({ expected, open }: Place, token: Token, fields: FieldTable): Place => {
  const to = (next: Expected): Place => ({ expected: next, open });
  if (expected.kind === 'nothing') return to(NOTHING);
  if (expected.kind === 'condition') {
    if (wordOf(token) === 'not') return to(CONDITION);
    return isMark(token, '(') ? { expected: CONDITION, open: open + 1 } : to(beginning(fields, token));
  }
  if (expected.kind === 'operator') {
    const next = afterField(expected.found, expected.negated, token);
    // The name of a field alone is a word to search for.
    return next.kind === 'nothing' && !expected.negated && fields.searched.length > 0 ? afterJoined(token, open) : to(next);
  }
  if (expected.kind === 'value') return to(isValue(token) ? JOIN : NOTHING);
  if (expected.kind === 'list') return to(isMark(token, '(') ? { kind: 'list-value', found: expected.found } : NOTHING);
  if (expected.kind === 'known') {
    if (wordOf(token) === 'not' && !expected.negated) return to({ kind: 'known', negated: true });
    return to(wordOf(token) === 'known' || wordOf(token) === 'unknown' ? JOIN : NOTHING);
  }
  return expected.kind === 'join' ? afterJoined(token, open) : to(NOTHING);
};

/** Where the grammar stands after these tokens. */
export const placeAfter = (tokens: readonly Token[], fields: FieldTable): Place => {
  let place: Place = { expected: CONDITION, open: 0 };
  let list: Found | null = null;
  let joined: Token | null = null;
  for (const token of tokens) {
    if (token.kind === 'end') break;
    // The name of a member in quotes belongs to the word before it.
    if (joined !== null && token.kind === 'text' && token.at === joined.at + joined.length) {
      const found = findField(fields, joined.text + token.text);
      place = { ...place, expected: found === null ? NOTHING : { kind: 'operator', found, negated: false } };
      joined = null;
      continue;
    }
    joined = place.expected.kind === 'condition' && token.kind === 'word' && token.text.endsWith('.') ? token : null;
    if (place.expected.kind === 'list-value') {
      list = place.expected.found;
      place = { ...place, expected: isValue(token) ? { kind: 'list-next' } : NOTHING };
    } else if (place.expected.kind === 'list-next') {
      const more: Expected = list === null ? NOTHING : { kind: 'list-value', found: list };
      place = { ...place, expected: isMark(token, ',') ? more : isMark(token, ')') ? JOIN : NOTHING };
    } else place = step(place, token, fields);
  }
  return place;
};
