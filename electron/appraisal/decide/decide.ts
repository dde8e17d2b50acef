import { disagrees, type Link, LINKS, type LinkVerdict, type Verdict } from '../../../shared/model/verdict.ts';
import { type Broken, judgement, type LinkJudgement } from '../chain/link.ts';
import type { HostFacts } from '../facts-schema.ts';
import type { Manifest, Policy } from '../manifest/manifest.ts';
import { LINK_OF_CHECK, NEXT_STEP, NO_QUOTE } from './words.ts';
import { chooseClass, type ChosenClass } from './host-class.ts';
import { applyRules } from './links.ts';
import type { AppraisedLocation } from '../position.ts';
import { locate } from './place.ts';
import { decideRuntime } from './runtime.ts';
import { type AppraisedWorkload, decideWorkloads } from './workloads.ts';

export type AppraisedLink = Omit<LinkJudgement, 'brokenEvents' | 'brokenIma' | 'nextStep'> & { readonly believable: boolean };

/** What was known of the host before, as far as rules about time go by it. */
export type Before = {
  readonly atMs: number;
  readonly verdict: Verdict | null;
  /** Since when the host has been inconclusive; null where it was not. */
  readonly doubtSinceMs: number | null;
  /** Since when a mismatch that may be a race has been held; null where none was. */
  readonly heldSinceMs: number | null;
};
export const NOTHING_BEFORE: Before = { atMs: 0, verdict: null, doubtSinceMs: null, heldSinceMs: null };

/** How much of what the manifest requires was held against a reference; a dimension of its own beside the verdict. */
export type Coverage = { readonly covered: number; readonly required: number };

export type Appraisal = {
  readonly verdict: Verdict;
  readonly brokenLink: Link | null;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly nextStep: string | null;
  readonly disagreement: boolean;
  readonly chain: readonly AppraisedLink[];
  readonly coverage: Coverage;
  readonly brokenEvents: readonly Broken[];
  readonly brokenIma: readonly Broken[];
  readonly location: AppraisedLocation;
  readonly workloads: readonly AppraisedWorkload[];
  /** The class of the manifest that applied, and why. */
  readonly hostClass: ChosenClass;
  /** For `Before` of the next time. */
  readonly doubtSinceMs: number | null;
  readonly heldSinceMs: number | null;
};

const RACE_CODES: ReadonlySet<string> = new Set(['log-replay', 'ima-replay', 'boot-aggregate']);

/** No check may fail unheard: where no link took a failure up, the link that the check belongs to fails with the check's own words. */
const hearFailures = (judged: readonly LinkJudgement[], facts: HostFacts, held: boolean): readonly LinkJudgement[] => {
  const deaf = facts.failures.filter(
    ({ code, message }) =>
      !(held && RACE_CODES.has(code)) &&
      !judged.some(
        (link) =>
          (link.verdict === 'failed' || link.cause === 'race') && (link.link === LINK_OF_CHECK[code] || link.basis.includes(message)),
      ),
  );
  return judged.map((link) => {
    const unheard = deaf.find(({ code }) => LINK_OF_CHECK[code] === link.link);
    if (!unheard) return link;
    return { ...link, verdict: 'failed', cause: 'tampered', reason: unheard.message, basis: [unheard.message, ...link.basis] };
  });
};

/** A failed link takes the belief from every link that it measured: nothing above a break is ever shown as trusted. */
const putTogether = (judged: readonly LinkJudgement[]): AppraisedLink[] => {
  let broken: Link | null = null;
  return LINKS.map((link) => {
    const own =
      judged.find((candidate) => candidate.link === link) ??
      judgement(link, 'inconclusive', 'Not evaluated.', { notEvaluated: ['Not evaluated.'] });
    const { brokenEvents: _events, brokenIma: _ima, nextStep: _step, ...rest } = own;
    if (broken === null) {
      if (own.verdict === 'failed') broken = link;
      return { ...rest, believable: true };
    }
    // Without a quote that holds, whatever a link says about itself is beside the point.
    if (broken === 'hardware' && own.verdict !== 'not-required' && own.verdict !== 'failed') {
      return { ...rest, verdict: 'inconclusive', reason: NO_QUOTE, notEvaluated: [NO_QUOTE], believable: false };
    }
    if (own.verdict !== 'trusted') return { ...rest, believable: false };
    const reason = `Would be as expected, but it was measured above a broken link (${broken}) and can no longer be believed.`;
    return { ...rest, verdict: 'inconclusive', reason, believable: false };
  });
};

