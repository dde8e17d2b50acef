import type { ReferenceSet } from '../../../shared/model/reference-set.ts';
import { locate } from '../decide/place.ts';
import type { HostFacts } from '../facts-schema.ts';
import { BUILT_IN_MANIFEST } from '../manifest/manifest.ts';
import { matchesHost } from '../manifest/host-query.ts';

/**
 * Whether a host is one of those that a query means; null means all. The only place where own references ask this. A place counts as the host
 * and its endpoint tell it: what a manifest adds (declarations, issuers) does not choose reference values.
 */
export const meansHost = (scope: string | null, facts: HostFacts): boolean =>
  scope === null || matchesHost(scope, facts, locate(facts, BUILT_IN_MANIFEST, 0));

export type SetState = 'valid' | 'proposed' | 'withdrawn' | 'not-yet' | 'expired';

export const setState = ({ state, fromMs, toMs }: Pick<ReferenceSet, 'state' | 'fromMs' | 'toMs'>, atMs: number): SetState => {
  if (state !== 'approved') return state;
  if (atMs < fromMs) return 'not-yet';
  return toMs !== null && atMs >= toMs ? 'expired' : 'valid';
};

/** The sets that count for a host at a moment, in the order of their numbers. */
export const setsFor = (sets: readonly ReferenceSet[], facts: HostFacts, atMs: number): readonly ReferenceSet[] =>
  sets.filter((set) => setState(set, atMs) === 'valid' && meansHost(set.scope, facts)).toSorted((a, b) => a.id - b.id);
