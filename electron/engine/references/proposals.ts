import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { ReferenceItem } from '../../../shared/model/reference-set.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { captureGroup, captureHost, type Deviation } from '../../appraisal/reference-values/capture.ts';
import { distinctItems, itemKey, itemWords } from '../../appraisal/reference-values/items.ts';
import { type Failure, promotionOf } from '../../appraisal/reference-values/promote.ts';
import { meansHost } from '../../appraisal/reference-values/scope.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
import { recordedHosts } from '../policy/judge-recorded.ts';
import { utc } from '../sentences.ts';
import { judgeStanding, readStanding } from '../standing.ts';
import { type MeasuredHost, measuredHost } from './measured-host.ts';

/** What a person is about to propose, with what is worth knowing before. */
export type Found = {
  readonly items: readonly ReferenceItem[];
  /** Where it comes from, in words. */
  readonly from: string;
  readonly words: readonly string[];
  readonly left: readonly string[];
  readonly deviating: readonly Deviation[];
  readonly cluster: readonly string[];
};

type Memory = Pick<Store, 'hosts' | 'standings'>;
const SHOWN = 20;
/** Hosts of a group or a cluster that are read; reading each takes some milliseconds. */
const MAX_HOSTS = 5_000;
const MAX_CLUSTER = 500;

const plain = { deviating: [], cluster: [] } as const;
/** The first of many, and how many are not shown: what is accepted is all of them. */
const firstOf = (words: readonly string[], total: number): readonly string[] =>
  total > SHOWN ? [...words.slice(0, SHOWN), `and ${total - SHOWN} more`] : words;
export const shownWords = (items: readonly ReferenceItem[]): readonly string[] =>
  firstOf(items.slice(0, SHOWN).map(itemWords), items.length);

export const foundOnHost = async (store: Memory, id: string): Promise<Result<Found>> => {
  const host = await measuredHost(store, id);
  if (!host.ok) return host;
  const { name, endpoint, verdict, receivedAtMs, measured } = host.value;
  if (verdict === 'failed')
    return fail(
      'not-verified',
      `${name} is not trusted, so it is no model for others.`,
      'Promote the change by which it failed, if it is meant.',
    );
  const { items, left } = captureHost(measured);
  const from = `Captured from ${name} at ${endpoint}, from evidence of ${utc(receivedAtMs)}`;
  return ok({ items, left, from, words: shownWords(items), ...plain });
};

/** Hosts whose evidence holds and that a query means, failed ones included: they may be the ones that deviate. */
async function* hostsOf(store: Memory, query: string | null, wanted: (id: string) => boolean): AsyncGenerator<MeasuredHost> {
  for await (const recorded of recordedHosts(store.standings, null)) {
    const standing = wanted(recorded.id) ? readStanding(recorded.standing, recorded.pulse) : null;
    if (standing === null || !meansHost(query, standing.now.facts)) continue;
    const host = await measuredHost(store, recorded.id);
    if (host.ok) yield host.value;
    await breath();
  }
}

export const foundInGroup = async (store: Memory, query: string | null, share: number): Promise<Result<Found>> => {
  const group: { id: string; items: readonly ReferenceItem[] }[] = [];
  // One object for equal items, so that a group of equal hosts takes the room of one.
  const shared = new Map<string, ReferenceItem>();
  for await (const { id, measured } of hostsOf(store, query, () => true)) {
    const items = captureHost(measured).items.map((item) => {
      const key = itemKey(item);
      const known = shared.get(key) ?? item;
      shared.set(key, known);
      return known;
    });
    group.push({ id, items });
    if (group.length === MAX_HOSTS) break;
  }
  const who = query === null ? 'all hosts' : `“${visibleText(query, 200)}”`;
  if (group.length === 0) return fail('no-hosts', `No host with evidence that holds is meant by ${who}.`, 'Choose another query.');
  const { items, deviating } = captureGroup(group, share);
  const from = `Captured from ${group.length} hosts (${who}): what at least ${Math.round(share * 100)} % of them have`;
  return ok({ items, from, words: shownWords(items), left: [], deviating, cluster: [] });
};

const failureOf = ({ standing, kept }: MeasuredHost, manifest: Manifest): Failure & { readonly link: string | null } => {
  const { appraisal } = judgeStanding(standing, manifest);
  const link = appraisal.brokenLink;
  return {
    link,
    cause: appraisal.chain.find((one) => one.link === link)?.cause ?? 'none',
    broken: [...appraisal.brokenEvents, ...appraisal.brokenIma].filter((one) => one.link === link),
    knownChains: kept.knownChains,
  };
};

/** What a failed host has instead of what was expected, and every other host that failed by the same change. */
export const foundByFailure = async (store: Memory, id: string, manifest: Manifest): Promise<Result<Found>> => {
  const host = await measuredHost(store, id);
  if (!host.ok) return host;
  const { name, receivedAtMs } = host.value;
  const failure = failureOf(host.value, manifest);
  if (failure.link === null) return fail('not-failed', `${name} did not fail, so there is nothing to promote.`, 'Choose a failed host.');
  const promotion = promotionOf(failure, host.value.measured);
  if (!promotion.ok) return promotion;
  const cluster = [id];
  const items = [...promotion.value.items];
  const failedAlike = (other: string): boolean => other !== id && store.hosts.get(other)?.row.brokenLink === failure.link;
  for await (const other of hostsOf(store, null, failedAlike)) {
    const theirs = promotionOf(failureOf(other, manifest), other.measured);
    if (!theirs.ok || theirs.value.same !== promotion.value.same) continue;
    cluster.push(other.id);
    // The same change in another boot chain is another item.
    items.push(...theirs.value.items);
    if (cluster.length === MAX_CLUSTER) break;
  }
  const { changes } = promotion.value;
  const from = `Promoted from the failure of ${name}, from evidence of ${utc(receivedAtMs)}: ${visibleText(changes.slice(0, 3).join('; '), 600)}`;
  return ok({ items: distinctItems(items), from, words: firstOf(changes, changes.length), left: [], deviating: [], cluster });
};

/** Everything that hosts measure now, to tell which items nobody needs; says how many hosts it has seen. */
export const seenItems = async (store: Memory, add: (items: readonly ReferenceItem[]) => void): Promise<number> => {
  let hosts = 0;
  for await (const { measured } of hostsOf(store, null, () => true)) {
    add(captureHost(measured).items);
    hosts += 1;
    if (hosts === MAX_HOSTS) break;
  }
  return hosts;
};
