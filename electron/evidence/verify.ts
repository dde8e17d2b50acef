import { CHECK_CODES, type Check } from '../../shared/model/check.ts';
import { judgeEventLog } from './event-log/checks.ts';
import { checkEndorsement } from './endorsement/checks.ts';
import { judgeGeoTag } from './geo-tag/checks.ts';
import { judgeIma } from './ima/checks.ts';
import { type Report, createReport } from './report.ts';
import { checkClock } from './tpm/clock.ts';
import { type KeyCache, checkAttestationKey, resolveAttestationKey } from './tpm/key-checks.ts';
import { checkQualifiedSigner } from './tpm/qualified-name.ts';
import { type JudgedQuote, judgeQuote } from './tpm/quote-checks.ts';
import { schemeInWords } from './tpm/signature.ts';
import type { EvidenceInput, EvidenceResult, PcrSelection, QuoteFacts } from './types.ts';

export type VerifyOptions = {
  /** Treat a host without an enrolled key as a failure instead of `not-evaluated`. */
  readonly enrolmentRequired?: boolean;
  /** Keeps decoded attestation keys between calls. */
  readonly keyCache?: KeyCache;
};

const selectionOf = (judged: JudgedQuote): PcrSelection => {
  const selection: PcrSelection = {};
  for (const { bank, pcrs } of judged.selections) if (bank !== null) selection[bank] = pcrs;
  return selection;
};

const quoteFacts = (judged: JudgedQuote, akName: string | null): QuoteFacts | null =>
  judged.attest === null || judged.signature === null
    ? null
    : { scheme: schemeInWords(judged.signature), clock: judged.attest.clock, selection: selectionOf(judged), akName };

/** Checks in the order of the list of codes, so that two runs read alike. */
const ordered = (report: Report): readonly Check[] => {
  const rank = new Map<string, number>(CHECK_CODES.map((code, index) => [code, index]));
  return [...report.checks()].sort((a, b) => (rank.get(a.code) ?? 0) - (rank.get(b.code) ?? 0));
};

const judge = (input: EvidenceInput, options: VerifyOptions, report: Report): EvidenceResult => {
  const ak = resolveAttestationKey(input, options.keyCache);
  const judged = judgeQuote(input, ak, report);
  checkAttestationKey(input, ak, options.enrolmentRequired ?? false, report);
  checkQualifiedSigner(input, ak, judged.attest?.qualifiedSigner ?? null, report);
  checkEndorsement(input, report);
  checkClock(input, judged.attest, ak, report.outcome('signature') === 'pass' && report.outcome('magic') === 'pass', report);
  const { log, proven } = judgeEventLog(input, judged.quotedPcrs, report);
  const ima = judgeIma(input, judged.quotedPcrs, report);
  const geoTag = judgeGeoTag(input, ak, report);
  for (const code of CHECK_CODES) if (report.outcome(code) === null) report.add(code, 'not-evaluated', 'Not judged yet.');
  const checks = ordered(report);
  return {
    verdict: checks.some((check) => check.outcome === 'fail') ? 'fail' : 'pass',
    checks,
    quote: quoteFacts(judged, ak.area?.name ?? null),
    quotedPcrs: judged.quotedPcrs,
    provenLogPcrs: proven,
    eventLog: log,
    ima,
    geoTag,
  };
};

/**
 * Verifies one bundle of evidence: quote, keys, clock, event log, IMA list, geo tag. Pure: time, nonce, enrolment and the earlier
 * clock are arguments. Never throws; a fault of our own yields verdict `fail`, so nothing is ever accepted by exception.
 *
 * Every code of `CHECK_CODES` appears once, as `pass`, `fail`, `notice` or `not-evaluated` with the reason. `pass` as verdict means
 * that no check failed, not that all were evaluated: without an enrolled key (`ak-binding` not evaluated) any TPM could have made it.
 */
export const verifyEvidence = (input: EvidenceInput, options: VerifyOptions = {}): EvidenceResult => {
  const report = createReport();
  try {
    return judge(input, options, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown fault';
    report.add('signature-format', 'fail', `The evidence could not be verified because of a fault in the verifier: ${reason}.`);
    for (const code of CHECK_CODES)
      if (report.outcome(code) === null) report.add(code, 'not-evaluated', 'Verification stopped before this check.');
    return {
      verdict: 'fail',
      checks: ordered(report),
      quote: null,
      quotedPcrs: {},
      provenLogPcrs: [],
      eventLog: null,
      ima: null,
      geoTag: null,
    };
  }
};
