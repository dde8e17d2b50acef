import type { Value } from './ast.ts';
import { isBare, quote } from './characters.ts';
import { type Cursor, isReserved, take, typedAt } from './cursor.ts';
import type { FieldType, Found } from './fields.ts';
import { nearest } from '../model/nearest.ts';
import { printField } from './print.ts';
import { listed, type Parsed, reject, shown } from './problem.ts';
import type { Token } from './tokens.ts';
import { booleanOf, durationOf, numberOf, timeOf } from './values.ts';

type Written = Exclude<FieldType, 'text' | 'enum' | 'list of text' | 'list of enum'>;

/** How a value of each type is written, and what to say where it was written differently. */
const WRITTEN: Readonly<Record<Written, { readonly read: (word: string) => Value | null; readonly hint: string }>> = {
  number: { read: numberOf, hint: 'Write a number such as 12 or 0.5, of at most 15 digits.' },
  boolean: { read: booleanOf, hint: 'Write true or false.' },
  duration: { read: durationOf, hint: 'Write a whole number and ms, s, m, h, d or w, such as 90m or 7d; at most a hundred years.' },
  time: {
    read: (word) => timeOf(word) ?? durationOf(word),
    hint: 'Write a date such as 2026-01-31, a time in UTC such as 2026-01-31T12:00Z, or an age such as 7d.',
  },
};

/** `12:00` without a zone could be any; only UTC is read. */
const withZone = (word: string): string | undefined => (timeOf(`${word}Z`) ? `${word}Z` : undefined);

const enumValue = (found: Found, token: Token): Parsed<Value> => {
  const word = token.text.toLowerCase();
  const value = found.values.find((known) => known.toLowerCase() === word);
  if (value !== undefined) return { ok: true, value: { kind: 'text', text: value } };
  const near = nearest(token.text, found.values);
  const meant = near === null ? '' : ` Did you mean ${shown(near)}?`;
  const values = `Known are: ${listed(found.values)}.`;
  const nextStep = word === 'unknown' || word === 'known' ? `Write "is ${word}" to ask whether a value is there at all. ${values}` : values;
  const message = `${shown(printField(found.ref))} is never ${shown(token.text)}.${meant}`;
  return reject('unknown-value', token, message, nextStep, near === null ? undefined : isBare(near) ? near : quote(near));
};

const textValue = (token: Token): Parsed<Value> => {
  if (token.kind === 'text' || token.wild.length === 0) return { ok: true, value: { kind: 'text', text: token.text } };
  const next = 'Use like to compare with a pattern; put the text in quotes if the star or question mark is meant as such.';
  return reject('wildcard-needs-like', token, '* and ? stand for other characters only after like.', next, quote(token.text));
};

/** Reads one value as the type of the field wants it. */
export const readValue = (cursor: Cursor, found: Found): Parsed<Value> => {
  const token = take(cursor);
  const name = shown(printField(found.ref));
  if (token.kind === 'mark' || token.kind === 'end') {
    return reject('value-expected', token, `A value for ${name} is missing here.`, 'Write a word, a number, or text in double quotes.');
  }
  if (isReserved(token)) {
    const next = 'Put it in double quotes if it is the value; otherwise write the value before it.';
    return reject('value-expected', token, `A value for ${name} is missing before ${typedAt(cursor, token)}.`, next, quote(token.text));
  }
  const { type } = found.ref;
  if (type === 'enum' || type === 'list of enum') return enumValue(found, token);
  if (type === 'text' || type === 'list of text') return textValue(token);
  const value = WRITTEN[type].read(token.text);
  if (value) return { ok: true, value };
  const suggestion = type === 'time' ? withZone(token.text) : undefined;
  return reject('wrong-value', token, `${shown(token.text)} is no value for ${name}.`, WRITTEN[type].hint, suggestion);
};
