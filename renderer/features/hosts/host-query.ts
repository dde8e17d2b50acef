import type { HostQuery } from '../../../shared/contract/schemas.ts';
import { wholeHostQuery } from '../../../shared/query/host-query.ts';
import { readSearch, type Search } from '../../../shared/query/host-search.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { ALL_HOSTS, hostsHref, type HostsView } from '../../app/navigation.ts';

export { readSearch, type Search };

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
