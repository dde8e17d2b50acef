import { isKeyword } from './characters.ts';

export const FIELD_TYPES = ['text', 'enum', 'number', 'duration', 'time', 'boolean', 'list of text', 'list of enum'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A field, or a member of a family (`label.role` = name `label`, member `role`). */
export type FieldRef = { readonly name: string; readonly member: string | null; readonly type: FieldType };

type Named = { readonly name: string /** One sentence for help and completion. */; readonly doc: string };
/** Whether a word alone is looked for in this field. */
type Searchable = { readonly searchable?: boolean };

/** One row of a field table. Durations are milliseconds, times Unix milliseconds. */
export type Field = Named &
  (
    | ({ readonly type: 'text' | 'list of text' } & Searchable)
    | ({ readonly type: 'enum' | 'list of enum'; readonly values: readonly string[] } & Searchable)
    | { readonly type: 'number' | 'duration' | 'time' | 'boolean' }
  );

/** Fields whose names nobody knows in advance, all of type text: `label.role`, `label."two words"`. */
export type Family = Named & { readonly aliases?: readonly string[] };

/** A field as a query names it, with the values an enum knows. */
export type Found = { readonly ref: FieldRef; readonly values: readonly string[] };

export type FieldTable = {
  readonly fields: readonly Field[];
  readonly families: readonly Family[];
  /** What a word alone is looked for in; empty where there is no search. */
  readonly searched: readonly FieldRef[];
  readonly field: (name: string) => Found | null;
  /** The canonical name of a family. */
  readonly family: (name: string) => string | null;
};

const NAME = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/iu;
const FAMILY_NAME = /^[a-z][a-z0-9_]*$/iu;

const refOf = (field: Field): FieldRef => ({ name: field.name, member: null, type: field.type });
const valuesOf = (field: Field): readonly string[] => ('values' in field ? field.values : []);

/** `reported = unknown` and `reported is unknown` must not be two questions: the row says nothing (null) instead of "unknown". */
const checkValues = (field: Field): void => {
  const values = valuesOf(field).map((value) => value.toLowerCase());
  if (field.type.endsWith('enum') && values.length === 0) throw new Error(`The field ${field.name} has no values.`);
  if (new Set(values).size !== values.length) throw new Error(`The field ${field.name} has a value twice.`);
  if (values.some((value) => value === '' || value === 'known' || value === 'unknown')) {
    throw new Error(`The field ${field.name} has a value that the language says with "is unknown".`);
  }
};

/** Which fields a query may name. Throws on a table that contradicts itself, which is a bug of whoever wrote it. */
export const fieldTable = (fields: readonly Field[], families: readonly Family[] = []): FieldTable => {
  const byName = new Map<string, Found>();
  const byFamily = new Map<string, string>();
  for (const family of families) {
    for (const name of [family.name, ...(family.aliases ?? [])]) {
      if (!FAMILY_NAME.test(name) || byFamily.has(name.toLowerCase())) throw new Error(`The family ${name} cannot be named.`);
      byFamily.set(name.toLowerCase(), family.name);
    }
  }
  for (const field of fields) {
    const key = field.name.toLowerCase();
    const shadowed = byFamily.has(key.split('.')[0] ?? key);
    if (!NAME.test(key) || isKeyword(key) || shadowed || byName.has(key)) throw new Error(`The field ${field.name} cannot be named.`);
    checkValues(field);
    byName.set(key, { ref: refOf(field), values: valuesOf(field) });
  }
  return {
    fields,
    families,
    searched: fields.filter((field) => 'searchable' in field && field.searchable).map(refOf),
    field: (name) => byName.get(name.toLowerCase()) ?? null,
    family: (name) => byFamily.get(name.toLowerCase()) ?? null,
  };
};
