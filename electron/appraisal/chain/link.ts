import type { Check, CheckCode } from '../../../shared/model/check.ts';
import type { Link, LinkVerdict } from '../../../shared/model/verdict.ts';

/** A measured event or file that broke a link, with what would have been right. */
export type Broken = {
  readonly index: number;
  readonly link: Link;
  readonly reason: string;
  readonly expected: readonly string[];
  /** Of a measured file. */
  readonly path?: string | undefined;
  /** What was measured, where it was held against a reference. */
  readonly digest?: string | undefined;
};

/**
 * Why a link is not trusted, for rules to go by. `tampered`: the evidence contradicts itself or its quote, which no rule waives. `race`: the
 * same, in a way that an honest host can look for a moment. `differs`: not what the reference values say. `absent`: the host has nothing
 * there. `no-reference`: nobody has said what is good. `open`: could not be judged for another reason. `none`: nothing is wrong.
 */
export const CAUSES = ['none', 'tampered', 'race', 'differs', 'absent', 'no-reference', 'open'] as const;
export type Cause = (typeof CAUSES)[number];

/** The judgement of one link before the links are put together. */
export type LinkJudgement = {
  readonly link: Link;
  readonly verdict: LinkVerdict;
  readonly cause: Cause;
  /** Full sentence. */
  readonly reason: string;
  readonly basis: readonly string[];
  readonly notEvaluated: readonly string[];
  readonly brokenEvents: readonly Broken[];
  readonly brokenIma: readonly Broken[];
  /** What to do, where it differs from what a change at this link usually asks for. */
  readonly nextStep: string | null;
};

export type JudgementParts = Partial<Pick<LinkJudgement, 'cause' | 'basis' | 'notEvaluated' | 'brokenEvents' | 'brokenIma' | 'nextStep'>>;

/** The strictest that fits: a failure is waived only where the judge says that it may be. */
const USUAL_CAUSE: Readonly<Record<LinkVerdict, Cause>> = {
  trusted: 'none',
  'not-required': 'none',
  failed: 'tampered',
  inconclusive: 'open',
};

export const judgement = (link: Link, verdict: LinkVerdict, reason: string, parts: JudgementParts = {}): LinkJudgement => ({
  link,
  verdict,
  cause: parts.cause ?? USUAL_CAUSE[verdict],
  reason,
  basis: parts.basis ?? [],
  notEvaluated: parts.notEvaluated ?? [],
  brokenEvents: parts.brokenEvents ?? [],
  brokenIma: parts.brokenIma ?? [],
  nextStep: parts.nextStep ?? null,
});

/** How a digest appears inside a sentence; the full value is beside it in the evidence. */
export const short = (digest: string): string => (digest.length > 16 ? `${digest.slice(0, 8)}…${digest.slice(-4)}` : digest);

export const checksOf = (checks: readonly Check[], codes: readonly CheckCode[]): Check[] =>
  checks.filter((check) => codes.includes(check.code));
export const firstFailure = (checks: readonly Check[], codes: readonly CheckCode[]): Check | undefined =>
  codes.map((code) => checks.find((check) => check.code === code && check.outcome === 'fail')).find((check) => check !== undefined);
export const notEvaluatedOf = (checks: readonly Check[], codes: readonly CheckCode[]): string[] =>
  checksOf(checks, codes)
    .filter((check) => check.outcome === 'not-evaluated')
    .map((check) => check.message);
export const noticesOf = (checks: readonly Check[], codes: readonly CheckCode[]): string[] =>
  checksOf(checks, codes)
    .filter((check) => check.outcome === 'notice')
    .map((check) => check.message);
