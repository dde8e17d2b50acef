import { isFresh } from '../../shared/model/fresh.ts';
import type { Link, LinkVerdict, Verdict } from '../../shared/model/verdict.ts';

/** What is said of a host at one time under one manifest. */
export type Said = {
  readonly verdict: Verdict;
  readonly brokenLink: Link | null;
  readonly reason: string;
  /** In the order of LINKS; null where it was not kept. */
  readonly chain: readonly LinkVerdict[] | null;
};

/** Trust with evidence older than the class allows is stale, and no link of it looks trusted. */
export const agedTo = (said: Said, evidenceAtMs: number | null, maxAgeMs: number, atMs: number): Said => {
  if (said.verdict !== 'trusted' || (evidenceAtMs !== null && isFresh(evidenceAtMs, maxAgeMs, atMs))) return said;
  const chain = said.chain?.map((link): LinkVerdict => (link === 'trusted' ? 'inconclusive' : link)) ?? null;
  return { verdict: 'stale', brokenLink: null, reason: 'The evidence no longer counts; the host was trusted before.', chain };
};

/** Whether two say different things. Reasons may differ in counts and times and do not count by themselves. */
export const differs = (before: Said, after: Said): boolean =>
  before.verdict !== after.verdict ||
  (after.verdict === 'failed' && before.brokenLink !== after.brokenLink) ||
  (before.chain !== null && after.chain !== null && before.chain.join() !== after.chain.join());
