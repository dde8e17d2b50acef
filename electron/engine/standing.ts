import { createHash } from 'node:crypto';
import { z } from 'zod';
import { VERDICTS, type Verdict } from '../../shared/model/verdict.ts';
import { type Appraisal, type Before, decide } from '../appraisal/decide/decide.ts';
import { type HostFacts, hostFactsSchema } from '../appraisal/facts-schema.ts';
import type { Manifest } from '../appraisal/manifest/manifest.ts';
import type { Pulse } from '../store/records.ts';
import { utc } from './sentences.ts';

const timeMs = z.number().int();
const beforeSchema = z
  .object({ atMs: timeMs, verdict: z.enum(VERDICTS).nullable(), doubtSinceMs: timeMs.nullable(), heldSinceMs: timeMs.nullable() })
  .readonly();

/** What was known of a host at one observation, and what was known before it: enough to decide again under any manifest. */
const momentSchema = z.object({ facts: hostFactsSchema, before: beforeSchema, receivedAtMs: timeMs.nullable() }).readonly();
type Moment = z.output<typeof momentSchema>;

/** Where a host stands: the last observation, and the last one that brought evidence where that is another. */
export const standingSchema = z.object({ now: momentSchema, last: momentSchema.nullable() }).readonly();
export type Standing = z.output<typeof standingSchema>;

/** Reads what this engine wrote earlier, with the times of the last confirmation. Null for a shape of another version. */
export const readStanding = (text: string | null, pulse: Pulse | null): Standing | null => {
  if (text === null) return null;
  try {
    const parsed = standingSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { now } = parsed.data;
    if (pulse === null || now.facts.missing !== null) return parsed.data;
    const receivedAtMs = pulse.evidenceAtMs ?? now.receivedAtMs;
    return { ...parsed.data, now: { ...now, receivedAtMs, before: { ...now.before, atMs: pulse.seenAtMs } } };
  } catch {
    return null;
  }
};

export const standingAfter = (facts: HostFacts, before: Before, receivedAtMs: number | null, earlier: Standing | null): Standing => {
  const now = { facts, before, receivedAtMs };
  if (facts.missing === null) return { now, last: null };
  const last = earlier === null ? null : earlier.now.facts.missing === null ? earlier.now : earlier.last;
  return { now, last };
};

export type Judged = {
  /** Whose chain, checks and broken events are shown. */
  readonly appraisal: Appraisal;
  readonly verdict: Verdict;
  readonly reason: string;
  /** True where the appraisal is that of earlier evidence. */
  readonly ofLast: boolean;
  readonly disagreement: boolean;
  /** True where the last observation brought no evidence. */
  readonly silent: boolean;
  /** What was decided by. */
  readonly facts: HostFacts;
};

/** Doubt goes on while a host is silent: what only time decides is decided as of now, and time never makes a host better. */
const lastAsOf = (last: Moment, manifest: Manifest, atMs: number): Appraisal => {
  const then = decide(last.facts, manifest, last.before);
  if (then.verdict !== 'inconclusive') return then;
  const { doubtSinceMs, heldSinceMs } = then;
  const now = decide(last.facts, manifest, { ...last.before, atMs: Math.max(atMs, last.before.atMs), doubtSinceMs, heldSinceMs });
  return now.verdict === 'failed' ? now : then;
};

/**
 * What a manifest makes of where a host stands. A host that cannot be asked keeps a failure, past trust grows stale, anything else is open:
 * going silent never improves a verdict. The same for live polling, "what if" and "as of".
 */
export const judgeStanding = ({ now, last }: Standing, manifest: Manifest): Judged => {
  const appraisal = decide(now.facts, manifest, now.before);
  if (now.facts.missing === null)
    return {
      appraisal,
      verdict: appraisal.verdict,
      reason: appraisal.reason,
      ofLast: false,
      disagreement: appraisal.disagreement,
      silent: false,
      facts: now.facts,
    };
  const earlier = last === null ? null : lastAsOf(last, manifest, now.before.atMs);
  if (earlier?.verdict === 'failed' && last !== null)
    return {
      appraisal: earlier,
      verdict: 'failed',
      reason: earlier.reason,
      ofLast: true,
      disagreement: false,
      silent: true,
      facts: last.facts,
    };
  const silent = { appraisal, ofLast: false, disagreement: false, silent: true, facts: now.facts };
  if (earlier?.verdict === 'trusted' && last?.receivedAtMs !== null && last?.receivedAtMs !== undefined) {
    const reason = `Cannot be asked; last trusted at ${utc(last.receivedAtMs)}. ${appraisal.reason}`;
    return { ...silent, verdict: 'stale', reason };
  }
  return { ...silent, verdict: appraisal.verdict, reason: appraisal.reason };
};

/** What of a standing decides: two standings with the same digest are the same to every manifest, but for times and counts. */
export const decisiveDigest = ({ now: { facts } }: Standing): string => {
  const { host, locationToken, reported, missing, quote, links, runtime, secureBootOn, commandLines, failures, locations } = facts;
  const { tagProblem, workloads, workloadsUnread } = facts;
  const decisive = [
    [host.name, host.endpoint, host.address, host.hostClass, host.labels, host.ekSha256],
    locationToken,
    reported,
    missing === null,
    quote,
    links.map(({ link, verdict, cause }) => [link, verdict, cause]),
    runtime && [runtime.hasReference, runtime.notJudged],
    runtime?.tallies.map(({ link, counted, judged, violations, broken, more }) => [
      link,
      counted > 0,
      judged > 0,
      violations,
      broken.map(({ path, reason }) => path ?? reason),
      more > 0,
    ]),
    secureBootOn,
    commandLines,
    failures.map(({ code }) => code),
    locations,
    tagProblem?.forged,
    workloads,
    workloadsUnread > 0,
  ];
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 32);
};
