import type { ReportedVerdict, Verdict } from '../../shared/model/verdict.ts';
import type { Check } from '../../shared/model/check.ts';

/** A moment inside a sentence: UTC, to the second. */
export const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const HEAD: Readonly<Record<Verdict, string>> = {
  trusted: 'is true to its hardware root of trust',
  failed: 'is not trusted',
  stale: 'was trusted, but its evidence is too old',
  inconclusive: 'cannot be judged',
};

/** The part of a reason before its colon: "Boot loader changed". The rest is detail. */
const gist = (reason: string): string => {
  const first = reason.split(/(?<=\.)\s|: /, 1)[0] ?? reason;
  const sentence = first.endsWith('.') ? first : `${first}.`;
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
};

/** The host's verdict in one sentence. */
export const headline = (name: string, verdict: Verdict, reason: string): string =>
  verdict === 'trusted' ? `${name} ${HEAD.trusted}.` : `${name} ${HEAD[verdict]}: ${gist(reason)}`;

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const verifiedSentence = (checks: readonly Check[], verdict: Verdict): string => {
  const counted = { pass: 0, fail: 0, notice: 0, 'not-evaluated': 0 };
  for (const check of checks) counted[check.outcome] += 1;
  if (checks.length === 0) return 'We have no fresh evidence to verify.';
  const open = counted['not-evaluated'] > 0 ? `, ${counted['not-evaluated']} not evaluated` : '';
  const failed = counted.fail > 0 ? `, ${counted.fail} failed` : '';
  if (verdict === 'failed' && counted.fail === 0) {
    return `Our verification says failed: the evidence is genuine (${plural(counted.pass, 'check', 'checks')} passed${open}), and what it shows is not allowed.`;
  }
  return `Our verification says ${verdict}: ${plural(counted.pass, 'check', 'checks')} passed${failed}${open}.`;
};

export const disagreementSentence = (reported: ReportedVerdict, reason: string): string =>
  reported === 'trusted'
    ? `The endpoint calls this host trusted; its own evidence says otherwise. ${reason}`
    : 'The endpoint calls this host failed; the evidence that we fetched ourselves holds.';