/**
 * A list or log that is not the one which the quote covers may be an honest host between two moments. For a host that was trusted, it is
 * held as doubt for as long as the manifest says, counted from the first time; then it is what it looks like. Trust that grew stale while the
 * host rebooted counts; a time in the future, which a clock set back leaves behind, is now.
 */
const holdRaces = (
  links: readonly LinkJudgement[],
  policy: Policy,
  before: Before,
): { links: readonly LinkJudgement[]; heldSinceMs: number | null } => {
  const races = links.filter((link) => link.cause === 'race' && link.verdict === 'failed');
  if (races.length === 0 || policy.holdRacesMs === 0) return { links, heldSinceMs: null };
  const wasTrusted = before.verdict === 'trusted' || before.verdict === 'stale';
  const since = before.heldSinceMs === null ? (wasTrusted ? before.atMs : null) : Math.min(before.heldSinceMs, before.atMs);
  if (since === null || before.atMs - since >= policy.holdRacesMs) return { links, heldSinceMs: since };
  const until = new Date(since + policy.holdRacesMs).toISOString().slice(0, 19);
  const held = links.map(
    (link): LinkJudgement =>
      races.includes(link)
        ? {
            ...link,
            verdict: 'inconclusive',
            reason: `Held as doubt until ${until}Z, because an honest host can look so for a moment: ${link.reason}`,
            notEvaluated: [link.reason, ...link.notEvaluated],
          }
        : link,
  );
  return { links: held, heldSinceMs: since };
};

const missingAppraisal = (facts: HostFacts, manifest: Manifest, missing: NonNullable<HostFacts['missing']>, before: Before): Appraisal => {
  const location = locate(facts, manifest, before.atMs);
  const hostClass = chooseClass(facts, location, manifest);
  const parts = { notEvaluated: ['No evidence.'], cause: 'absent' as const };
  const chain = LINKS.map((link) => ({ ...judgement(link, 'inconclusive', missing.message, parts), believable: true }));
  // Who was trusted or has failed is not in doubt for being silent, and whoever is stays so.
  const doubtful = before.doubtSinceMs !== null || before.verdict === null || before.verdict === 'inconclusive';
  const { verdict, link, reason, doubtSinceMs } = doubtful
    ? // Which class is a host's may rest on evidence, so that it has none is nothing against it yet.
      outcomeOf(chain, { ...hostClass, unmatched: null }, before)
    : { verdict: 'inconclusive' as const, link: null, reason: missing.message, doubtSinceMs: null };
  return {
    verdict,
    brokenLink: verdict === 'failed' ? (link?.link ?? null) : null,
    reason,
    nextStep: missing.nextStep,
    disagreement: false,
    chain,
    coverage: { covered: 0, required: LINKS.length },
    brokenEvents: [],
    brokenIma: [],
    location,
    workloads: decideWorkloads(facts, location, hostClass.policy, manifest).workloads,
    hostClass,
    doubtSinceMs,
    heldSinceMs: before.heldSinceMs,
  };
};

type Outcome = {
  readonly verdict: Verdict;
  readonly link: AppraisedLink | null;
  readonly reason: string;
  readonly doubtSinceMs: number | null;
};

const TRUSTED = 'Every link of the chain is true, from the hardware up.';

