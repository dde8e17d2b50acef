import type { Check, CheckCode } from '../../shared/model/check.ts';
import type { ReferenceValues } from '../../shared/model/reference-values.ts';
import type { Problem } from '../../shared/model/result.ts';
import { disagrees, type Link, LINKS, type LinkVerdict, type ReportedVerdict, type Verdict } from '../../shared/model/verdict.ts';
import type { EvidenceResult } from '../evidence/types.ts';
import { judgeHardware, type PinnedIdentity } from './chain/hardware.ts';
import { type Broken, judgement, type LinkJudgement } from './chain/link.ts';
import { judgeMeasuredBoot } from './chain/measured-boot.ts';
import { judgeRuntime } from './chain/runtime.ts';
import { type AppraisedWorkload, judgeWorkloads, type Placement } from './chain/workloads.ts';
import { type AppraisedLocation, appraiseLocation } from './location.ts';
import type { Manifest } from './manifest/manifest.ts';

export type AppraisalInput = {
  /** Verified evidence, or why there is none. */
  readonly evidence: { readonly kind: 'verified'; readonly result: EvidenceResult } | { readonly kind: 'none'; readonly problem: Problem };
  readonly reported: ReportedVerdict;
  /** Why there is no geo tag although one is announced; null where none is announced or it came. */
  readonly geoProblem?: string | null;
  readonly claims: {
    readonly country: string | null;
    readonly subdivision: string | null;
    readonly site: string | null;
    readonly workloads: readonly Placement[];
  };
  readonly identity: PinnedIdentity;
  readonly reference: ReferenceValues;
  /** How many IMA entries the last quote of this boot covered, where it left some uncovered; null where it did not. */
  readonly heldImaAt?: number | null;
  readonly manifest: Manifest;
};

export type AppraisedLink = Omit<LinkJudgement, 'brokenEvents' | 'brokenIma' | 'nextStep'> & { readonly believable: boolean };

export type Appraisal = {
  readonly verdict: Verdict;
  readonly brokenLink: Link | null;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly nextStep: string | null;
  readonly disagreement: boolean;
  readonly chain: readonly AppraisedLink[];
  readonly checks: readonly Check[];
  readonly brokenEvents: readonly Broken[];
  readonly brokenIma: readonly Broken[];
  readonly location: AppraisedLocation;
  readonly workloads: readonly AppraisedWorkload[];
};

const NEXT_STEP: Readonly<Record<Link, string>> = {
  hardware: 'Treat the host as not trusted. Check that the machine and its TPM are the enrolled ones, then enrol it again if they are.',
  firmware: 'Ask whether a firmware update was planned. If it was, approve the new values; if not, isolate the host.',
  'secure-boot': 'Ask who changed the secure boot settings. Switch secure boot on again and reboot, or isolate the host.',
  'boot-loader': 'Ask whether a boot loader update was planned. If it was, approve the new value; if not, isolate the host.',
  kernel: 'Ask whether a kernel update was planned. If it was, approve the new value; if not, isolate the host.',
  runtime: 'Find out where the program came from. If it belongs there, add it to the runtime policy; if not, isolate the host.',
  'container-engine': 'Ask whether the container engine was updated. If it was, add it to the runtime policy; if not, isolate the host.',
  orchestrator: 'Ask whether the orchestrator was updated. If it was, add it to the runtime policy; if not, isolate the host.',
  workloads: 'Move the workload to an allowed place, or change the rule if the place should be allowed.',
};

const NO_QUOTE = 'Not judged: the quote does not hold, so nothing that was measured can be believed.';

const FORGED_TAG =
  'Find out why the host presents a geo tag that its own TPM does not certify for this question. Until then its place is unknown.';

const LINK_OF_CHECK: Readonly<Record<CheckCode, Link>> = {
  signature: 'hardware',
  'signature-format': 'hardware',
  'signature-hash': 'hardware',
  magic: 'hardware',
  'attest-type': 'hardware',
  'attest-trailing': 'hardware',
  nonce: 'hardware',
  'pcr-selection': 'hardware',
  'pcr-digest': 'hardware',
  'ak-attributes': 'hardware',
  'ak-mismatch': 'hardware',
  'ak-binding': 'hardware',
  'qualified-signer': 'hardware',
  'ek-mismatch': 'hardware',
  'ek-certificate': 'hardware',
  'ek-chain': 'hardware',
  'ek-revocation': 'hardware',
  'clock-rollback': 'hardware',
  'reboot-detected': 'hardware',
  'log-missing': 'firmware',
  'log-parse': 'firmware',
  'log-replay': 'firmware',
  'log-banks': 'firmware',
  'event-type': 'secure-boot',
  'event-data-digest': 'firmware',
  'secure-boot-state': 'secure-boot',
  'ima-template-hash': 'runtime',
  'ima-replay': 'runtime',
  'ima-partial': 'runtime',
  'ima-missing': 'runtime',
  'ima-parse': 'runtime',
  'ima-violation': 'runtime',
  'ima-signature': 'runtime',
  'boot-aggregate': 'runtime',
  'geo-type': 'workloads',
  'geo-signer': 'workloads',
  'geo-nonce': 'workloads',
  'geo-index': 'workloads',
};

