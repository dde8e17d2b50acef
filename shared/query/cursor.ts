import { isKeyword } from './characters.ts';
import type { FieldTable } from './fields.ts';
import { MAX_CONDITIONS } from './limits.ts';
import { type Parsed, reject, type Span } from './problem.ts';
import type { Token } from './tokens.ts';

/** Where the parser stands. It only ever moves forward, and looks at most two tokens ahead. */
export type Cursor = {
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly fields: FieldTable;
  next: number;
  conditions: number;
};

const NOTHING: Token = { kind: 'end', at: 0, length: 0, text: '', wild: [] };

/** The last token is of kind `end`, and nobody moves beyond it. */
export const peek = (cursor: Cursor, ahead = 0): Token => cursor.tokens[Math.min(cursor.next + ahead, cursor.tokens.length - 1)] ?? NOTHING;

export const take = (cursor: Cursor): Token => {
  const token = peek(cursor);
  if (token.kind !== 'end') cursor.next += 1;
  return token;
};

export const isMark = (token: Token, mark: string): boolean => token.kind === 'mark' && token.text === mark;
export const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word;
export const isReserved = (token: Token): boolean => token.kind === 'word' && isKeyword(token.text);

/** The text of a place as it was typed. */
export const typedAt = (cursor: Cursor, span: Span): string => cursor.source.slice(span.at, span.at + span.length);

export const countCondition = (cursor: Cursor, span: Span): Parsed<null> => {
  cursor.conditions += 1;
  if (cursor.conditions <= MAX_CONDITIONS) return { ok: true, value: null };
  return reject(
    'too-many-conditions',
    span,
    `A query holds at most ${MAX_CONDITIONS} conditions.`,
    'Use "in (…)" for many values of a field.',
  );
};
