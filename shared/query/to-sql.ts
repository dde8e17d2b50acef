import type { Among, Compare, Condition, Query, Term, Value } from './ast.ts';
import { compileQuery } from './compile.ts';
import type { FieldRef } from './fields.ts';
import { fold } from './fold.ts';
import type { Glob } from './glob.ts';
import { endOf } from './values.ts';

/**
 * How a field is read in SQL: an expression of the caller's own code, which is NULL where the value is not known. Nothing else of a query
 * but the name of a label reaches SQL otherwise than bound.
 */
export type SqlField =
  /** `folded`: already in the form of `fold`, and without U+0000. */
  | { readonly kind: 'text'; readonly sql: string; readonly folded?: boolean }
  /** One of the words of the field, as the table of fields writes it. */
  | { readonly kind: 'enum'; readonly sql: string }
  /** A finite number; durations and times are whole milliseconds. */
  | { readonly kind: 'number'; readonly sql: string }
  /** 0 or 1. */
  | { readonly kind: 'boolean'; readonly sql: string }
  /** A JSON array of texts. */
  | { readonly kind: 'list'; readonly sql: string; readonly folded?: boolean }
  /** A list of words, each of which is in it where its condition holds. No condition is ever NULL. */
  | { readonly kind: 'words'; readonly known: string; readonly has: Readonly<Record<string, string>> }
  /** A JSON object of texts: the members of a family. */
  | { readonly kind: 'family'; readonly sql: string; readonly folded?: boolean };

/** By the name of the field or of the family. */
export type SqlFields = Readonly<Record<string, SqlField>>;

/** A condition that is 1, 0 or NULL (yes, no, unknown), with the values of its named parameters. */
export type SqlQuery = { readonly sql: string; readonly params: Readonly<Record<string, string | number>> };

/**
 * Functions that the connection must have; both give NULL for NULL. They are asked only about texts that are not plain ASCII: of those, SQLite's
 * own comparison without case says the same.
 */
export const SQL_FUNCTIONS = { fold: 'fold_text', fits: 'text_fits' } as const;

/** What it costs to ask a row about a field, as ranks that were measured: a number is compared, text is folded, JSON is read. */
const EFFORT: Readonly<Record<SqlField['kind'] | 'search', number>> = {
  number: 0,
  boolean: 0,
  enum: 0,
  text: 1,
  words: 1,
  search: 2,
  family: 3,
  list: 4,
};

/** More than what is asked of a text, and less than what is looked up in JSON. */
const SELDOM = 1.5;

type Bind = (value: string | number) => string;
type TextTest = (expression: string, folded: boolean) => string;

/** The length in characters ends at U+0000 and the length in bytes does not: equal means ASCII without it. */
const notAscii = (expression: string): string => `octet_length(${expression}) <> length(${expression})`;
const unlessAscii = (expression: string, otherwise: string, ascii: string): string =>
  `CASE WHEN ${notAscii(expression)} THEN ${otherwise} ELSE ${ascii} END`;

const equalTo = (texts: readonly string[], bind: Bind): TextTest => {
  const names = [...new Set(texts.map(fold))].map(bind);
  const list = `(${names.join(', ')})`;
  // Texts that are the same in bytes but for the case of ASCII fold to the same, so that most need no second look; that comparison ends at U+0000.
  const ended = texts.some((text) => text.includes('\0'));
  return (expression, folded) => {
    if (folded) return `${expression} IN ${list}`;
    const fitting = `${SQL_FUNCTIONS.fold}(${expression}) IN ${list}`;
    const native = `${expression} COLLATE NOCASE IN ${list}`;
    return ended ? unlessAscii(expression, fitting, native) : `(${native} OR (${notAscii(expression)} AND ${fitting}))`;
  };
};

/** LIKE ends its pattern at U+0000, which then fits too much. */
const NEVER_IN_SQL = /\0/u;
const likePattern = (glob: Glob): string =>
  glob
    .map((part) => {
      if (part.kind === 'text') return fold(part.text).replaceAll(/[\\%_]/gu, (char) => `\\${char}`);
      return part.kind === 'any' ? '%' : '_';
    })
    .join('');

