import type { KeyObject } from 'node:crypto';
import type { Check } from '../../../shared/model/check.ts';
import { BANKS, DIGEST_SIZE, byteStringDigest, canHash, hexDigest, scratchViews, shortHex, toHex } from '../hashing.ts';
import { type Report, fixedCheck, listOf } from '../report.ts';
import type { Bank, EvidenceInput, PcrSelection, PcrValues } from '../types.ts';
import { ATTEST_QUOTE, type Attest, type SignedSelection, TPM_GENERATED, attestTypeName, parseAttest } from './attest.ts';
import type { AttestationKey } from './key-checks.ts';
import { type Scheme, type TpmSignature, hashName, parseSignature, schemeInWords, schemeOf, verifySignature } from './signature.ts';

/** Looks at every byte whatever it finds, for equal lengths; lengths are no secret. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};

export type JudgedQuote = {
  readonly attest: Attest | null;
  readonly signature: TpmSignature | null;
  readonly selections: readonly SignedSelection[];
  /** Values that the signed digest covers; empty unless signature, magic, type and digest all hold. */
  readonly quotedPcrs: PcrValues;
};

type SchemeChecks = { readonly format: Check; readonly fits: Check };

const schemeChecks = (scheme: Scheme, hash: Bank): SchemeChecks => {
  const words = schemeInWords({ scheme, hash });
  return {
    format: fixedCheck('signature-format', 'pass', `The signature is one well-formed TPMT_SIGNATURE (${words}).`),
    fits:
      hash === 'sha1'
        ? fixedCheck('signature-hash', 'notice', `The key signs ${words}; SHA-1 no longer resists collisions.`)
        : fixedCheck('signature-hash', 'pass', `The signature's scheme, ${words}, is the one the key was made for.`),
  };
};
const perHash = (scheme: Scheme): Readonly<Record<Bank, SchemeChecks>> => ({
  sha1: schemeChecks(scheme, 'sha1'),
  sha256: schemeChecks(scheme, 'sha256'),
  sha384: schemeChecks(scheme, 'sha384'),
  sha512: schemeChecks(scheme, 'sha512'),
  sm3: schemeChecks(scheme, 'sm3'),
});
const SCHEME_CHECKS: Readonly<Record<Scheme, Readonly<Record<Bank, SchemeChecks>>>> = {
  RSASSA: perHash('RSASSA'),
  RSAPSS: perHash('RSAPSS'),
  ECDSA: perHash('ECDSA'),
};

const checkScheme = (signature: TpmSignature, ak: AttestationKey, report: Report): boolean => {
  const scheme = ak.area?.scheme ?? null;
  if (scheme === null) {
    const why = ak.area === null ? 'the key came without its TPM2B_PUBLIC' : 'the key fixes no scheme';
    report.add(
      'signature-hash',
      'not-evaluated',
      `The signature says ${schemeInWords(signature)}, but ${why}, so the label cannot be checked.`,
    );
    return true;
  }
  const name = schemeOf(scheme.id);
  if (name === signature.scheme && scheme.hash === signature.hash) {
    report.put(SCHEME_CHECKS[signature.scheme][signature.hash].fits);
    return true;
  }
  const wanted =
    name === null
      ? `scheme 0x${scheme.id.toString(16)}`
      : `${name} with ${scheme.hash === null ? 'an unknown hash' : hashName(scheme.hash)}`;
  report.add('signature-hash', 'fail', `The signature says ${schemeInWords(signature)}, but the key only signs ${wanted}.`);
  return false;
};

const SIGNED = fixedCheck('signature', 'pass', 'The signature over the received bytes of the quote verifies with the attestation key.');
const NOT_SIGNED = fixedCheck(
  'signature',
  'fail',
  'The signature over the quote does not verify with the attestation key; quote or signature was changed, or another key signed.',
);

const checkSignature = (input: EvidenceInput, ak: AttestationKey, report: Report): TpmSignature | null => {
  const parsed = parseSignature(input.quote.signature);
  if (!parsed.ok) {
    report.add('signature-format', 'fail', `The signature is not a TPMT_SIGNATURE: ${parsed.message}.`);
    report.add('signature-hash', 'not-evaluated', 'The signature cannot be read, so its scheme is unknown.');
    report.add('signature', 'not-evaluated', 'The signature cannot be read, so nothing vouches for the quote.');
    return null;
  }
  report.put(SCHEME_CHECKS[parsed.value.scheme][parsed.value.hash].format);
  const schemeFits = checkScheme(parsed.value, ak, report);
  if (ak.key === null)
    report.add('signature', 'fail', `The quote's signature cannot be verified because ${ak.problem ?? 'there is no key'}.`);
  else if (!schemeFits)
    report.add('signature', 'not-evaluated', 'The signature names a scheme that the key does not use, so it was not verified.');
  else report.put(verifySignature(parsed.value, ak.key, input.quote.attest) ? SIGNED : NOT_SIGNED);
  return parsed.value;
};

