import * as fc from 'fast-check';
import { join, negate, ORDERS, PRECISIONS, type Term, type Value } from '../ast.ts';
import type { FieldValue } from '../compile.ts';
import type { FieldRef } from '../fields.ts';
import { globOf } from '../glob.ts';
import { durationOf, printDuration, printTime, timeOf } from '../values.ts';
import { hostFields } from './example-fields.ts';

export const NOW = Date.UTC(2026, 0, 10, 12);

/** Short texts from few letters, so that queries and rows meet, and now and then any text at all. */
const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'Ä', 'a\u0308', 'ß', 'İ', '*', '?'), maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('and', 'IN', 'is', 'a b', 'x:y', '\\', '"', "'", '7d', '2026-01-05', 'label.', '\u202e', '🏢', '&', '('),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).filter((one) => one.isWellFormed()) },
);
const someText = text.filter((one) => one !== '');

const read = (value: Value | null): Value => {
  if (!value) throw new Error('This value cannot be written.');
  return value;
};
const duration = fc
  .oneof(fc.constantFrom(0, 1000, 3_600_000, 604_800_000), fc.nat(200 * 86_400_000))
  .map((ms) => read(durationOf(printDuration(ms))));
const time = fc
  .tuple(
    fc.oneof(fc.integer({ min: NOW - 864e5 * 3, max: NOW + 864e5 }), fc.integer({ min: 0, max: 253e12 })),
    fc.constantFrom(...PRECISIONS),
  )
  .map(([atMs, precision]) => read(timeOf(printTime(atMs, precision))));

const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  number: fc
    .oneof(fc.integer({ min: -2, max: 3 }), fc.constantFrom(0.5, -1.25, 123_456_789_012_345))
    .map((number) => ({ kind: 'number', number })),
  boolean: fc.boolean().map((boolean) => ({ kind: 'boolean', boolean })),
  duration,
  time,
};
const plainText: fc.Arbitrary<Value> = text.map((one) => ({ kind: 'text', text: one }));
const valueOf = (field: FieldRef): fc.Arbitrary<Value> => {
  const values = hostFields.field(field.name)?.values ?? [];
  return values.length > 0 ? fc.constantFrom(...values).map((one) => ({ kind: 'text', text: one })) : (VALUES[field.type] ?? plainText);
};

const label = someText.map((member): FieldRef => ({ name: 'label', member, type: 'text' }));
const named = fc.constantFrom(...hostFields.fields).map((field): FieldRef => ({ name: field.name, member: null, type: field.type }));
const field = fc.oneof({ weight: 5, arbitrary: named }, { weight: 1, arbitrary: label });

const isText = (one: FieldRef): boolean => one.type === 'text' || one.type === 'list of text';
const isOrdered = (one: FieldRef): boolean => one.type === 'number' || one.type === 'duration' || one.type === 'time';

/** Conditions about the value of a field: the ones that a missing value leaves open. */
const comparison: fc.Arbitrary<Term> = field.chain((one) => {
  const value = valueOf(one);
  const equals: fc.Arbitrary<Term> = value.map((first) => ({ kind: 'compare', field: one, operator: '=', value: first }));
  const kinds = [equals];
  if (one.type !== 'boolean') {
    kinds.push(fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ kind: 'among', field: one, values })));
  }
  if (isOrdered(one)) {
    const ages = one.type === 'time' ? fc.oneof(value, duration) : value;
    kinds.push(
      fc.tuple(fc.constantFrom(...ORDERS), ages).map(([operator, first]) => ({ kind: 'compare', field: one, operator, value: first })),
    );
  }
  if (isText(one)) {
    kinds.push(someText.map((part) => ({ kind: 'contains', field: one, text: part })));
    kinds.push(
      fc.tuple(text, fc.boolean()).map(([pattern, wild]) => {
        const places = wild ? Array.from(pattern.matchAll(/[*?]/gu), (match) => match.index) : [];
        return { kind: 'like', field: one, glob: globOf(pattern, places) };
      }),
    );
  }
  return fc.oneof(...kinds);
});

const known: fc.Arbitrary<Term> = field.map((one) => ({ kind: 'known', field: one }));
const search: fc.Arbitrary<Term> = someText.map((one) => ({ kind: 'search', text: one, fields: hostFields.searched }));

const termsOf = (condition: fc.Arbitrary<Term>): fc.Arbitrary<Term> =>
  fc.letrec<{ term: Term }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'term' },
      { weight: 3, arbitrary: condition },
      { weight: 1, arbitrary: tie('term').map(negate) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('and', 'or'), tie('term'), fc.array(tie('term'), { minLength: 1, maxLength: 3 }))
          .map(([kind, first, rest]) => join(kind, first, rest)),
      },
    ),
  })).term;

/** Any query but the empty one. */
export const anyTerm = termsOf(fc.oneof({ weight: 4, arbitrary: comparison }, known, search));
/** Structure alone: every parenthesis in its text is one around terms. */
export const wordTerms = termsOf(
  fc.constantFrom('a', 'b', 'c').map((word) => ({ kind: 'search', text: word, fields: hostFields.searched })),
);
/** Queries about values alone. */
export const comparisons = termsOf(comparison);

const rowValue = (one: FieldRef): fc.Arbitrary<FieldValue> => {
  const value = valueOf(one).map((written): FieldValue => {
    if (written.kind === 'text') return written.text;
    if (written.kind === 'number') return written.number;
    if (written.kind === 'boolean') return written.boolean;
    return written.kind === 'duration' ? written.ms : written.atMs;
  });
  if (!one.type.startsWith('list')) return value;
  return fc.array(value, { maxLength: 3 }).map((list) => list.flatMap((element) => (typeof element === 'string' ? [element] : [])));
};

export type Row = ReadonlyMap<string, FieldValue>;
export const readRow = (row: Row, one: FieldRef): FieldValue => row.get(one.name);

/** A row in which every field has a value; each label has the same. */
export const fullRow: fc.Arbitrary<Row> = fc
  .tuple(
    ...[...hostFields.fields.map((one): FieldRef => ({ ...one, member: null })), { name: 'label', member: '', type: 'text' } as const].map(
      (one) => rowValue(one).map((value): [string, FieldValue] => [one.name, value]),
    ),
  )
  .map((entries) => new Map(entries));

/** The same row of which less is known. */
export const lessKnown = (row: Row): fc.Arbitrary<Row> => fc.subarray([...row]).map((entries) => new Map(entries));

/** Text that looks like a query more often than not. */
export const almostQuery: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('and', 'or', 'not', 'in', 'like', 'is', 'known', 'unknown', '(', ')', ',', '(', ')'),
        fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', '==', '&&', '!', ':', '*', '?', '“', '\\', "'", '"'),
        fc.constantFrom(
          'name',
          'verdict',
          'verdikt',
          'last_change',
          'findings',
          'tag',
          'label.role',
          'label."a b"',
          'label.',
          'disagreement',
        ),
        fc.constantFrom(
          'failed',
          'web*',
          '7d',
          '3',
          'true',
          '2026-01-05',
          '2026-01-05T12:00',
          '"web"',
          "'a'",
          '""',
          '"\\u{202e}"',
          '\u202e',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      fc.constantFrom(' ', ' ', ' ', ''),
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.flat().join(''));
