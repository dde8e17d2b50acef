import { judgement, type LinkJudgement } from '../chain/link.ts';
import type { HostFacts, Placement } from '../facts-schema.ts';
import { globMatches } from '../manifest/glob.ts';
import { askHost } from '../manifest/host-query.ts';
import type { Manifest, Policy, WorkloadRule } from '../manifest/manifest.ts';
import type { AppraisedLocation } from '../position.ts';
import { isAllowed, isAtLeast } from './place.ts';

export type AppraisedWorkload = {
  readonly name: string;
  readonly image: string | null;
  /** Whether any rule names it. */
  readonly ruled: boolean;
  /** null = no rule, or a rule could not be judged. */
  readonly allowed: boolean | null;
  readonly reason: string;
};

type Judged = { readonly allowed: boolean | null; readonly reason: string };

const FORGED_TAG =
  'Find out why the host presents a geo tag that its own TPM does not certify for this question. Until then its place is unknown.';

const wordsOf = (rule: { readonly places: readonly string[] | null; readonly countries: readonly string[] | null }): string =>
  [...(rule.places ?? []), ...(rule.countries ?? [])].join(', ');
const placeOf = (location: AppraisedLocation): string => location.subdivision ?? location.country ?? location.site ?? 'an unknown place';

/** Every part of a rule that does not hold, worst first. */
const judgeRule = (placement: Placement, rule: WorkloadRule, facts: HostFacts, location: AppraisedLocation, manifest: Manifest): Judged => {
  const where = isAllowed(location, manifest, rule);
  if (where === 'outside') return { allowed: false, reason: `Runs in ${placeOf(location)}; allowed only in ${wordsOf(rule)}.` };
  const chosen = rule.hosts === null ? 'yes' : askHost(rule.hosts, facts, location);
  if (chosen === 'no') return { allowed: false, reason: `Runs on a host that the rule does not choose: ${rule.hosts}` };
  if (rule.images !== null && placement.image !== null && !rule.images.some((image) => globMatches(image, placement.image ?? '')))
    return { allowed: false, reason: `Runs from an image that the rule does not name: ${placement.image}` };
  if (rule.encrypted === 'required' && placement.encrypted === false)
    return { allowed: false, reason: 'Its image is not encrypted; the manifest requires that.' };
  if (where === 'unknown') return { allowed: null, reason: `Allowed only in ${wordsOf(rule)}; where this host is, is not known.` };
  if (chosen === 'unknown') return { allowed: null, reason: `The rule chooses its hosts by what is not known of this one: ${rule.hosts}` };
  if (!isAtLeast(location.assurance, rule.minimumAssurance))
    return { allowed: null, reason: `Its place must be ${rule.minimumAssurance}; it is only ${location.assurance}.` };
  if (rule.images !== null && placement.image === null)
    return { allowed: null, reason: 'The manifest names its images, and which one runs is not known.' };
  if (rule.encrypted === 'required' && placement.encrypted === null)
    return { allowed: null, reason: 'The manifest requires an encrypted image, and nobody says whether it is.' };
  return { allowed: true, reason: wordsOf(rule) === '' ? 'As the manifest allows.' : `Allowed in ${placeOf(location)}.` };
};

const worst = (all: readonly Judged[]): Judged =>
  all.find((one) => one.allowed === false) ??
  all.find((one) => one.allowed === null) ??
  all[0] ?? { allowed: null, reason: 'No rule names this workload.' };

/** Where the host itself may be, by its class. Null = the class has no rule about it. */
const judgeHost = (location: AppraisedLocation, policy: Policy, manifest: Manifest): Judged | null => {
  const { places, minimumAssurance } = policy.location;
  if (places === null && minimumAssurance === 'unknown') return null;
  const where = isAllowed(location, manifest, { places, countries: null });
  const may = places?.join(', ') ?? 'anywhere';
  if (where === 'outside') return { allowed: false, reason: `The host is in ${placeOf(location)}; it may only be in ${may}.` };
  if (where === 'unknown') return { allowed: null, reason: `The host may only be in ${may}, and where it is, is not known.` };
  if (!isAtLeast(location.assurance, minimumAssurance))
    return { allowed: null, reason: `The place of the host must be ${minimumAssurance}; it is only ${location.assurance}.` };
  return {
    allowed: true,
    reason: places === null ? 'The place of the host is known as it must be.' : `The host is where it may be (${may}).`,
  };
};

/**
 * The host's place and its workloads against the manifest. Placements are reported by the endpoint, not measured, and a tag is
 * provisioned: what holds here holds as far as these are believed.
 */
export const decideWorkloads = (
  facts: HostFacts,
  location: AppraisedLocation,
  policy: Policy,
  manifest: Manifest,
): { readonly link: LinkJudgement; readonly workloads: readonly AppraisedWorkload[] } => {
  const workloads = facts.workloads.map((placement): AppraisedWorkload => {
    const rules = manifest.workloads.filter((rule) => globMatches(rule.name, placement.name));
    const outcome = worst(rules.map((rule) => judgeRule(placement, rule, facts, location, manifest)));
    return { name: placement.name, image: placement.image, ruled: rules.length > 0, ...outcome };
  });
  const basis = [`${workloads.length} workloads reported by the endpoint`, `Location ${placeOf(location)} (${location.assurance})`];
  if (location.contradiction !== null) basis.push(location.contradiction);
  const notEvaluated = workloads.length > 0 ? ['That the containers running are the ones reported: not measured.'] : [];
  const parts = { basis, notEvaluated };
  const done = (link: LinkJudgement): { readonly link: LinkJudgement; readonly workloads: readonly AppraisedWorkload[] } => ({
    link,
    workloads,
  });
  const host = judgeHost(location, policy, manifest);
  const abroad = workloads.find((workload) => workload.allowed === false);
  if (abroad) {
    const reason = `Workload ${abroad.name} runs where it may not: ${abroad.reason.charAt(0).toLowerCase()}${abroad.reason.slice(1)}`;
    return done(judgement('workloads', 'failed', reason, { cause: 'differs', ...parts }));
  }
  if (facts.tagProblem?.forged === true)
    return done(
      judgement('workloads', 'failed', `The geo tag is not this host's own: ${facts.tagProblem.message}`, {
        ...parts,
        nextStep: FORGED_TAG,
      }),
    );
  if (host?.allowed === false) return done(judgement('workloads', 'failed', host.reason, { cause: 'differs', ...parts }));
  if (facts.workloadsUnread > 0 && manifest.workloads.length > 0) {
    const reason = `${facts.workloadsUnread} further workloads of the host could not be read, so no rule was held against them.`;
    return done(judgement('workloads', 'inconclusive', reason, parts));
  }
  const ruled = workloads.filter((one) => one.ruled);
  if (ruled.length === 0 && host === null) {
    const reason = workloads.length === 0 ? 'The endpoint reports no workloads.' : 'No rule names the workloads of this host.';
    return done(judgement('workloads', 'not-required', reason, parts));
  }
  const open = ruled.find((one) => one.allowed === null);
  if (open) return done(judgement('workloads', 'inconclusive', `Workload ${open.name} cannot be judged: ${open.reason}`, parts));
  if (host?.allowed === null) return done(judgement('workloads', 'inconclusive', host.reason, parts));
  const trusted = ruled.length === 0 && host !== null ? host.reason : 'Every workload with a rule runs where it may.';
  return done(judgement('workloads', 'trusted', trusted, parts));
};