const GENERATED = fixedCheck(
  'magic',
  'pass',
  'The quote starts with TPM_GENERATED, which a restricted key signs only over structures made inside the TPM.',
);
const IS_QUOTE = fixedCheck('attest-type', 'pass', 'The attestation is a quote.');
const READ_TO_END = fixedCheck('attest-trailing', 'pass', 'The quote is read to its last byte.');

const checkForm = (input: EvidenceInput, report: Report): Attest | null => {
  const { magic, type, attest, problem } = parseAttest(input.quote.attest);
  if (magic === TPM_GENERATED) report.put(GENERATED);
  else
    report.add(
      'magic',
      'fail',
      `The quote starts with ${magic === null ? 'nothing' : `0x${magic.toString(16).padStart(8, '0')}`} instead of TPM_GENERATED (0xff544347); it was not made inside a TPM.`,
    );
  if (type === ATTEST_QUOTE) report.put(IS_QUOTE);
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
  else report.put(READ_TO_END);
  return attest;
};

const ANSWERS = fixedCheck('nonce', 'pass', 'The quote answers our nonce, byte for byte.');

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
  else report.put(ANSWERS);
};

/** PCRs wanted and not signed, per bank, in words. */
const missingFrom = (wanted: PcrSelection, selections: readonly SignedSelection[]): readonly string[] => {
  let all: string[] = NOTHING_MISSING;
  for (const bank of BANKS) {
    const pcrs = wanted[bank];
    if (pcrs === undefined || pcrs.length === 0) continue;
    const signed = maskOf(selections, bank);
    let short = false;
    for (const pcr of pcrs) if (pcr > 31 || ((signed >>> pcr) & 1) === 0) short = true;
    if (short) all = [...all, `${bank}: ${listOf(pcrs.filter((pcr) => pcr > 31 || ((signed >>> pcr) & 1) === 0))}`];
  }
  return all;
};
const NOTHING_MISSING: string[] = [];

const maskOf = (selections: readonly SignedSelection[], bank: Bank): number => {
  for (const selection of selections) if (selection.bank === bank) return selection.mask;
  return 0;
};

const inWords = (selections: readonly SignedSelection[]): string =>
  selections
    .map((selection) => `${selection.bank ?? `hash 0x${selection.hashId.toString(16)}`}: ${listOf(selection.pcrs) || 'none'}`)
    .join('; ') || 'nothing';

const selectionChecks = new Map<number, Check>();
const MAX_REMEMBERED_SELECTIONS = 256;

/** The sentence about a sufficient selection; a fleet has few of them, nearly all of one bank. */
const selectionCheck = (selections: readonly SignedSelection[]): Check => {
  const [only] = selections;
  const key = only === undefined || selections.length > 1 ? null : only.hashId * 0x100000000 + only.mask;
  const known = key === null ? undefined : selectionChecks.get(key);
  if (known !== undefined) return known;
  const made = fixedCheck('pcr-selection', 'pass', `The quote signs every required PCR (${inWords(selections)}).`);
  if (key !== null && selectionChecks.size < MAX_REMEMBERED_SELECTIONS) selectionChecks.set(key, made);
  return made;
};

const checkSelection = (input: EvidenceInput, selections: readonly SignedSelection[] | null, report: Report): void => {
  if (selections === null) {
    report.add('pcr-selection', 'not-evaluated', 'There is no readable quote, so no PCR selection.');
    return;
  }
  const missing = missingFrom(input.requiredSelection, selections);
  const overclaimed = input.claimedSelection === undefined ? [] : missingFrom(input.claimedSelection, selections);
  if (selections.every((selection) => selection.mask === 0)) {
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
  } else report.put(selectionCheck(selections));
};

/** Why the claimed values cannot be joined; found only after joining failed, so that an honest quote pays nothing for it. */
const joinFault = (pcrs: PcrValues, selections: readonly SignedSelection[]): string => {
  for (const { bank, pcrs: indices, hashId } of selections) {
    if (indices.length === 0) continue;
    if (bank === null) return `the quote selects unknown hash 0x${hashId.toString(16)}`;
    for (const index of indices) {
      const hex = pcrs[bank]?.[index];
      if (hex === undefined) return `the host gave no value for ${bank} PCR ${index}`;
      if (hex.length !== DIGEST_SIZE[bank] * 2 || !/^[0-9a-fA-F]*$/u.test(hex))
        return `the value of ${bank} PCR ${index} is not a ${bank} digest`;
    }
  }
  return 'the values cannot be joined';
};

/** Room for all PCRs of all banks; used from one call to the next and never kept. */
const joinScratch = Buffer.alloc(16 * 32 * 64);
const joinView = scratchViews(joinScratch);

