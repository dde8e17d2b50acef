import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { DIGEST_SIZE, canHash, hexDigest, shortHex, toHex } from '../hashing.ts';
import { type Report, listOf } from '../report.ts';
import type { Bank, EvidenceInput, PcrSelection, PcrValues } from '../types.ts';
import { ATTEST_QUOTE, type Attest, type SignedSelection, TPM_GENERATED, attestTypeName, parseAttest } from './attest.ts';
import type { AttestationKey } from './key-checks.ts';
import { type TpmSignature, hashName, parseSignature, schemeInWords, schemeOf, verifySignature } from './signature.ts';

/** Constant time for equal lengths; lengths are no secret. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

export type JudgedQuote = {
  readonly attest: Attest | null;
  readonly signature: TpmSignature | null;
  readonly selections: readonly SignedSelection[];
  /** Values that the signed digest covers; empty unless signature, magic, type and digest all hold. */
  readonly quotedPcrs: PcrValues;
};

const checkScheme = (signature: TpmSignature, ak: AttestationKey, report: Report): boolean => {
  const scheme = ak.area?.scheme ?? null;
  const words = schemeInWords(signature);
  if (scheme === null) {
    const why = ak.area === null ? 'the key came without its TPM2B_PUBLIC' : 'the key fixes no scheme';
    report.add('signature-hash', 'not-evaluated', `The signature says ${words}, but ${why}, so the label cannot be checked.`);
    return true;
  }
  const name = schemeOf(scheme.id);
  if (name === signature.scheme && scheme.hash === signature.hash) {
    if (signature.hash === 'sha1') report.add('signature-hash', 'notice', `The key signs ${words}; SHA-1 no longer resists collisions.`);
    else report.add('signature-hash', 'pass', `The signature's scheme, ${words}, is the one the key was made for.`);
    return true;
  }
  const wanted =
    name === null
      ? `scheme 0x${scheme.id.toString(16)}`
      : `${name} with ${scheme.hash === null ? 'an unknown hash' : hashName(scheme.hash)}`;
  report.add('signature-hash', 'fail', `The signature says ${words}, but the key only signs ${wanted}.`);
  return false;
};

const checkSignature = (input: EvidenceInput, ak: AttestationKey, report: Report): TpmSignature | null => {
  const parsed = parseSignature(input.quote.signature);
  if (!parsed.ok) {
    report.add('signature-format', 'fail', `The signature is not a TPMT_SIGNATURE: ${parsed.message}.`);
    report.add('signature-hash', 'not-evaluated', 'The signature cannot be read, so its scheme is unknown.');
    report.add('signature', 'not-evaluated', 'The signature cannot be read, so nothing vouches for the quote.');
    return null;
  }
  report.add('signature-format', 'pass', `The signature is one well-formed TPMT_SIGNATURE (${schemeInWords(parsed.value)}).`);
  const schemeFits = checkScheme(parsed.value, ak, report);
  if (ak.key === null) {
    report.add('signature', 'fail', `The quote's signature cannot be verified because ${ak.problem ?? 'there is no key'}.`);
  } else if (!schemeFits) {
    report.add('signature', 'not-evaluated', 'The signature names a scheme that the key does not use, so it was not verified.');
  } else if (verifySignature(parsed.value, ak.key, input.quote.attest)) {
    report.add(
      'signature',
      'pass',
      `The signature over the ${input.quote.attest.length} received bytes of the quote verifies with the attestation key.`,
    );
  } else {
    report.add(
      'signature',
      'fail',
      'The signature over the quote does not verify with the attestation key; quote or signature was changed, or another key signed.',
    );
  }
  return parsed.value;
};

