import type { HostQuery, HostSort } from '../../shared/contract/schemas.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import { join, type Query, type Value } from '../../shared/query/ast.ts';
import { wordsOf } from '../../shared/query/host-query.ts';
import { type SqlField, type SqlFields, type SqlQuery, toSql } from '../../shared/query/to-sql.ts';

/** A `+` keeps SQLite from choosing an index for a condition: a list is read along its order or once from end to end, never by chance. */
const column = (name: string): string => `+${name}`;
const text = (name: string): SqlField => ({ kind: 'text', sql: column(name) });
const word = (sql: string): SqlField => ({ kind: 'enum', sql });
const number = (name: string): SqlField => ({ kind: 'number', sql: column(name) });
const truth = (name: string): SqlField => ({ kind: 'boolean', sql: column(name) });

/** The fields of `HOST_LIST_FIELDS` in the columns of a host. */
export const HOST_SQL: SqlFields = {
  name: text('name'),
  verdict: word(column('verdict')),
  reported: word("nullif(reported, 'unknown')"),
  disagreement: truth('disagreement'),
  broken_link: word(column('broken_link')),
  failed_link: {
    kind: 'words',
    known: "chain <> ''",
    has: Object.fromEntries(LINKS.map((link, index) => [link, `substr(chain, ${index + 1}, 1) = 'f'`])),
  },
  reason: text('reason'),
  country: text('country'),
  subdivision: text('subdivision'),
  site: text('site'),
  assurance: word("nullif(assurance, 'unknown')"),
  last_change: number('changed_at_ms'),
  evidence_at: number('evidence_at_ms'),
  last_seen: number('last_seen_ms'),
  first_seen: number('first_seen_ms'),
  endpoint: text('endpoint'),
  host_class: text('host_class'),
  class: text('policy_class'),
  covered: number('covered'),
  required: number('required'),
  max_age: number('max_age_ms'),
  address: text('address'),
  id: text('id'),
  demo: truth('demo'),
  text: { kind: 'text', sql: 'search', folded: true },
  label: { kind: 'family', sql: 'labels', folded: true },
};

/** `words`: nothing is asked but which words occur. */
export type HostsWhere = SqlQuery & { readonly words: boolean };

/** The WHERE clause of a host query and a filter with its values; null = all hosts. Only SQL from our own code and bound values reach the database. */
export const hostsWhere = (query: HostQuery, filter: Query | null, nowMs: number): HostsWhere | null => {
  const parts: string[] = [];
  const params: Record<string, string | number> = {};
  const bind = (value: string | number): string => {
    const name = `h${Object.keys(params).length}`;
    params[name] = value;
    return `@${name}`;
  };
  if (query.ids !== undefined) parts.push(`+id IN (SELECT value FROM json_each(${bind(JSON.stringify(query.ids))}))`);
  if (query.verdicts && query.verdicts.length > 0) parts.push(`+verdict IN (${query.verdicts.map(bind).join(', ')})`);
  if (query.brokenLink) parts.push(`+broken_link = ${bind(query.brokenLink)}`);
  if (query.country === 'ZZ') parts.push('+country IS NULL');
  else if (query.country !== undefined) parts.push(`+country = ${bind(query.country)}`);
  if (query.endpoint) parts.push(`+endpoint = ${bind(query.endpoint)}`);
  if (query.disagreement !== undefined) parts.push(`+disagreement = ${bind(query.disagreement ? 1 : 0)}`);
  if (query.evidenceOlderThanMs !== undefined)
    parts.push(`(evidence_at_ms IS NULL OR +evidence_at_ms < ${bind(nowMs - query.evidenceOlderThanMs)})`);
  const buttons = parts.length;
  const written = filter !== null && filter.kind !== 'all';
  const [first, ...rest] = [...wordsOf(query.text ?? ''), ...(written ? [filter] : [])];
  if (first !== undefined) {
    const asked = toSql(join('and', first, rest), HOST_SQL, nowMs);
    parts.push(`(${asked.sql})`);
    Object.assign(params, asked.params);
  }
  if (parts.length === 0) return null;
  return { sql: parts.join(' AND '), params, words: buttons === 0 && (!written || filter.kind === 'search') };
};

/** Fields that say another thing once trust has aged. A link that failed is failed then as well. */
const OF_TRUST: ReadonlySet<string> = new Set(['disagreement', 'reason', 'covered']);
/** What a host is before its trust ages, and after. */
const AGEING: readonly string[] = ['trusted', 'stale'];
const asked = (words: readonly string[]): number => AGEING.filter((verdict) => words.includes(verdict)).length;
const wordsIn = (values: readonly Value[]): string[] => values.flatMap((value) => (value.kind === 'text' ? [value.text] : []));

const namesTrust = (query: Query): boolean => {
  if (query.kind === 'all' || query.kind === 'search' || query.kind === 'known') return false;
  if (query.kind === 'not') return namesTrust(query.term);
  if (query.kind === 'and' || query.kind === 'or') return query.terms.some(namesTrust);
  if (query.field.name !== 'verdict') return OF_TRUST.has(query.field.name);
  // A host that goes from one to the other matters only where they are told apart.
  if (query.kind === 'compare') return asked(wordsIn([query.value])) === 1;
  return query.kind === 'among' ? asked(wordsIn(query.values)) === 1 : true;
};

/** Whether which hosts a list has, or their order, depends on whether trust has aged. */
export const asksTrust = (query: HostQuery, filter: Query | null, sort: { readonly by: HostSort }): boolean => {
  const verdicts = query.verdicts ?? [];
  const noneAges = verdicts.length > 0 && asked(verdicts) === 0;
  if (sort.by === 'verdict' && !noneAges) return true;
  // A disagreement is no longer one when the trust it was with has aged.
  return asked(verdicts) === 1 || (query.disagreement !== undefined && !noneAges) || (filter !== null && namesTrust(filter));
};
