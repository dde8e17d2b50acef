import type { Check, CheckCode } from '../../../shared/model/check.ts';
import type { Link, LinkVerdict } from '../../../shared/model/verdict.ts';

/** A measured event that broke a link, with what would have been right. */
export type Broken = { readonly index: number; readonly link: Link; readonly reason: string; readonly expected: readonly string[] };

/** The judgement of one link before the links are put together. */
export type LinkJudgement = {
  readonly link: Link;
  readonly verdict: LinkVerdict;
  /** Full sentence. */
  readonly reason: string;
  readonly basis: readonly string[];
  readonly notEvaluated: readonly string[];
  readonly brokenEvents: readonly Broken[];
  readonly brokenIma: readonly Broken[];
  /** What to do, where it differs from what a change at this link usually asks for. */
  readonly nextStep: string | null;
};

export type JudgementParts = Partial<Pick<LinkJudgement, 'basis' | 'notEvaluated' | 'brokenEvents' | 'brokenIma' | 'nextStep'>>;

export const judgement = (link: Link, verdict: LinkVerdict, reason: string, parts: JudgementParts = {}): LinkJudgement => ({
  link,
  verdict,
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
