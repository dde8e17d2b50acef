import type { HostQuery } from '../../../shared/contract/schemas.ts';
import { ALL_HOSTS, hostsHref, type HostsView } from '../../app/navigation.ts';

export const queryOf = (view: HostsView): HostQuery => ({
  ...(view.verdicts.length > 0 && { verdicts: [...view.verdicts] }),
  ...(view.link !== null && { brokenLink: view.link }),
  ...(view.country !== null && { country: view.country }),
  ...(view.endpoint !== null && { endpoint: view.endpoint }),
  ...(view.disagreement && { disagreement: true }),
  ...(view.olderThanMs !== null && { evidenceOlderThanMs: view.olderThanMs }),
  ...(view.text.trim() !== '' && { text: view.text.trim() }),
});

export const isFiltered = (view: HostsView): boolean =>
  hostsHref({ ...view, sort: ALL_HOSTS.sort, descending: ALL_HOSTS.descending }) !== hostsHref();