const fitting = (glob: Glob, bind: Bind): TextTest => {
  const pattern = likePattern(glob);
  const never = NEVER_IN_SQL.test(pattern);
  const like = never ? null : bind(pattern);
  return (expression, folded) => {
    const native = like === null ? `iif(${expression} IS NULL, NULL, 0)` : `${expression} LIKE ${like} ESCAPE '\\'`;
    return folded ? native : unlessAscii(expression, `${SQL_FUNCTIONS.fits}(${expression}, ${bind(JSON.stringify(glob))})`, native);
  };
};

const ANY = { kind: 'any' } as const;
const containing = (text: string, bind: Bind): TextTest => fitting([ANY, { kind: 'text', text }, ANY], bind);

/** What a condition asks of a text. */
const textTest = (condition: Exclude<Condition, { kind: 'known' | 'search' }>, bind: Bind): TextTest => {
  if (condition.kind === 'contains') return containing(condition.text, bind);
  if (condition.kind === 'like') return fitting(condition.glob, bind);
  const values = condition.kind === 'among' ? condition.values : [condition.value];
  return equalTo(
    values.flatMap((value) => (value.kind === 'text' ? [value.text] : [])),
    bind,
  );
};

/** A name that is the same in JSON and in a path of SQLite; other names are compared one by one, which is slower. */
const isPlain = (member: string | null): boolean => member !== null && /^[\p{L}\p{N}_./:@ -]+$/u.test(member);

/** Words of an enum are written in one way, in a query that was read and in a row. */
const wordsOf = (condition: Compare | Among, bind: Bind): string => {
  const values = condition.kind === 'among' ? condition.values : [condition.value];
  return `(${values.flatMap((value) => (value.kind === 'text' ? [bind(value.text)] : [])).join(', ')})`;
};

const range = (expression: string, from: string, to: string): string => `(${expression} >= ${from} AND ${expression} < ${to})`;
/** An age orders the other way round: longer ago is less. */
const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' } as const;

const compareNumber = (expression: string, { field, operator, value }: Compare, nowMs: number, bind: Bind): string => {
  if (value.kind === 'number') return `${expression} ${operator} ${bind(value.number)}`;
  if (value.kind === 'duration')
    return field.type === 'time'
      ? `${expression} ${MIRRORED[operator]} ${bind(nowMs - value.ms)}`
      : `${expression} ${operator} ${bind(value.ms)}`;
  if (value.kind !== 'time') return 'NULL';
  const end = endOf(value.atMs, value.precision);
  if (operator === '=') return range(expression, bind(value.atMs), bind(end));
  if (operator === '<' || operator === '>=') return `${expression} ${operator} ${bind(value.atMs)}`;
  return `${expression} ${operator === '>' ? '>=' : '<'} ${bind(end)}`;
};

const numberOf = (value: Value): number[] => (value.kind === 'number' ? [value.number] : value.kind === 'duration' ? [value.ms] : []);

const amongNumbers = (expression: string, { values }: Among, bind: Bind): string => {
  const numbers = values.flatMap(numberOf).map(bind);
  const times = values.flatMap((value) =>
    value.kind === 'time' ? [range(expression, bind(value.atMs), bind(endOf(value.atMs, value.precision)))] : [],
  );
  return `(${[...(numbers.length > 0 ? [`${expression} IN (${numbers.join(', ')})`] : []), ...times].join(' OR ')})`;
};

/** The texts that one field may equal are asked once, however it was written. */
const together = (terms: readonly Term[]): readonly Term[] => {
  const among = new Map<string, Among>();
  const rest = terms.filter((term) => {
    if (term.kind !== 'among' && !(term.kind === 'compare' && term.operator === '=')) return true;
    const { field } = term;
    const values = term.kind === 'among' ? term.values : [term.value];
    if (values.some((value) => value.kind !== 'text')) return true;
    const key = `${field.name} ${field.member ?? ''}`;
    among.set(key, { kind: 'among', field, values: [...(among.get(key)?.values ?? []), ...values] });
    return false;
  });
  return [...among.values(), ...rest];
};