const checkForm = (input: EvidenceInput, report: Report): Attest | null => {
  const { magic, type, attest, problem } = parseAttest(input.quote.attest);
  if (magic === TPM_GENERATED)
    report.add(
      'magic',
      'pass',
      'The quote starts with TPM_GENERATED, which a restricted key signs only over structures made inside the TPM.',
    );
  else
    report.add(
      'magic',
      'fail',
      `The quote starts with ${magic === null ? 'nothing' : `0x${magic.toString(16).padStart(8, '0')}`} instead of TPM_GENERATED (0xff544347); it was not made inside a TPM.`,
    );
  if (type === ATTEST_QUOTE) report.add('attest-type', 'pass', 'The attestation is a quote.');
  else
    report.add(
      'attest-type',
      'fail',
      `The attestation is ${type === null ? 'unreadable' : `a ${attestTypeName(type)}`}, not a quote (0x8018).`,
    );
  if (attest === null)
    report.add('attest-trailing', 'fail', `The quote is not a well-formed TPMS_ATTEST: ${problem ?? 'it cannot be read'}.`);
  else if (attest.body.kind !== 'quote')
    report.add('attest-trailing', 'not-evaluated', 'The attestation is not a quote, so its length was not checked.');
  else if (attest.trailing > 0) report.add('attest-trailing', 'fail', `${attest.trailing} bytes follow the quote's structure.`);
  else report.add('attest-trailing', 'pass', 'The quote is read to its last byte.');
  return attest;
};

const checkNonce = (input: EvidenceInput, attest: Attest | null, report: Report): void => {
  if (attest === null) report.add('nonce', 'not-evaluated', 'The quote cannot be read, so its nonce is unknown.');
  else if (!sameBytes(attest.extraData, input.nonce)) {
    report.add(
      'nonce',
      'fail',
      `The quote answers nonce ${shortHex(toHex(attest.extraData)) || '(empty)'}, but ${shortHex(toHex(input.nonce)) || '(empty)'} was asked; it was made for another question.`,
    );
  } else if (input.nonce.length === 0)
    report.add('nonce', 'notice', 'The nonce is empty on both sides, so nothing says when the quote was made.');
  else report.add('nonce', 'pass', `The quote answers our nonce ${shortHex(toHex(input.nonce))}.`);
};

const missingFrom = (wanted: PcrSelection, selections: readonly SignedSelection[]): string[] =>
  Object.entries(wanted).flatMap(([bank, pcrs]) => {
    const signed = selections.find((selection) => selection.bank === bank)?.pcrs ?? [];
    const missing = pcrs.filter((pcr) => !signed.includes(pcr));
    return missing.length === 0 ? [] : [`${bank}: ${listOf(missing)}`];
  });

const inWords = (selections: readonly SignedSelection[]): string =>
  selections
    .map((selection) => `${selection.bank ?? `hash 0x${selection.hashId.toString(16)}`}: ${listOf(selection.pcrs) || 'none'}`)
    .join('; ') || 'nothing';

const checkSelection = (input: EvidenceInput, selections: readonly SignedSelection[] | null, report: Report): void => {
  if (selections === null) {
    report.add('pcr-selection', 'not-evaluated', 'There is no readable quote, so no PCR selection.');
    return;
  }
  const missing = missingFrom(input.requiredSelection, selections);
  const overclaimed = input.claimedSelection === undefined ? [] : missingFrom(input.claimedSelection, selections);
  if (selections.every((selection) => selection.pcrs.length === 0)) {
    report.add('pcr-selection', 'fail', 'The quote signs an empty PCR selection; it says nothing about the host.');
  } else if (missing.length > 0) {
    report.add(
      'pcr-selection',
      'fail',
      `The quote signs PCRs ${inWords(selections)}, which leaves out required PCRs ${missing.join('; ')}.`,
    );
  } else if (overclaimed.length > 0) {
    report.add('pcr-selection', 'fail', `The host claims that PCRs ${overclaimed.join('; ')} are in the quote; they are not.`);
  } else if (Object.values(input.requiredSelection).every((pcrs) => pcrs.length === 0)) {
    report.add('pcr-selection', 'not-evaluated', `No PCRs were required; the quote signs ${inWords(selections)}.`);
  } else {
    report.add('pcr-selection', 'pass', `The quote signs every required PCR (${inWords(selections)}).`);
  }
};