type Joined = { readonly bytes: Buffer; readonly lowerCase: boolean };

/** The claimed values in the order the TPM hashed them; null where one is missing or is no digest. */
const joinValues = (pcrs: PcrValues, selections: readonly SignedSelection[]): Joined | null => {
  let joined = '';
  for (const { bank, pcrs: indices } of selections) {
    // A bank without PCRs adds nothing to the digest, whether we know its hash or not.
    if (indices.length === 0) continue;
    const values = bank === null ? undefined : pcrs[bank];
    if (bank === null || values === undefined) return null;
    for (const index of indices) {
      const hex = values[index];
      if (hex === undefined || hex.length !== DIGEST_SIZE[bank] * 2) return null;
      joined += hex;
    }
  }
  if (joined.length > joinScratch.length * 2) return null;
  // Decoding stops at the first character that is not hexadecimal.
  const bytes = joinScratch.write(joined, 0, 'hex');
  return bytes * 2 === joined.length ? { bytes: joinView(bytes), lowerCase: joined.toLowerCase() === joined } : null;
};

const checkDigest = (input: EvidenceInput, attest: Attest | null, hash: Bank | null, report: Report): Joined | null => {
  if (attest === null || attest.body.kind !== 'quote' || hash === null) {
    report.add('pcr-digest', 'not-evaluated', 'There is no readable quote and signature scheme, so no PCR digest.');
    return null;
  }
  const { selections, pcrDigest } = attest.body;
  const values = joinValues(input.pcrs, selections);
  if (values === null) {
    report.add('pcr-digest', 'fail', `The PCR digest cannot be recomputed: ${joinFault(input.pcrs, selections)}.`);
    return null;
  }
  if (canHash(hash) && isBytes(byteStringDigest(hash, values.bytes), pcrDigest)) {
    report.put(DIGEST_HOLDS[hash]);
    return values;
  }
  const computed = canHash(hash) ? hexDigest(hash, values.bytes) : '(not computable)';
  report.add(
    'pcr-digest',
    'fail',
    `The reported PCR values hash to ${shortHex(computed)}, but the quote signs ${shortHex(toHex(pcrDigest))}; at least one reported value is not the TPM's.`,
  );
  return null;
};

const isBytes = (text: string, bytes: Uint8Array): boolean => {
  if (text.length !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i += 1) if (text.charCodeAt(i) !== bytes[i]) return false;
  return true;
};

const digestHolds = (hash: Bank): Check =>
  fixedCheck('pcr-digest', 'pass', `The reported PCR values hash (${hashName(hash)}) to the signed digest.`);
const DIGEST_HOLDS: Readonly<Record<Bank, Check>> = {
  sha1: digestHolds('sha1'),
  sha256: digestHolds('sha256'),
  sha384: digestHolds('sha384'),
  sha512: digestHolds('sha512'),
  sm3: digestHolds('sm3'),
};

/** The claimed values that the signed digest covers; the claimed object itself where it holds those values and no others. */
const coveredValues = (pcrs: PcrValues, selections: readonly SignedSelection[], lowerCase: boolean): PcrValues => {
  const covered: PcrValues = {};
  for (const { bank, pcrs: indices } of selections) {
    const claimed = bank === null ? undefined : pcrs[bank];
    if (bank === null || claimed === undefined || indices.length === 0) continue;
    // Every index of the selection is there, or the values could not have been joined.
    covered[bank] = lowerCase && countOf(claimed) === indices.length ? claimed : picked(claimed, indices);
  }
  return covered;
};

/** Asking for each PCR is cheaper than listing the keys. */
const countOf = (values: Readonly<Record<number, string>>): number => {
  let count = 0;
  for (let pcr = 0; pcr < 32; pcr += 1) if (values[pcr] !== undefined) count += 1;
  return count;
};

const picked = (values: Readonly<Record<number, string>>, indices: readonly number[]): Record<number, string> => {
  const own: Record<number, string> = {};
  for (const index of indices) own[index] = (values[index] ?? '').toLowerCase();
  return own;
};

/** Without these, a right digest says nothing. */
const PROOF = ['signature', 'magic', 'attest-type', 'attest-trailing'] as const;

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
  const joined = checkDigest(input, attest, ak.area?.scheme?.hash ?? signature?.hash ?? null, report);
  const proven = joined !== null && PROOF.every((code) => report.outcome(code) === 'pass');
  return {
    attest,
    signature,
    selections: selections ?? [],
    quotedPcrs: proven ? coveredValues(input.pcrs, selections ?? [], joined.lowerCase) : {},
  };
};

/** Whether a key signed an attestation; used for earlier quotes and NV certifications. */
export const signedBy = (attest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean => {
  const parsed = parseSignature(signature);
  return parsed.ok && verifySignature(parsed.value, key, attest);
};
