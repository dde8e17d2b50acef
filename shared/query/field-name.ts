import { type Cursor, peek, take, typedAt } from './cursor.ts';
import type { FieldTable, Found } from './fields.ts';
import { MAX_MEMBER } from './limits.ts';
import { nearest } from '../model/nearest.ts';
import { listed, type Parsed, reject, shown, spanning } from './problem.ts';
import type { Token } from './tokens.ts';

/** `lable.role` is near `label.role`. */
const nearestName = (table: FieldTable, name: string): string | null => {
  const near = nearest(
    name,
    table.fields.map((field) => field.name),
  );
  const dot = name.indexOf('.');
  if (near !== null || dot < 1) return near;
  const family = nearest(
    name.slice(0, dot),
    table.families.map((one) => one.name),
  );
  return family === null ? null : family + name.slice(dot);
};

const unknownField = (table: FieldTable, token: Token): Parsed<never> => {
  const near = nearestName(table, token.text);
  const meant = near === null ? '' : ` Did you mean ${shown(near)}?`;
  const names = [...table.fields.map((field) => field.name), ...table.families.map((family) => `${family.name}.NAME`)];
  return reject(
    'unknown-field',
    token,
    `There is no field ${shown(token.text)}.${meant}`,
    `Known are: ${listed(names)}.`,
    near === null ? undefined : near,
  );
};

/** Whether the member of a family follows in quotes: `label."two words"`, with nothing in between. */
export const quotedMember = (cursor: Cursor): boolean => {
  const token = peek(cursor);
  const next = peek(cursor, 1);
  if (token.kind !== 'word' || !token.text.endsWith('.') || next.kind !== 'text' || next.at !== token.at + token.length) return false;
  return cursor.fields.family(token.text.slice(0, -1)) !== null;
};

/** A name alone, if the table knows it. */
export const findField = (table: FieldTable, name: string): Found | null => {
  const field = table.field(name);
  if (field) return field;
  const dot = name.indexOf('.');
  const family = dot < 1 ? null : table.family(name.slice(0, dot));
  const member = name.slice(dot + 1);
  if (family === null || member === '' || member.length > MAX_MEMBER) return null;
  return { ref: { name: family, member, type: 'text' }, values: [] };
};

export const readField = (cursor: Cursor): Parsed<Found> => {
  const table = cursor.fields;
  const quoted = quotedMember(cursor);
  const token = take(cursor);
  if (quoted) {
    const member = take(cursor);
    const found = findField(table, token.text + member.text);
    if (found) return { ok: true, value: found };
    const span = spanning(token, member);
    return reject('unknown-field', span, `${shown(typedAt(cursor, span))} names nothing.`, `A name has 1 to ${MAX_MEMBER} characters.`);
  }
  const found = findField(table, token.text);
  if (found) return { ok: true, value: found };
  const family = table.family(token.text.split('.')[0] ?? '');
  if (family === null) return unknownField(table, token);
  return reject('unknown-field', token, `${shown(token.text)} names nothing.`, `Write ${family}.NAME, such as ${family}.role.`);
};