/** The claimed values in the order the TPM hashed them, or what is missing. */
const concatenate = (pcrs: PcrValues, selections: readonly SignedSelection[]): Buffer | string => {
  const parts: Buffer[] = [];
  for (const { bank, pcrs: indices, hashId } of selections) {
    if (bank === null) return `the quote selects unknown hash 0x${hashId.toString(16)}`;
    for (const index of indices) {
      const hex = pcrs[bank]?.[index];
      if (hex === undefined) return `the host gave no value for ${bank} PCR ${index}`;
      if (hex.length !== DIGEST_SIZE[bank] * 2 || !/^[0-9a-fA-F]*$/u.test(hex))
        return `the value of ${bank} PCR ${index} is not a ${bank} digest`;
      parts.push(Buffer.from(hex, 'hex'));
    }
  }
  return Buffer.concat(parts);
};

const checkDigest = (input: EvidenceInput, attest: Attest | null, hash: Bank | null, report: Report): boolean => {
  if (attest === null || attest.body.kind !== 'quote' || hash === null) {
    report.add('pcr-digest', 'not-evaluated', 'There is no readable quote and signature scheme, so no PCR digest.');
    return false;
  }
  const values = concatenate(input.pcrs, attest.body.selections);
  if (typeof values === 'string') {
    report.add('pcr-digest', 'fail', `The PCR digest cannot be recomputed: ${values}.`);
    return false;
  }
  const signed = toHex(attest.body.pcrDigest);
  const computed = canHash(hash) ? hexDigest(hash, values) : '';
  if (computed === signed) {
    report.add('pcr-digest', 'pass', `The reported PCR values hash (${hashName(hash)}) to the signed digest ${shortHex(signed)}.`);
    return true;
  }
  report.add(
    'pcr-digest',
    'fail',
    `The reported PCR values hash to ${shortHex(computed)}, but the quote signs ${shortHex(signed)}; at least one reported value is not the TPM's.`,
  );
  return false;
};

const coveredValues = (pcrs: PcrValues, selections: readonly SignedSelection[]): PcrValues => {
  const covered: PcrValues = {};
  for (const { bank, pcrs: indices } of selections) {
    if (bank === null) continue;
    const values: Record<number, string> = {};
    for (const index of indices) values[index] = (pcrs[bank]?.[index] ?? '').toLowerCase();
    if (indices.length > 0) covered[bank] = values;
  }
  return covered;
};

/**
 * Quote checks (TPM 2.0 Part 2, 10.12; Part 3, 18.4): format, scheme, signature, magic, type, nonce, selection, PCR digest.
 * They prove that the holder of the key signed these PCR values for this nonce; not whose key it is.
 */
export const judgeQuote = (input: EvidenceInput, ak: AttestationKey, report: Report): JudgedQuote => {
  const signature = checkSignature(input, ak, report);
  const attest = checkForm(input, report);
  checkNonce(input, attest, report);
  const selections = attest?.body.kind === 'quote' ? attest.body.selections : null;
  checkSelection(input, selections, report);
  const digestHolds = checkDigest(input, attest, ak.area?.scheme?.hash ?? signature?.hash ?? null, report);
  const proven =
    digestHolds && (['signature', 'magic', 'attest-type', 'attest-trailing'] as const).every((code) => report.outcome(code) === 'pass');
  return { attest, signature, selections: selections ?? [], quotedPcrs: proven ? coveredValues(input.pcrs, selections ?? []) : {} };
};

/** Whether a key signed an attestation; used for earlier quotes and NV certifications. */
export const signedBy = (attest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean => {
  const parsed = parseSignature(signature);
  return parsed.ok && verifySignature(parsed.value, key, attest);
};
