import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileQuery, type FieldValue } from '../../shared/query/compile.ts';
import type { FieldType } from '../../shared/query/fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { printQuery } from '../../shared/query/print.ts';
import type { Query } from '../../shared/query/ast.ts';
import { anyTerm, fullRow, lessKnown, NOW, readRow, type Row } from '../../shared/query/testing/arbitrary-query.ts';
import { hostFields } from '../../shared/query/testing/example-fields.ts';
import { type SqlField, type SqlFields, toSql } from '../../shared/query/to-sql.ts';
import { addQueryFunctions } from './query-functions.ts';

const KIND: Readonly<Record<FieldType, 'text' | 'enum' | 'number' | 'boolean' | 'list'>> = {
  text: 'text',
  enum: 'enum',
  number: 'number',
  duration: 'number',
  time: 'number',
  boolean: 'boolean',
  'list of text': 'list',
  'list of enum': 'list',
};
const columnOf = (name: string): string => `c_${name.replace('.', '_')}`;
const SQL_FIELDS: SqlFields = {
  ...Object.fromEntries(
    hostFields.fields.map((field): [string, SqlField] => [field.name, { kind: KIND[field.type], sql: `row.${columnOf(field.name)}` }]),
  ),
  label: { kind: 'family', sql: 'row.label' },
};

let db: Database.Database;
const columns = hostFields.fields.map((field) => columnOf(field.name));
beforeAll(() => {
  db = new Database(':memory:');
  addQueryFunctions(db);
  db.exec(`CREATE TABLE row (n INTEGER PRIMARY KEY, ${columns.join(' ANY, ')} ANY, label TEXT) STRICT`);
});
beforeEach(() => void db.exec('DELETE FROM row'));
afterAll(() => db.close());

const stored = (value: FieldValue): string | number | null => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return Array.isArray(value) ? JSON.stringify(value) : typeof value === 'object' ? null : value;
};
/** A label that is asked for by any name; the generator gives all of them one value. */
const keep = (row: Row, members: readonly string[]): void => {
  const values = hostFields.fields.map((field) => stored(row.get(field.name)));
  const label = row.get('label');
  const labels = typeof label === 'string' ? JSON.stringify(Object.fromEntries(members.map((member) => [member, label]))) : null;
  db.prepare(`INSERT INTO row (${columns.join(', ')}, label) VALUES (${[...values, labels].map(() => '?').join(', ')})`).run(
    ...values,
    labels,
  );
};
const answerSchema = z.array(z.object({ answer: z.number().nullable() }));
const WORD: Readonly<Record<string, string>> = { '0': 'no', '1': 'yes', null: 'unknown' };
const inSql = (query: Query): (string | undefined)[] => {
  const { sql, params } = toSql(query, SQL_FIELDS, NOW);
  return answerSchema.parse(db.prepare(`SELECT (${sql}) AS answer FROM row ORDER BY n`).all(params)).map((row) => WORD[`${row.answer}`]);
};
const membersOf = (query: Query): string[] => {
  if (query.kind === 'all') return [];
  if (query.kind === 'not') return membersOf(query.term);
  if (query.kind === 'and' || query.kind === 'or') return query.terms.flatMap(membersOf);
  return query.kind === 'search' || query.field.member === null ? [] : [query.field.member];
};
const inMemory = (query: Query, rows: readonly Row[]): string[] => {
  const ask = compileQuery<Row>(query, (field) => (row) => readRow(row, field));
  return rows.map((row) => ask(row, NOW));
};
const asked = (query: Query, rows: readonly Row[]): { sql: unknown; memory: unknown } => {
  db.exec('DELETE FROM row');
  for (const row of rows) keep(row, membersOf(query));
  return { sql: inSql(query), memory: inMemory(query, rows) };
};
const parsed = (text: string): Query => {
  const query = parseQuery(text, hostFields);
  if (!query.ok) throw new Error(query.problem.message);
  return query.value;
};

describe('a filter in SQL', () => {
  it('answers yes, no and unknown as it does in memory, whatever the rows and the query', () => {
    fc.assert(
      fc.property(anyTerm, fc.array(fullRow.chain(lessKnown), { minLength: 1, maxLength: 6 }), (term, rows) => {
        const { sql, memory } = asked(term, rows);
        expect(sql).toEqual(memory);
      }),
      { numRuns: 1500 },
    );
  });

  it('answers the same after it was printed and read', () => {
    fc.assert(
      fc.property(anyTerm, fullRow, (term, row) => {
        const { sql, memory } = asked(parsed(printQuery(term)), [row]);
        expect(sql).toEqual(memory);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    'name = zürich',
    'name = "ZU\u0308RICH"',
    'name ~ ürich',
    'name ~ "%"',
    'name ~ _',
    'name like "a_b*"',
    'name like "100\\*"',
    'name like ?ürich',
    'name like "*\\\\*"',
    'name in (KÖLN, "kelvin \u212a")',
    'name = "kelvin k"',
    'name ~ "\\u{0}"',
    'name like "a\\u{0}*"',
    'name = "a\\u{0}b"',
    'name ~ σίσυφος',
    'name like *ς',
    'name = İ',
    'name = "x\' OR 1=1 --"',
    'name != web',
    'not (name = web or name is unknown)',
    'name not like web*',
  ])('%s: LIKE wildcards, quotes, NUL and letters of every case are compared as in memory', (text) => {
    const names = ['Zürich', 'ZU\u0308RICH', '100%', 'a_b', 'aXb', '100*', '\\', 'Köln', 'KELVIN \u212a', 'Kelvin k', 'a\0b', 'a', 'a\0Ä'];
    const more = ['ΣΊΣΥΦΟΣ', 'ς', 'İ', 'i̇', 'ı', "x' OR 1=1 --", '', 'WEB', 'web-1', '\ufffd', `a${'\u0301'.repeat(40)}`, '🏢ürich'];
    const rows: Row[] = [...names, ...more].map((name) => new Map([['name', name]]));
    const { sql, memory } = asked(parsed(text), [...rows, new Map()]);
    expect(sql).toEqual(memory);
  });

  it('takes only fields that the table knows', () => {
    const query = parsed('name = a');
    expect(() => toSql(query, {}, NOW)).toThrow('There is no SQL for name.');
    const { sql, params } = toSql(parsed(`name = "'; DROP TABLE host; --"`), SQL_FIELDS, NOW);
    expect(sql).not.toContain('DROP');
    expect(Object.values(params)).toEqual(["'; drop table host; --"]);
  });

  it('finds everything where it asks nothing', () => {
    const { sql, memory } = asked({ kind: 'all' }, [new Map()]);
    expect(sql).toEqual(memory);
  });
});
