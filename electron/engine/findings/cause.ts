import { createHash } from 'node:crypto';
import type { CheckCode } from '../../../shared/model/check.ts';
import type { FindingKind } from '../../../shared/contract/finding-schemas.ts';
import type { Link } from '../../../shared/model/verdict.ts';
import type { Broken } from '../../appraisal/chain/link.ts';
import { LINK_OF_CHECK } from '../../appraisal/decide/words.ts';
import type { HostFacts } from '../../appraisal/facts-schema.ts';
import type { Judged } from '../standing.ts';

/** What broke on a host, with nothing in it that says which host. */
export type WhatBroke = {
  /** The first broken link. */
  readonly link: Link | null;
  readonly failedLinks: readonly Link[];
  readonly measured: readonly Pick<Broken, 'digest' | 'path'>[];
  readonly checks: readonly CheckCode[];
  readonly workloads: readonly string[];
  /** Why links differ from what they should be, in words, where no event or file says it. */
  readonly words: readonly string[];
  /** Why, as a whole: counts only where nothing else does. */
  readonly reason: string;
};

/** Moments and numbers that differ from host to host although the same thing is meant. */
const withoutHost = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| UTC)?/gu, 'then').replace(/ \d+ more like it\./gu, '');
/** Of a key or register, which is another on every host. */
const withoutDigests = (text: string): string => text.replace(/[0-9a-f]{8}…[0-9a-f]{4}/gu, 'a digest');

const shortHash = (parts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([...new Set(parts)].sort()))
    .digest('hex')
    .slice(0, 24);

/** The key of a cause that is told by some words alone: an endpoint's name, a contradiction, a next step. */
export const wordsCause = (kind: FindingKind, ...words: readonly string[]): string => `${kind}/${shortHash(words)}`;

/**
 * The key of what broke: the kind, the link, and a digest over everything that broke. Everything and not the first alone, so that a host
 * with one more stranger on it is never taken for one of those that merely got the update; a step for all of a cluster would cover it.
 */
export const brokenCause = (kind: FindingKind, broke: WhatBroke): string => {
  const parts = [
    ...broke.measured.flatMap(({ path, digest }) =>
      path === undefined && digest === undefined ? [] : [`measured ${path ?? ''} ${digest ?? ''}`],
    ),
    ...broke.checks.map((code) => `check ${code}`),
    ...broke.workloads.map((workload) => `workload ${workload}`),
    ...broke.words.map((words) => `words ${withoutHost(words)}`),
  ];
  const said = parts.length > 0 ? parts : [`reason ${withoutDigests(withoutHost(broke.reason))}`];
  return `${kind}/${broke.link ?? 'host'}/${shortHash([...broke.failedLinks.map((link) => `link ${link}`), ...said])}`;
};

/** Sources that contradict each other say the same on every host; a tag that does not count is told with nonces and names of hosts. */
export const contradictionCause = (contradiction: string, { tagProblem, failures }: Pick<HostFacts, 'tagProblem' | 'failures'>): string => {
  if (tagProblem === null) return wordsCause('location-contradiction', contradiction);
  const codes = failures.map((check) => check.code).filter((code) => code.startsWith('geo-'));
  return wordsCause('location-contradiction', tagProblem.forged ? 'forged tag' : 'no tag', ...codes);
};

/** What broke, from what was decided. Below a hardware link that does not hold, nothing that was measured says anything. */
export const whatBroke = ({ appraisal, facts, verdict, reason }: Judged): WhatBroke => {
  const failedLinks = appraisal.chain.filter((one) => one.verdict === 'failed').map((one) => one.link);
  const open = appraisal.chain.find((one) => one.verdict === 'inconclusive');
  const link = verdict === 'failed' ? appraisal.brokenLink : (open?.link ?? null);
  const { subdivision, country } = appraisal.location;
  const where = (text: string): string =>
    subdivision === null || country === null ? text : text.replace(`in ${subdivision};`, () => `in ${country};`);
  const codes = facts.failures.map((check) => check.code);
  if (verdict !== 'failed' || link === 'hardware')
    return {
      link,
      failedLinks,
      measured: [],
      checks: codes.filter((code) => verdict === 'failed' && LINK_OF_CHECK[code] === 'hardware'),
      workloads: [],
      words: [],
      reason,
    };
  const forbidden = appraisal.workloads.filter((one) => one.allowed === false);
  const measured = [...appraisal.brokenEvents, ...appraisal.brokenIma];
  const unsaid = appraisal.chain.filter(
    (one) => one.verdict === 'failed' && one.cause === 'differs' && !measured.some((broken) => broken.link === one.link),
  );
  return {
    link,
    failedLinks,
    measured,
    checks: codes,
    workloads: forbidden.map((one) => `${one.name}: ${where(one.reason)}`),
    words: unsaid.filter((one) => one.link !== 'workloads' || forbidden.length === 0).map((one) => where(one.reason)),
    reason: where(reason),
  };
};

const MINUTE_MS = 60_000;
const spanWords = (ms: number): string => {
  const units = [
    [24 * 60 * MINUTE_MS, 'days'],
    [60 * MINUTE_MS, 'hours'],
    [MINUTE_MS, 'minutes'],
  ] as const;
  for (const [size, word] of units) if (ms > size) return `${Math.ceil(ms / size)} ${word}`;
  return 'a minute';
};

/** A cluster in one sentence: "38 hosts within 2 hours: Boot loader changed." */
export const clusterSentence = (title: string, findings: number, hosts: number, firstAtMs: number, lastAtMs: number): string => {
  const [n, one, many] = hosts > 0 ? [hosts, 'host', 'hosts'] : [findings, 'endpoint', 'endpoints'];
  const within = n > 1 ? ` within ${spanWords(lastAtMs - firstAtMs)}` : '';
  return `${n} ${n === 1 ? one : many}${within}: ${title}.`;
};
