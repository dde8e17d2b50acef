import type { HostQuery } from '../../../shared/contract/schemas.ts';
import { join, negate, type Query, type Term, type Value } from '../../../shared/query/ast.ts';
import type { FieldRef } from '../../../shared/query/fields.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { printQuery } from '../../../shared/query/print.ts';
import type { QueryProblem } from '../../../shared/query/problem.ts';
import { ALL_HOSTS, hostsHref, type HostsView } from '../../app/navigation.ts';

/** What was typed in the search box: words of which every one must occur, or a filter of the language. */
export type Search =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'filter'; readonly query: Query; readonly canonical: string }
  | { readonly kind: 'problem'; readonly problem: QueryProblem };

/** A comparison, a parenthesis, a text in quotes or a word of the grammar: nobody looks for these as plain words. */
const LANGUAGE = /[=<>~()]|(?:^|\s)["']|(?:^|\s)(?:and|or|not|in|like|is)(?:\s|$)/iu;
const MOST_WORDS = 200;

export const readSearch = (text: string): Search => {
  const words = text.trim();
  const parsed = parseQuery(text, HOST_LIST_FIELDS);
  // `verdict:failed` is no word that anybody looks for either.
  const isLanguage = LANGUAGE.test(text) || (!parsed.ok && parsed.problem.code === 'colon-is-no-operator');
  if (!isLanguage) return { kind: 'words', words: words.slice(0, MOST_WORDS) };
  if (!parsed.ok) return { kind: 'problem', problem: parsed.problem };
  return { kind: 'filter', query: parsed.value, canonical: printQuery(parsed.value) };
};

/** What the buttons beside the search box mean. */
const buttonsOf = (view: HostsView): HostQuery => ({
  ...(view.verdicts.length > 0 && { verdicts: [...view.verdicts] }),
  ...(view.link !== null && { brokenLink: view.link }),
  ...(view.country !== null && { country: view.country }),
  ...(view.endpoint !== null && { endpoint: view.endpoint }),
  ...(view.disagreement && { disagreement: true }),
  ...(view.olderThanMs !== null && { evidenceOlderThanMs: view.olderThanMs }),
});

export const askOf = (view: HostsView): { readonly query: HostQuery; readonly filter?: string } => {
  const search = readSearch(view.text);
  if (search.kind !== 'words') return { query: buttonsOf(view), filter: view.text };
  return { query: { ...buttonsOf(view), ...(search.words !== '' && { text: search.words }) } };
};

export const isFiltered = (view: HostsView): boolean =>
  hostsHref({ ...view, sort: ALL_HOSTS.sort, descending: ALL_HOSTS.descending }) !== hostsHref();

const fieldOf = (name: string): FieldRef => {
  const found = HOST_LIST_FIELDS.field(name);
  if (found === null) throw new Error(`There is no field ${name}.`);
  return found.ref;
};
const textValue = (text: string): Value => ({ kind: 'text', text });
const isWord = (name: string, word: string): Term => ({ kind: 'compare', field: fieldOf(name), operator: '=', value: textValue(word) });
const isUnknown = (name: string): Term => negate({ kind: 'known', field: fieldOf(name) });

/** Everything that a view filters by, buttons and words included, as one text of the language; null where it cannot be read. */
export const filterOf = (view: HostsView): string | null => {
  const search = readSearch(view.text);
  if (search.kind === 'problem') return null;
  const terms: Term[] = [];
  const [verdict, ...others] = view.verdicts;
  if (verdict !== undefined && others.length === 0) terms.push(isWord('verdict', verdict));
  if (others.length > 0) terms.push({ kind: 'among', field: fieldOf('verdict'), values: view.verdicts.map(textValue) });
  if (view.link !== null) terms.push(isWord('broken_link', view.link));
  if (view.country !== null) terms.push(view.country === 'ZZ' ? isUnknown('country') : isWord('country', view.country));
  if (view.endpoint !== null) terms.push(isWord('endpoint', view.endpoint));
  if (view.disagreement)
    terms.push({ kind: 'compare', field: fieldOf('disagreement'), operator: '=', value: { kind: 'boolean', boolean: true } });
  if (view.olderThanMs !== null) {
    const value: Value = { kind: 'duration', ms: view.olderThanMs };
    terms.push(join('or', { kind: 'compare', field: fieldOf('evidence_at'), operator: '>', value }, [isUnknown('evidence_at')]));
  }
  if (search.kind === 'words')
    for (const text of search.words.split(/\s+/u).filter(Boolean)) terms.push({ kind: 'search', text, fields: HOST_LIST_FIELDS.searched });
  else if (search.query.kind !== 'all') terms.push(search.query);
  const [first, ...rest] = terms;
  return first === undefined ? '' : printQuery(join('and', first, rest));
};
