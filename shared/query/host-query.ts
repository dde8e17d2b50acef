import type { HostQuery } from '../contract/schemas.ts';
import { join, negate, type Query, type Term, type Value } from './ast.ts';
import type { FieldRef } from './fields.ts';
import { HOST_LIST_FIELDS } from './host-fields.ts';

/** So many words are looked for; further ones are not. */
export const MOST_WORDS = 10;

/** Words of which every one must occur, each as the language looks for it. */
export const wordsOf = (text: string): Term[] =>
  text
    .split(/\s+/u)
    .filter(Boolean)
    .slice(0, MOST_WORDS)
    .map((word) => ({ kind: 'search', text: word, fields: HOST_LIST_FIELDS.searched }));

const fieldOf = (name: string): FieldRef => {
  const found = HOST_LIST_FIELDS.field(name);
  if (found === null) throw new Error(`There is no field ${name}.`);
  return found.ref;
};
const textValue = (text: string): Value => ({ kind: 'text', text });
const equals = (name: string, value: Value): Term => ({ kind: 'compare', field: fieldOf(name), operator: '=', value });
const among = (name: string, texts: readonly [string, ...string[]]): Term => {
  const [first, ...rest] = texts;
  return { kind: 'among', field: fieldOf(name), values: [textValue(first), ...rest.map(textValue)] };
};
const isUnknown = (name: string): Term => negate({ kind: 'known', field: fieldOf(name) });

/**
 * What the buttons of a list, its words and its filter ask together, as one query of the language: printed, it is the one text that means this
 * list. Texts are compared without case here, where a button means one text exactly.
 */
export const wholeHostQuery = (query: HostQuery, filter: Query): Query => {
  const terms: Term[] = [];
  const [id, ...ids] = query.ids ?? [];
  if (id !== undefined) terms.push(ids.length === 0 ? equals('id', textValue(id)) : among('id', [id, ...ids]));
  const [verdict, ...others] = query.verdicts ?? [];
  if (verdict !== undefined && others.length === 0) terms.push(equals('verdict', textValue(verdict)));
  if (verdict !== undefined && others.length > 0) terms.push(among('verdict', [verdict, ...others]));
  if (query.brokenLink !== undefined) terms.push(equals('broken_link', textValue(query.brokenLink)));
  if (query.country !== undefined) terms.push(query.country === 'ZZ' ? isUnknown('country') : equals('country', textValue(query.country)));
  if (query.endpoint !== undefined && query.endpoint !== '') terms.push(equals('endpoint', textValue(query.endpoint)));
  if (query.disagreement !== undefined) terms.push(equals('disagreement', { kind: 'boolean', boolean: query.disagreement }));
  if (query.evidenceOlderThanMs !== undefined) {
    const value: Value = { kind: 'duration', ms: query.evidenceOlderThanMs };
    terms.push(join('or', { kind: 'compare', field: fieldOf('evidence_at'), operator: '>', value }, [isUnknown('evidence_at')]));
  }
  terms.push(...wordsOf(query.text ?? ''));
  if (filter.kind !== 'all') terms.push(filter);
  const [first, ...rest] = terms;
  return first === undefined ? { kind: 'all' } : join('and', first, rest);
};
