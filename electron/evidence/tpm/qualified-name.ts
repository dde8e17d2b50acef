import type { Check } from '../../../shared/model/check.ts';
import { DIGEST_SIZE, HASH_BY_ID, hexDigest, toHex } from '../hashing.ts';
import { type Report, fixedCheck } from '../report.ts';
import type { EvidenceInput } from '../types.ts';
import type { AttestationKey } from './key-checks.ts';
import { parsePublic } from './public.ts';
import { sameBytes } from './quote-checks.ts';

/** Handles of the hierarchies (TPM 2.0 Part 2, 7.4): the qualified name of a hierarchy is its handle. */
const HIERARCHIES = [
  ['endorsement', '4000000b'],
  ['owner', '40000001'],
  ['platform', '4000000c'],
  ['null', '40000007'],
] as const;

/** QN = nameAlg || H(QN of the parent || name), all hex (TPM 2.0 Part 1, 16). Null where the name is of no hash we know. */
export const qualifiedName = (parent: string, name: string): string | null => {
  const hash = HASH_BY_ID.get(Number.parseInt(name.slice(0, 4), 16));
  if (hash === undefined || hash.bank === 'sm3' || name.length !== 4 + DIGEST_SIZE[hash.bank] * 2) return null;
  return name.slice(0, 4) + hexDigest(hash.bank, Buffer.from(parent + name, 'hex'));
};

type Place = { readonly hierarchy: string; readonly under: string };

const placeOf = (qualifiedSigner: string, akName: string, ekName: string | null): Place | null => {
  for (const [hierarchy, handle] of HIERARCHIES) {
    if (qualifiedName(handle, akName) === qualifiedSigner) return { hierarchy, under: 'as a primary key' };
    const ek = ekName === null ? null : qualifiedName(handle, ekName);
    if (ek !== null && qualifiedName(ek, akName) === qualifiedSigner) return { hierarchy, under: 'under the endorsement key' };
  }
  return null;
};

const UNKNOWN = fixedCheck(
  'qualified-signer',
  'not-evaluated',
  'The parent of the attestation key is not known, so its place in the TPM was not checked.',
);
const NULL_HIERARCHY = fixedCheck(
  'qualified-signer',
  'notice',
  'The attestation key lives in the null hierarchy; it is gone after the next TPM reset.',
);

const judge = (signer: Uint8Array, akName: string, ekTpm2bPublic: Uint8Array | undefined): Check => {
  const ek = ekTpm2bPublic === undefined ? null : parsePublic(ekTpm2bPublic);
  const place = placeOf(toHex(signer), akName, ek?.ok === true ? ek.value.name : null);
  if (place === null) return UNKNOWN;
  if (place.hierarchy === 'null') return NULL_HIERARCHY;
  return fixedCheck('qualified-signer', 'pass', `The attestation key lives in the ${place.hierarchy} hierarchy, ${place.under}.`);
};

type Judged = { readonly signer: Uint8Array; readonly ek: Uint8Array | undefined; readonly check: Check };

/** What was found for a key before: quotes of one key name one signer, so the hashes are made once per key. */
const judged = new WeakMap<AttestationKey, Judged>();

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameBytes(a, b);

/**
 * `qualified-signer`: where in its TPM the signing key lives (TPMS_ATTEST, TPM 2.0 Part 2, 10.12.12). A match with the endorsement
 * key is as good as the signature and the word of the evidence for that key; it does not replace credential activation.
 * No match proves nothing, because the parent may be a storage key that we do not know.
 */
export const checkQualifiedSigner = (input: EvidenceInput, ak: AttestationKey, signer: Uint8Array | null, report: Report): void => {
  if (signer === null || ak.area === null) return report.put(UNREADABLE);
  const before = judged.get(ak);
  if (before !== undefined && same(before.signer, signer) && same(before.ek, input.ekTpm2bPublic)) return report.put(before.check);
  const check = judge(signer, ak.area.name, input.ekTpm2bPublic);
  const ek = input.ekTpm2bPublic === undefined ? undefined : Uint8Array.from(input.ekTpm2bPublic);
  judged.set(ak, { signer: Uint8Array.from(signer), ek, check });
  report.put(check);
};

const UNREADABLE = fixedCheck(
  'qualified-signer',
  'not-evaluated',
  'The quote cannot be read or is not authentic, or the attestation key cannot be read or came without its TPM2B_PUBLIC.',
);
