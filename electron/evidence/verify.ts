import { CHECK_CODES, type Check } from '../../shared/model/check.ts';
import { judgeEventLog } from './event-log/checks.ts';
import type { LogCache } from './event-log/kept-logs.ts';
import { checkEndorsement } from './endorsement/checks.ts';
import { judgeGeoTag } from './geo-tag/checks.ts';
import { judgeIma } from './ima/checks.ts';
import { type Report, createReport, fixedCheck } from './report.ts';
import { checkClock } from './tpm/clock.ts';
import { type KeyCache, checkAttestationKey, resolveAttestationKey } from './tpm/key-checks.ts';
import { checkQualifiedSigner } from './tpm/qualified-name.ts';
import { type JudgedQuote, judgeQuote } from './tpm/quote-checks.ts';
import { schemeInWords } from './tpm/signature.ts';
import type { EvidenceInput, EvidenceResult, ImaMode, PcrSelection, QuoteFacts } from './types.ts';

export type VerifyOptions = {
  /** Treat a host without an enrolled key as a failure instead of `not-evaluated`. */
  readonly enrolmentRequired?: boolean;
  /** Default `full`. `fast` leaves out what the quoted PCR 10 covers anyway. */
  readonly imaMode?: ImaMode;
  /** Keeps decoded attestation keys between calls. */
  readonly keyCache?: KeyCache;
  /** Keeps event logs between calls, by content. */
  readonly logCache?: LogCache;
};

const selectionOf = (judged: JudgedQuote): PcrSelection => {
  const selection: PcrSelection = {};
  for (const { bank, pcrs } of judged.selections) if (bank !== null) selection[bank] = pcrs;
  return selection;
};

const quoteFacts = (judged: JudgedQuote, akName: string | null): QuoteFacts | null =>
  judged.attest === null || judged.signature === null
    ? null
    : {
        scheme: schemeInWords(judged.signature),
        schemeName: judged.signature.scheme,
        hash: judged.signature.hash,
        clock: judged.attest.clock,
        selection: selectionOf(judged),
        akName,
      };

const STOPPED: readonly Check[] = CHECK_CODES.map((code) => fixedCheck(code, 'not-evaluated', 'Verification stopped before this check.'));

const judge = (input: EvidenceInput, options: VerifyOptions, report: Report): EvidenceResult => {
  const ak = resolveAttestationKey(input, options.keyCache);
  const judged = judgeQuote(input, ak, report);
  checkAttestationKey(input, ak, options.enrolmentRequired ?? false, report);
  const authentic = report.outcome('signature') === 'pass' && report.outcome('magic') === 'pass';
  checkQualifiedSigner(input, ak, authentic ? (judged.attest?.qualifiedSigner ?? null) : null, report);
  const endorsement = checkEndorsement(input, report);
  checkClock(input, judged.attest, ak, authentic, report);
  const { log, proven, secureBoot } = judgeEventLog(input, judged.quotedPcrs, report, options.logCache);
  const ima = judgeIma(input, judged.quotedPcrs, judged.attest?.clock.resetCount ?? null, options.imaMode ?? 'full', report);
  const geoTag = judgeGeoTag(input, ak, report);
  return {
    verdict: report.failed() ? 'fail' : 'pass',
    checks: report.checks(),
    quote: quoteFacts(judged, ak.area?.name ?? null),
    quotedPcrs: judged.quotedPcrs,
    provenLogPcrs: proven,
    endorsement,
    secureBoot,
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
    const stopped = createReport();
    for (const check of STOPPED) stopped.put(check);
    for (const check of report.checks()) if (check.outcome !== 'not-evaluated') stopped.put(check);
    stopped.add('signature-format', 'fail', `The evidence could not be verified because of a fault in the verifier: ${reason}.`);
    return {
      verdict: 'fail',
      checks: stopped.checks(),
      quote: null,
      quotedPcrs: {},
      provenLogPcrs: [],
      endorsement: null,
      secureBoot: null,
      eventLog: null,
      ima: null,
      geoTag: null,
    };
  }
};
