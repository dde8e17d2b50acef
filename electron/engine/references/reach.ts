import type { ReferenceDifference, ReferenceReach } from '../../../shared/contract/reference-schemas.ts';
import type { ReferenceItem, ReferenceSet } from '../../../shared/model/reference-set.ts';
import { sourceOfSet } from '../../appraisal/reference-values/effective.ts';
import { itemKey } from '../../appraisal/reference-values/items.ts';
import { meansHost } from '../../appraisal/reference-values/scope.ts';
import type { Store } from '../../store/store.ts';
import { readKeptDetail } from '../kept-detail.ts';
import { recordedHosts } from '../policy/judge-recorded.ts';
import { readStanding } from '../standing.ts';

/** Reading what is kept of each takes about a millisecond. */
const MAX_HOSTS = 5_000;

/**
 * Which hosts a set is about. `judged` does not say that a host needs it: the endpoint's own values or another set may be enough, and nobody
 * judges the evidence again to find out.
 */
export const reachOf = async (store: Pick<Store, 'hosts' | 'standings'>, set: ReferenceSet): Promise<ReferenceReach> => {
  const { provenance, sha256 } = sourceOfSet(set);
  const reach = { hosts: 0, whole: true, meant: 0, judged: 0, trusted: 0 };
  for await (const recorded of recordedHosts(store.standings, null)) {
    if (reach.hosts === MAX_HOSTS) return { ...reach, whole: false };
    reach.hosts += 1;
    const standing = readStanding(recorded.standing, recorded.pulse);
    if (standing === null || !meansHost(set.scope, standing.now.facts)) continue;
    reach.meant += 1;
    const host = store.hosts.get(recorded.id);
    const kept = host === null ? null : readKeptDetail(host.detail, host.pulse);
    const isSource = kept?.detail.references.some((one) => one.sha256 === sha256 && one.provenance === provenance) === true;
    if (!isSource) continue;
    reach.judged += 1;
    if (recorded.verdict === 'trusted') reach.trusted += 1;
  }
  return reach;
};

const missingFrom = (items: readonly ReferenceItem[], others: readonly ReferenceItem[]): readonly ReferenceItem[] => {
  const known = new Set(others.map(itemKey));
  return items.filter((item) => !known.has(itemKey(item)));
};

/** What a set says that another does not, and what it leaves out. */
export const differenceOf = (set: ReferenceSet, other: ReferenceSet, offset: number, limit: number): ReferenceDifference => {
  const added = missingFrom(set.items, other.items);
  const removed = missingFrom(other.items, set.items);
  const rows = [...added.map((item) => ({ sign: 'added' as const, item })), ...removed.map((item) => ({ sign: 'removed' as const, item }))];
  return { to: other.id, added: added.length, removed: removed.length, total: rows.length, rows: rows.slice(offset, offset + limit) };
};

const saidOf = (item: ReferenceItem): string =>
  Object.values(item)
    .map((value) => (value === null ? '' : String(value)))
    .join(' ')
    .toLowerCase();

/** Items in whose words every word occurs, wherever. */
export const itemsWith = (items: readonly ReferenceItem[], text: string): readonly ReferenceItem[] => {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean).slice(0, 10);
  return words.length === 0
    ? items
    : items.filter((item) => {
        const said = saidOf(item);
        return words.every((word) => said.includes(word));
      });
};
