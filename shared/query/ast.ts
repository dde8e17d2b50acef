import type { FieldRef } from './fields.ts';
import type { Glob } from './glob.ts';

/**
 * What a query means, as plain immutable data: it can be sent, stored, compared and turned into something else (SQL) without the
 * table of fields it was read against. Only the parser and the constructors below make it.
 */

/** How exactly a time was written. `2026-01-05` means the whole day. */
export const PRECISIONS = ['day', 'minute', 'second', 'millisecond'] as const;
export type Precision = (typeof PRECISIONS)[number];

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'boolean'; readonly boolean: boolean }
  /** For a field of type `time` this is an age. */
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'time'; readonly atMs: number; readonly precision: Precision };

export const ORDERS = ['<', '<=', '>', '>='] as const;
export type Order = (typeof ORDERS)[number];

/** `!=` is `not` of `=`. */
export type Compare = { readonly kind: 'compare'; readonly field: FieldRef; readonly operator: '=' | Order; readonly value: Value };
/** Equal to one of the values. `not in` is `not` of it. */
export type Among = { readonly kind: 'among'; readonly field: FieldRef; readonly values: readonly Value[] };
/** Contains the text. */
export type Contains = { readonly kind: 'contains'; readonly field: FieldRef; readonly text: string };
/** The whole text fits the pattern. */
export type Like = { readonly kind: 'like'; readonly field: FieldRef; readonly glob: Glob };
/** `is unknown` is `not` of it. */
export type Known = { readonly kind: 'known'; readonly field: FieldRef };
/** One of the fields contains the text. The fields are those that the table marked as searchable. */
export type Search = { readonly kind: 'search'; readonly text: string; readonly fields: readonly FieldRef[] };
export type Condition = Compare | Among | Contains | Like | Known | Search;

/** Two or more terms, none of them of the same kind again. */
export type And = { readonly kind: 'and'; readonly terms: readonly Term[] };
export type Or = { readonly kind: 'or'; readonly terms: readonly Term[] };
export type Not = { readonly kind: 'not'; readonly term: Term };
export type Term = Condition | And | Or | Not;

/** `all` is the empty query: it asks nothing, so every row matches. It is never part of another query. */
export type Query = Term | { readonly kind: 'all' };

/** Terms joined by `and` or `or`: nested ones of the same kind are taken in, and one term alone stays itself. */
export const join = (kind: 'and' | 'or', first: Term, rest: readonly Term[]): Term => {
  if (rest.length === 0) return first;
  return { kind, terms: [first, ...rest].flatMap((term) => (term.kind === kind ? term.terms : [term])) };
};

export const negate = (term: Term): Not => ({ kind: 'not', term });