/** Times and numbers as they are bound: the three answers come from SQL's own NULL, which follows the same logic. */
export const toSql = (query: Query, fields: SqlFields, nowMs: number): SqlQuery => {
  const params: Record<string, string | number> = {};
  let count = 0;
  const bind: Bind = (value) => {
    const name = `q${count}`;
    count += 1;
    params[name] = value;
    return `@${name}`;
  };

  /** Where the table of fields and the table of SQL contradict each other, which is a bug of whoever wrote them. */
  const fieldOf = (ref: FieldRef): SqlField => {
    const field = Object.hasOwn(fields, ref.name) ? fields[ref.name] : undefined;
    if (field === undefined || (field.kind === 'family') !== (ref.member !== null)) throw new Error(`There is no SQL for ${ref.name}.`);
    return field;
  };

  const someText = (ref: FieldRef, test: TextTest): string => {
    const field = fieldOf(ref);
    if (field.kind === 'text') return test(field.sql, field.folded === true);
    if (field.kind === 'enum') return test(field.sql, false);
    if (field.kind === 'list')
      return `iif(${field.sql} IS NULL, NULL, EXISTS (SELECT 1 FROM json_each(${field.sql}) AS item WHERE ${test('item.value', field.folded === true)}))`;
    if (field.kind === 'family' && isPlain(ref.member))
      return test(`(${field.sql} ->> ${bind(`$."${ref.member}"`)})`, field.folded === true);
    if (field.kind === 'family')
      return `(SELECT ${test('item.value', field.folded === true)} FROM json_each(${field.sql}) AS item WHERE item.key = ${bind(ref.member ?? '')})`;
    throw new Error(`${ref.name} is no text.`);
  };

  const known = (ref: FieldRef): string => {
    const field = fieldOf(ref);
    if (field.kind === 'words') return `(${field.known})`;
    if (field.kind !== 'family') return `${field.sql} IS NOT NULL`;
    if (isPlain(ref.member)) return `(${field.sql} ->> ${bind(`$."${ref.member}"`)}) IS NOT NULL`;
    return `EXISTS (SELECT 1 FROM json_each(${field.sql}) AS item WHERE item.key = ${bind(ref.member ?? '')})`;
  };

  const condition = (asked: Condition): string => {
    if (asked.kind === 'known') return known(asked.field);
    if (asked.kind === 'search') {
      const test = containing(asked.text, bind);
      const found = asked.fields.map((ref) => `coalesce(${someText(ref, test)}, 0)`);
      return found.length === 0 ? '0' : `(${found.join(' OR ')})`;
    }
    const field = fieldOf(asked.field);
    if (field.kind === 'enum' && (asked.kind === 'compare' || asked.kind === 'among')) return `${field.sql} IN ${wordsOf(asked, bind)}`;
    if (field.kind === 'words') {
      // Which words are asked for is known before any row is.
      const fits = compileQuery<string>(asked, () => (word) => [word]);
      const found = Object.entries(field.has).flatMap(([word, has]) => (fits(word, nowMs) === 'yes' ? [has] : []));
      return `iif(${field.known}, ${found.length === 0 ? '0' : found.join(' OR ')}, NULL)`;
    }
    if (field.kind === 'number' && asked.kind === 'compare') return compareNumber(field.sql, asked, nowMs, bind);
    if (field.kind === 'number' && asked.kind === 'among') return amongNumbers(field.sql, asked, bind);
    if (field.kind === 'boolean' && asked.kind === 'compare' && asked.value.kind === 'boolean')
      return `${field.sql} = ${bind(asked.value.boolean ? 1 : 0)}`;
    return someText(asked.field, textTest(asked, bind));
  };

  const effortOf = (term: Term): number => {
    // What is not something is most rows: it seldom decides.
    if (term.kind === 'not') return effortOf(term.term) + SELDOM;
    if (term.kind === 'and' || term.kind === 'or') return Math.max(...term.terms.map(effortOf));
    if (term.kind === 'search') return EFFORT.search;
    const effort = EFFORT[fieldOf(term.field).kind];
    return effort === EFFORT.text && (term.kind === 'contains' || term.kind === 'like') ? EFFORT.search : effort;
  };

  /** SQLite asks terms as they are written and stops at the first that decides: what costs least comes first. */
  const termSql = (term: Term): string => {
    if (term.kind === 'not') return `NOT (${termSql(term.term)})`;
    if (term.kind !== 'and' && term.kind !== 'or') return condition(term);
    return (term.kind === 'or' ? together(term.terms) : term.terms)
      .toSorted((a, b) => effortOf(a) - effortOf(b))
      .map((one) => `(${termSql(one)})`)
      .join(term.kind === 'and' ? ' AND ' : ' OR ');
  };

  const sql = query.kind === 'all' ? '1' : termSql(query);
  return { sql, params };
};
