import type { Check } from '../../shared/model/check.ts';
import type { ReportedVerdict } from '../../shared/model/verdict.ts';
import type { Broken } from '../appraisal/chain/link.ts';
import { chainVerdicts } from '../appraisal/decide/decide.ts';
import type { DecidedColumns } from '../store/records.ts';
import type { KeptDetail } from './kept-detail.ts';
import { disagreementSentence, headline, verifiedSentence } from './sentences.ts';
import type { Judged } from './standing.ts';

/** The part of a host's record that a manifest decides. */
export const decidedColumns = ({ appraisal, verdict, reason, disagreement, silent }: Judged): DecidedColumns => {
  const { country, subdivision, site, assurance, source } = appraisal.location;
  return {
    verdict,
    verified: verdict,
    disagreement,
    brokenLink: verdict === 'failed' ? appraisal.brokenLink : null,
    reason,
    chain: chainVerdicts(appraisal.chain),
    location: { country, subdivision, site, assurance, source },
    silent,
    policyClass: appraisal.hostClass.name,
    coverage: appraisal.coverage,
    maxAgeMs: appraisal.hostClass.policy.maxEvidenceAgeMs,
  };
};

type DecidedDetail = Pick<
  KeptDetail['detail'],
  | 'sentence'
  | 'nextStep'
  | 'chain'
  | 'verifiedSentence'
  | 'disagreementSentence'
  | 'workloads'
  | 'policyClass'
  | 'coverage'
  | 'locationSource'
>;

/** The part of a host's page that a manifest decides. */
export const decidedDetail = (name: string, reported: ReportedVerdict, checks: readonly Check[], judged: Judged): DecidedDetail => {
  const { appraisal, verdict, reason, disagreement } = judged;
  const { hostClass, location } = appraisal;
  return {
    sentence: headline(name, verdict, reason),
    nextStep: appraisal.nextStep,
    chain: appraisal.chain.map(({ cause: _cause, ...link }) => ({ ...link, basis: [...link.basis], notEvaluated: [...link.notEvaluated] })),
    verifiedSentence: verifiedSentence(checks, verdict),
    disagreementSentence: disagreement ? disagreementSentence(reported, reason) : null,
    workloads: appraisal.workloads.map((workload) => ({ ...workload })),
    policyClass: { name: hostClass.name, why: hostClass.why },
    coverage: { ...appraisal.coverage },
    locationSource: { source: location.source, contradiction: location.contradiction },
  };
};

const kept = ({ path: _path, digest: _digest, ...broken }: Broken): KeptDetail['brokenEvents'][number] => ({
  ...broken,
  expected: [...broken.expected],
});

type Brokens = Pick<KeptDetail, 'brokenEvents' | 'brokenIma'>;
export const decidedBreaks = ({ appraisal }: Judged): Brokens => ({
  brokenEvents: appraisal.brokenEvents.map(kept),
  brokenIma: appraisal.brokenIma.map(kept),
});
