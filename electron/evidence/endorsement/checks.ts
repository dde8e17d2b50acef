import type { Report } from '../report.ts';
import { keyObjectOf, parsePublic } from '../tpm/public.ts';
import type { EvidenceInput } from '../types.ts';
import { parseCertificate } from './certificate.ts';
import { factsOf } from './facts.ts';
import { findPath } from './path.ts';
import { profileOf } from './profile.ts';
import { type Standing, standingOf } from './revocation.ts';
import type { Certificate, EndorsementFacts } from './types.ts';

/**
 * `ek-mismatch`: whether the endorsement certificate is for the endorsement key that the evidence names. It does not tie the
 * attestation key to the endorsement key; credential activation at enrolment does.
 */
const checkMatch = (input: EvidenceInput, certificate: Certificate | null, report: Report): void => {
  if (input.ekCertDer === undefined || input.ekTpm2bPublic === undefined) return;
  const parsed = parsePublic(input.ekTpm2bPublic);
  const key = parsed.ok ? keyObjectOf(parsed.value) : null;
  if (key === null) {
    report.add(
      'ek-mismatch',
      'fail',
      `The endorsement key's TPM2B_PUBLIC cannot be used: ${parsed.ok ? 'its numbers are not a key' : parsed.message}.`,
    );
    return;
  }
  const certified = certificate?.key ?? null;
  if (certified === null)
    report.add(
      'ek-mismatch',
      'not-evaluated',
      'The endorsement certificate cannot be read here, so it was not compared with the endorsement key.',
    );
  else if (certified.equals(key))
    report.add('ek-mismatch', 'pass', 'The endorsement certificate is for the endorsement key that the evidence names.');
  else
    report.add('ek-mismatch', 'fail', 'The endorsement certificate is for another key than the endorsement key that the evidence names.');
};

/**
 * `ek-chain`: the certificate is signed, over at most 8 steps, by a root that the caller trusts (RFC 5280 6.1). A pass
 * says who vouches for the TPM, not which machine it is in.
 */
const checkChain = (input: EvidenceInput, certificate: Certificate, report: Report): void => {
  const { endorsement } = input;
  if (endorsement === undefined) {
    report.add('ek-chain', 'not-evaluated', 'No manufacturer roots were given to follow the endorsement certificate to.');
    return;
  }
  const path = findPath(certificate, endorsement.anchors);
  if (!path.ok) {
    report.add('ek-chain', 'fail', `The endorsement certificate does not chain to a given root: ${path.reason}.`);
    return;
  }
  const outside = path.chain.filter(({ notBefore, notAfter }) => endorsement.atMs < notBefore || endorsement.atMs > notAfter).length;
  const expired = endorsement.expired ?? 'notice';
  const remarks = [
    ...(outside > 0 && expired !== 'accept' ? [`${outside} of its ${path.chain.length} certificates are outside their validity`] : []),
    ...(path.sha1 ? ['a signature in it rests on SHA-1'] : []),
  ];
  const outcome = outside > 0 && expired === 'refuse' ? 'fail' : remarks.length > 0 ? 'notice' : 'pass';
  const told = remarks.length > 0 ? `, but ${remarks.join(' and ')}` : '';
  report.add('ek-chain', outcome, `The endorsement certificate chains over ${path.chain.length - 1} issuers to a given root${told}.`);
  if (endorsement.revocation !== undefined) checkRevocation(standingOf(path.chain, endorsement.revocation, endorsement.atMs), report);
};

/**
 * `ek-revocation`: no certificate of the path is on a list that its issuer signed (RFC 5280 5). It says what was known when the lists were
 * made; a maker that lists nothing, or a leaked key that nobody reported, stays unseen.
 */
const checkRevocation = ({ revoked, covered, outdated, judged }: Standing, report: Report): void => {
  const open = judged - covered;
  if (revoked.length > 0)
    report.add(
      'ek-revocation',
      'fail',
      `A revocation list of its issuer revokes ${revoked.join(' and ')} on the endorsement certificate's path.`,
    );
  else if (open === 0)
    report.add(
      'ek-revocation',
      'pass',
      `No certificate of the endorsement certificate's path is on the current revocation list of its issuer.`,
    );
  else
    report.add(
      'ek-revocation',
      'notice',
      `Nothing given revokes the endorsement certificate's path, but for ${open} of its ${judged} certificates there is no current, complete list of the issuer${outdated > 0 ? ` (${outdated} out of date)` : ''}.`,
    );
};

/** `ek-mismatch`, `ek-certificate`, `ek-chain`, `ek-revocation`; returns what the certificate says. None ties the attestation key to the endorsement key: only `ak-binding` does. */
export const checkEndorsement = (input: EvidenceInput, report: Report): EndorsementFacts | null => {
  const parsed = input.ekCertDer === undefined ? null : parseCertificate(input.ekCertDer);
  checkMatch(input, parsed?.ok === true ? parsed.value : null, report);
  if (parsed === null) return null;
  if (parsed.ok) {
    const { outcome, message } = profileOf(parsed.value);
    report.add('ek-certificate', outcome, message);
    checkChain(input, parsed.value, report);
    const chain = report.outcome('ek-chain');
    return factsOf(parsed.value, chain === 'pass' || chain === 'notice');
  }
  // Real makers have shipped certificates that no strict reader takes. That proves nothing wrong, and nothing right where roots were given.
  report.add('ek-certificate', 'notice', `The endorsement certificate cannot be read: ${parsed.message}.`);
  if (input.endorsement === undefined) report.add('ek-chain', 'not-evaluated', 'The endorsement certificate cannot be read.');
  else report.add('ek-chain', 'fail', 'The endorsement certificate cannot be read, so it leads to no given root.');
  return null;
};