const outcomeOf = (chain: readonly AppraisedLink[], hostClass: ChosenClass, before: Before): Outcome => {
  const failed = chain.find((link) => link.verdict === 'failed');
  if (failed) return { verdict: 'failed', link: failed, reason: failed.reason, doubtSinceMs: null };
  if (hostClass.unmatched === 'failed') return { verdict: 'failed', link: null, reason: hostClass.why, doubtSinceMs: null };
  const open = chain.find((link) => link.verdict === 'inconclusive');
  const doubt = open?.reason ?? hostClass.doubt;
  if (doubt === null) return { verdict: 'trusted', link: null, reason: TRUSTED, doubtSinceMs: null };
  return inDoubt(doubt, open ?? null, Math.min(before.doubtSinceMs ?? before.atMs, before.atMs), hostClass, before);
};

/** Doubt, or failure where it has lasted for longer than the manifest allows. */
const inDoubt = (
  doubt: string,
  link: AppraisedLink | null,
  doubtSinceMs: number,
  { policy: { failAfterMs } }: ChosenClass,
  { atMs }: Before,
): Outcome => {
  if (failAfterMs === null || atMs - doubtSinceMs < failAfterMs) return { verdict: 'inconclusive', link, reason: doubt, doubtSinceMs };
  const since = new Date(doubtSinceMs).toISOString().slice(0, 19);
  return { verdict: 'failed', link, reason: `In doubt since ${since}Z, longer than the manifest allows: ${doubt}`, doubtSinceMs };
};

const coverageOf = (chain: readonly AppraisedLink[]): Coverage => {
  const required = chain.filter((link) => link.verdict !== 'not-required');
  return { covered: required.filter((link) => link.believable && link.verdict !== 'inconclusive').length, required: required.length };
};

/**
 * Facts and a manifest in; verdict out. Pure, and the same for live polling, "what if" and "as of". A host is trusted only when every link
 * is trusted or not required; what was not evaluated is inconclusive. Without evidence the result is inconclusive; whether that means
 * stale is for the caller, who knows the past.
 */
export const decide = (facts: HostFacts, manifest: Manifest, before: Before = NOTHING_BEFORE): Appraisal => {
  if (facts.missing !== null) return missingAppraisal(facts, manifest, facts.missing, before);
  const location = locate(facts, manifest, before.atMs);
  const hostClass = chooseClass(facts, location, manifest);
  const { policy } = hostClass;
  const runtime = facts.runtime === null ? [] : decideRuntime(facts.runtime, policy.runtime);
  const placed = decideWorkloads(facts, location, policy, manifest);
  const { links, heldSinceMs } = holdRaces([...applyRules([...facts.links, ...runtime], facts, policy), placed.link], policy, before);
  const held = links.some((link) => link.cause === 'race' && link.verdict === 'inconclusive');
  const judged = hearFailures(links, facts, held);
  const chain = putTogether(judged);
  const { verdict, link, reason, doubtSinceMs } = outcomeOf(chain, hostClass, before);
  return {
    verdict,
    brokenLink: verdict === 'failed' ? (link?.link ?? null) : null,
    reason,
    nextStep: nextStepOf(verdict, link, judged),
    // Workload rules are ours alone: an endpoint that knows nothing of them does not disagree.
    disagreement: link?.link !== 'workloads' && disagrees(facts.reported, verdict),
    chain,
    coverage: coverageOf(chain),
    brokenEvents: judged.flatMap((one) => one.brokenEvents),
    brokenIma: judged.flatMap((one) => one.brokenIma),
    location,
    workloads: placed.workloads,
    hostClass,
    doubtSinceMs,
    heldSinceMs,
  };
};

const nextStepOf = (verdict: Verdict, link: AppraisedLink | null, judged: readonly LinkJudgement[]): string | null => {
  if (verdict === 'inconclusive') return 'See what was not evaluated, and provide evidence or reference values for it.';
  if (verdict !== 'failed') return null;
  if (link === null) return 'Write a class for this host into the manifest, or find out why the host is here.';
  return judged.find((one) => one.link === link.link)?.nextStep ?? NEXT_STEP[link.link];
};

export const chainVerdicts = (chain: readonly AppraisedLink[]): LinkVerdict[] => chain.map((link) => link.verdict);
