import { useCallback, useEffect } from 'react';
import { create } from 'zustand';
import type { CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Problem } from '../../shared/model/result.ts';
import { onFleetChanged } from './changes.ts';
import { call } from './transport.ts';

export type Query<T> = {
  /** The last good answer; kept while asking again and when asking fails. */
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly updatedAtMs: number | null;
};

type Caches = { readonly [N in CallName]: ReadonlyMap<string, Query<CallOutput<N>>> };

const IDLE: Query<never> = { data: undefined, problem: undefined, loading: true, updatedAtMs: null };
const KEPT_PER_CALL = 24;

const useCache = create<Caches>(() => ({
  'app.info': new Map(),
  'preferences.get': new Map(),
  'preferences.set': new Map(),
  'demo.leave': new Map(),
  'overview.get': new Map(),
  'hosts.list': new Map(),
  'fleet.asOf': new Map(),
  'fleet.places': new Map(),
  'fleet.movements': new Map(),
  'fleet.moments': new Map(),
  'hosts.complete': new Map(),
  'views.list': new Map(),
  'views.save': new Map(),
  'views.delete': new Map(),
  'hosts.get': new Map(),
  'hosts.history': new Map(),
  'hosts.locations': new Map(),
  'hosts.events': new Map(),
  'hosts.ima': new Map(),
  'hosts.difference': new Map(),
  'hosts.peers': new Map(),
  'hosts.bytes': new Map(),
  'hosts.fields': new Map(),
  'hosts.keys': new Map(),
  'findings.list': new Map(),
  'findings.clusters': new Map(),
  'findings.get': new Map(),
  'findings.preview': new Map(),
  'findings.acknowledge': new Map(),
  'findings.assign': new Map(),
  'findings.waive': new Map(),
  'findings.unwaive': new Map(),
  'findings.reopen': new Map(),
  'findings.note': new Map(),
  'policy.get': new Map(),
  'fleet.regions': new Map(),
  'policy.check': new Map(),
  'policy.versions': new Map(),
  'policy.version': new Map(),
  'policy.compare': new Map(),
  'policy.whatIf': new Map(),
  'policy.whatIfResult': new Map(),
  'policy.whatIfCancel': new Map(),
  'policy.activate': new Map(),
  'policy.approve': new Map(),
  'policy.withdraw': new Map(),
  'ledger.list': new Map(),
  'ledger.state': new Map(),
  'ledger.recheck': new Map(),
  'jobs.list': new Map(),
  'jobs.start': new Map(),
  'jobs.cancel': new Map(),
  'exports.list': new Map(),
  'exports.get': new Map(),
  'exports.save': new Map(),
  'exports.signing': new Map(),
  'exports.delete': new Map(),
  'reports.list': new Map(),
  'reports.save': new Map(),
  'reports.delete': new Map(),
  'reports.run': new Map(),
  'reports.items': new Map(),
  'reports.itemHistory': new Map(),
  'reports.assess': new Map(),
  'retention.get': new Map(),
  'retention.set': new Map(),
  'ledger.rotateKey': new Map(),
  'references.list': new Map(),
  'references.get': new Map(),
  'references.compare': new Map(),
  'references.reach': new Map(),
  'references.capture': new Map(),
  'references.import': new Map(),
  'references.propose': new Map(),
  'references.promote': new Map(),
  'references.approve': new Map(),
  'references.withdraw': new Map(),
  'references.lint': new Map(),
  'alerts.list': new Map(),
  'posture.get': new Map(),
  'posture.setTarget': new Map(),
  'pack.get': new Map(),
  'endpoints.list': new Map(),
  'poll.now': new Map(),
}));

const put = <N extends CallName>(name: N, key: string, next: Query<CallOutput<N>>): void => {
  const map = new Map(useCache.getState()[name]);
  map.delete(key);
  map.set(key, next);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_PER_CALL) break;
    map.delete(oldest);
  }
  useCache.setState({ [name]: map });
};

const asked = new Map<string, number>();
let sequence = 0;
/** What was asked in this turn: parts of one screen that show the same ask together. */
const askedNow = new Set<string>();

const ask = async <N extends CallName>(name: N, key: string, input: CallInput<N>): Promise<void> => {
  const slot = `${name} ${key}`;
  if (askedNow.has(slot)) return;
  if (askedNow.size === 0) queueMicrotask(() => askedNow.clear());
  askedNow.add(slot);
  sequence += 1;
  const mine = sequence;
  asked.set(slot, mine);
  const before = useCache.getState()[name].get(key) ?? IDLE;
  if (!before.loading) put(name, key, { ...before, loading: true });
  const answer = await call(name, input);
  // A later question was asked meanwhile: this answer is out of order.
  if (asked.get(slot) !== mine) return;
  asked.delete(slot);
  const last = useCache.getState()[name].get(key) ?? IDLE;
  if (answer.ok) put(name, key, { data: answer.value, problem: undefined, loading: false, updatedAtMs: Date.now() });
  else put(name, key, { ...last, problem: answer.problem, loading: false });
};

const RETRY_MS = 4000;

/** Asks, keeps the last answer while asking again, and asks again whenever the fleet changed. */
export const useQuery = <N extends CallName>(name: N, input: CallInput<N>): Query<CallOutput<N>> & { readonly refetch: () => void } => {
  const key = JSON.stringify(input);
  const query: Query<CallOutput<N>> = useCache((caches) => caches[name].get(key)) ?? IDLE;
  const refetch = useCallback(() => {
    const again: CallInput<N> = JSON.parse(key);
    void ask(name, key, again);
  }, [name, key]);
  useEffect(() => {
    refetch();
    return onFleetChanged(refetch);
  }, [refetch]);
  const failing = query.problem !== undefined;
  useEffect(() => {
    if (!failing) return undefined;
    const timer = setInterval(refetch, RETRY_MS);
    return () => clearInterval(timer);
  }, [failing, refetch]);
  return { ...query, refetch };
};
