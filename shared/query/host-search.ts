import type { Query } from './ast.ts';
import { HOST_LIST_FIELDS } from './host-fields.ts';
import { wholeHostQuery } from './host-query.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import type { QueryProblem } from './problem.ts';

/** What was typed in the search box of hosts: words of which every one must occur, or a filter of the language. */
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

/** What was typed as one query of the language; null where it cannot be read. */
export const searchQuery = (text: string): Query | null => {
  const search = readSearch(text);
  if (search.kind === 'problem') return null;
  return search.kind === 'filter' ? search.query : wholeHostQuery(search.words === '' ? {} : { text: search.words }, { kind: 'all' });
};
