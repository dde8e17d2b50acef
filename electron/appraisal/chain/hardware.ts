import type { CheckCode } from '../../../shared/model/check.ts';
import type { EvidenceResult } from '../../evidence/types.ts';
import { firstFailure, judgement, type LinkJudgement, noticesOf, notEvaluatedOf, short } from './link.ts';

/** In the order in which a reader should hear of them: identity first, then the quote, then its contents. */
const CODES: readonly CheckCode[] = [
  'ak-binding',
  'ak-mismatch',
  'ak-attributes',
  'signature-format',
  'signature',
  'signature-hash',
  'magic',
  'attest-type',
  'attest-trailing',
  'nonce',
  'pcr-selection',
  'pcr-digest',
  'clock-rollback',
  'qualified-signer',
  'ek-mismatch',
  'ek-certificate',
  'ek-chain',
  'ek-revocation',
];

const PLAIN: Partial<Record<CheckCode, string>> = {
  'ak-binding': 'The quote does not come from the attestation key this host was enrolled with.',
  'ak-mismatch': 'The attestation key in two forms is not the same key.',
  'ak-attributes': 'The attestation key is not restricted to its TPM; such a key can sign anything.',
  'signature-format': 'The signature of the quote cannot be read.',
  signature: 'The quote is not signed by the enrolled attestation key.',
  'signature-hash': 'The quote is signed with another hash than the attestation key uses.',
  magic: 'The signed structure was not made by a TPM.',
  'attest-type': 'What was signed is not a quote.',
  'attest-trailing': 'The quote carries bytes that do not belong to it.',
  nonce: 'The quote does not answer our question: it was made for another nonce, so it may be a replay.',
  'pcr-selection': 'The quote leaves out registers that must be in it.',
  'pcr-digest': 'The register values that the host reports are not those the TPM signed.',
  'clock-rollback': 'The TPM went back since the last accepted quote: its clock, its reset counter or its firmware.',
  'ek-mismatch': 'The endorsement certificate belongs to another TPM.',
  'ek-certificate': 'The endorsement certificate cannot be that of a sound TPM.',
  'ek-chain': 'The endorsement certificate does not chain to a trusted manufacturer.',
  'ek-revocation': 'The maker, or an issuer above it, has revoked the endorsement certificate.',
};

export type PinnedIdentity = {
  readonly previousAkName: string | null;
  readonly akName: string | null;
  readonly previousEkSha256: string | null;
  readonly ekSha256: string | null;
  /** Another host that answers with the same TPM at this time, by name; null = none. */
  readonly sharedWith: string | null;
};

/**
 * Hardware: the quote is fresh, made by a TPM, and by the TPM that was enrolled.
 * Does not prove that the TPM is soldered to this host, nor (without manufacturer roots) who made it.
 */
export const judgeHardware = (evidence: EvidenceResult, identity: PinnedIdentity): LinkJudgement => {
  const { checks } = evidence;
  // A key given in one form only has nothing to be compared with, and a path that was not followed has nothing to be revoked: no gaps of
  // their own.
  const followed = checks.some((check) => check.code === 'ek-chain' && check.outcome !== 'not-evaluated');
  const notEvaluated = notEvaluatedOf(
    checks,
    CODES.filter((code) => code !== 'ak-mismatch' && (followed || code !== 'ek-revocation')),
  );
  const basis = [
    evidence.quote ? `Quote signed with ${evidence.quote.scheme}` : 'No readable quote',
    ...noticesOf(checks, [...CODES, 'reboot-detected']),
  ];
  if (identity.previousEkSha256 !== null && identity.ekSha256 !== null && identity.previousEkSha256 !== identity.ekSha256) {
    return judgement(
      'hardware',
      'failed',
      `The TPM was exchanged: its endorsement key is ${short(identity.ekSha256)}, and this host was first seen with ${short(identity.previousEkSha256)}.`,
      { basis, notEvaluated },
    );
  }
  const failure = firstFailure(checks, CODES);
  if (failure)
    return judgement('hardware', 'failed', PLAIN[failure.code] ?? failure.message, { basis: [failure.message, ...basis], notEvaluated });
  if (identity.previousAkName !== null && identity.akName !== null && identity.previousAkName !== identity.akName) {
    if (identity.ekSha256 === null || identity.ekSha256 !== identity.previousEkSha256) {
      const reason = 'The attestation key changed, and nothing shows that the new one belongs to the same TPM.';
      return judgement('hardware', 'inconclusive', reason, {
        basis,
        notEvaluated: ['Endorsement key: not given by the endpoint.', ...notEvaluated],
      });
    }
    basis.push(`The attestation key was renewed on the same TPM: ${short(identity.previousAkName)} before, ${short(identity.akName)} now.`);
  }
  if (checks.some((check) => check.code === 'ak-binding' && check.outcome === 'not-evaluated')) {
    return judgement('hardware', 'inconclusive', 'Nobody vouches that this attestation key belongs to this host.', { basis, notEvaluated });
  }
  if (identity.sharedWith !== null) {
    return judgement(
      'hardware',
      'inconclusive',
      `The same TPM also answers as ${identity.sharedWith}; one of the two is not the machine it says it is.`,
      { basis, notEvaluated },
    );
  }
  if (!evidence.quote) return judgement('hardware', 'inconclusive', 'There is no quote to judge.', { basis, notEvaluated });
  return judgement('hardware', 'trusted', 'A fresh quote, signed by the TPM this host was enrolled with.', { basis, notEvaluated });
};
