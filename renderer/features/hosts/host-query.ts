import type { HostQuery } from '../../../shared/contract/schemas.ts';
import type { Query } from '../../../shared/query/ast.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { wholeHostQuery } from '../../../shared/query/host-query.ts';
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
const MOST_TEXT = 200;

export const readSearch = (text: string): Search => {
  const words = text.trim();
  const parsed = parseQuery(text, HOST_LIST_FIELDS);
  // `verdict:failed` is no word that anybody looks for either.
  const isLanguage = LANGUAGE.test(text) || (!parsed.ok && parsed.problem.code === 'colon-is-no-operator');
  if (!isLanguage) return { kind: 'words', words: words.slice(0, MOST_TEXT) };
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

/** Everything that a view filters by, buttons and words included, as one text of the language; null where it cannot be read. */
export const filterOf = (view: HostsView): string | null => {
  const search = readSearch(view.text);
  if (search.kind === 'problem') return null;
  const words = search.kind === 'words' && search.words !== '' ? { text: search.words } : {};
  return printQuery(wholeHostQuery({ ...buttonsOf(view), ...words }, search.kind === 'filter' ? search.query : { kind: 'all' }));
};