/** No check may fail unheard: where no link took a failure up, the link that the check belongs to fails with the check's own words. */
const consumeFailures = (judged: readonly LinkJudgement[], checks: readonly Check[]): LinkJudgement[] => {
  const unheard = checks.find((check) => check.outcome === 'fail');
  if (!unheard || judged.some((link) => link.verdict === 'failed')) return [...judged];
  return judged.map((link) =>
    link.link === LINK_OF_CHECK[unheard.code]
      ? { ...link, verdict: 'failed', reason: unheard.message, basis: [unheard.message, ...link.basis] }
      : link,
  );
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

const verdictOf = (chain: readonly AppraisedLink[]): { verdict: Verdict; link: AppraisedLink | null } => {
  const failed = chain.find((link) => link.verdict === 'failed');
  if (failed) return { verdict: 'failed', link: failed };
  const open = chain.find((link) => link.verdict === 'inconclusive');
  return open ? { verdict: 'inconclusive', link: open } : { verdict: 'trusted', link: null };
};

/**
 * Checks, reference values and manifest in; verdict out. Pure: the same function serves live polling, "what if" and "as of".
 * A host is trusted only when every link is trusted or not required; what was not evaluated is inconclusive.
 * Without evidence the result is inconclusive; whether that means stale is for the caller, who knows the past.
 */
export const appraise = (input: AppraisalInput): Appraisal => {
  const { evidence, claims, reference, manifest } = input;
  if (evidence.kind === 'none') {
    const chain = LINKS.map((link) => ({
      ...judgement(link, 'inconclusive', evidence.problem.message, { notEvaluated: ['No evidence.'] }),
      believable: true,
    }));
    const location = appraiseLocation(null, claims, null);
    return {
      verdict: 'inconclusive',
      brokenLink: null,
      reason: evidence.problem.message,
      nextStep: evidence.problem.nextStep,
      disagreement: false,
      chain,
      checks: [],
      brokenEvents: [],
      brokenIma: [],
      location,
      workloads: judgeWorkloads(claims.workloads, manifest, location).workloads,
    };
  }
  const { result } = evidence;
  const forged = result.checks.find((check) => check.code.startsWith('geo-') && check.outcome === 'fail');
  const location = appraiseLocation(result.geoTag, claims, forged?.message ?? input.geoProblem ?? null);
  const placed = judgeWorkloads(claims.workloads, manifest, location);
  const place =
    forged && placed.link.verdict !== 'failed'
      ? judgement('workloads', 'failed', `The geo tag is not this host's own: ${forged.message}`, {
          basis: placed.link.basis,
          nextStep: FORGED_TAG,
        })
      : placed.link;
  const judged = [
    judgeHardware(result, input.identity),
    ...judgeMeasuredBoot(result, reference.measuredBoot),
    ...judgeRuntime(result, reference.runtime, input.heldImaAt ?? null),
    place,
  ];
  const chain = putTogether(consumeFailures(judged, result.checks));
  const { verdict, link } = verdictOf(chain);
  return {
    verdict,
    brokenLink: verdict === 'failed' ? (link?.link ?? null) : null,
    reason: link?.reason ?? 'Every link of the chain is true, from the hardware up.',
    nextStep:
      verdict === 'failed' && link
        ? (judged.find((one) => one.link === link.link)?.nextStep ?? NEXT_STEP[link.link])
        : verdict === 'inconclusive'
          ? 'See what was not evaluated, and provide evidence or reference values for it.'
          : null,
    // Workload rules are ours alone: an endpoint that knows nothing of them does not disagree.
    disagreement: link?.link !== 'workloads' && disagrees(input.reported, verdict),
    chain,
    checks: result.checks,
    brokenEvents: judged.flatMap((one) => one.brokenEvents),
    brokenIma: judged.flatMap((one) => one.brokenIma),
    location,
    workloads: placed.workloads,
  };
};

export const chainVerdicts = (chain: readonly AppraisedLink[]): LinkVerdict[] => chain.map((link) => link.verdict);
