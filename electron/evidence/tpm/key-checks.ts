import type { KeyObject } from 'node:crypto';
import type { Check } from '../../../shared/model/check.ts';
import { asBuffer, shortHex } from '../hashing.ts';
import { type Report, fixedCheck } from '../report.ts';
import type { Enrolment, EvidenceInput } from '../types.ts';
import { type TpmPublic, attestationKeyFaults, keyObjectOf, keyObjectOfPem, parsePublic } from './public.ts';

/** The AK as the evidence gives it. `key` is what signatures are verified with: the TPM2B where given, else the PEM. */
export type AttestationKey = {
  readonly area: TpmPublic | null;
  readonly key: KeyObject | null;
  readonly pemKey: KeyObject | null;
  /** Why there is no key, in words. */
  readonly problem: string | null;
  /** What the key says of itself; the same for every quote, so it is judged once per key. */
  readonly attributes: Check;
  readonly mismatch: Check;
};

type KeyParts = Pick<AttestationKey, 'area' | 'key' | 'pemKey' | 'problem'>;

/** Keeps decoded keys between verifications: importing a key costs more than using it. Bounded; the oldest goes first. */
export type KeyCache = {
  readonly find: (input: EvidenceInput) => AttestationKey | undefined;
  readonly keep: (input: EvidenceInput, key: AttestationKey) => void;
};

type Kept = { readonly area: Uint8Array | undefined; readonly pem: string | undefined; readonly key: AttestationKey };

/** The last bytes of a public key are random, so they find it; the whole is compared all the same. */
const finderOf = ({ akTpm2bPublic: area, akPem }: EvidenceInput): number | string => {
  if (area === undefined) return (akPem ?? '').slice(-80);
  let finder = 0;
  for (let i = Math.max(0, area.length - 6); i < area.length; i += 1) finder = finder * 256 + (area[i] ?? 0);
  return finder;
};

const sameArea = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a === b || asBuffer(a).equals(b);

export const createKeyCache = (limit = 4096): KeyCache => {
  const keys = new Map<number | string, Kept>();
  return {
    find: (input) => {
      const kept = keys.get(finderOf(input));
      return kept !== undefined && kept.pem === input.akPem && sameArea(kept.area, input.akTpm2bPublic) ? kept.key : undefined;
    },
    keep: (input, key) => {
      const oldest = keys.size >= limit ? keys.keys().next().value : undefined;
      if (oldest !== undefined) keys.delete(oldest);
      const area = input.akTpm2bPublic === undefined ? undefined : Uint8Array.from(input.akTpm2bPublic);
      keys.set(finderOf(input), { area, pem: input.akPem, key });
    },
  };
};

/** What can be said against a key without its TPM2B; null for sound kinds and for no key at all. */
const weakness = (key: KeyObject | null): string | null => {
  if (key?.asymmetricKeyType !== 'rsa') return null;
  const { modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) return `its modulus has ${modulusLength} bits, fewer than 2048`;
  return publicExponent === 65537n ? null : `its exponent is ${publicExponent ?? 'unknown'}, not 65537`;
};

const attributesCheck = (input: EvidenceInput, { area, key, problem }: KeyParts): Check => {
  const weak = input.akTpm2bPublic === undefined ? weakness(key) : null;
  if (weak !== null) return fixedCheck('ak-attributes', 'fail', `This is not an attestation key: ${weak}.`);
  if (input.akTpm2bPublic === undefined)
    return fixedCheck(
      'ak-attributes',
      'not-evaluated',
      'The evidence carries the attestation key without its TPM2B_PUBLIC, so its attributes are unknown.',
    );
  if (area === null)
    return fixedCheck(
      'ak-attributes',
      'fail',
      `The attributes of the attestation key are unknown because ${problem ?? 'it cannot be read'}.`,
    );
  const faults = attestationKeyFaults(area);
  return faults.length > 0
    ? fixedCheck('ak-attributes', 'fail', `This is not an attestation key: ${faults.join('; ')}.`)
    : fixedCheck(
        'ak-attributes',
        'pass',
        'The key says it is a restricted signing key that never leaves its TPM; only its binding makes that more than a claim.',
      );
};

const mismatchCheck = (input: EvidenceInput, { key, pemKey, problem }: KeyParts): Check => {
  if (input.akPem === undefined || input.akTpm2bPublic === undefined)
    return fixedCheck('ak-mismatch', 'not-evaluated', 'The attestation key came in one form only, so there is nothing to compare.');
  if (pemKey === null) return fixedCheck('ak-mismatch', 'fail', "The attestation key's PEM is not a public key.");
  if (key === null)
    return fixedCheck(
      'ak-mismatch',
      'not-evaluated',
      `The two forms of the attestation key cannot be compared: ${problem ?? 'one cannot be read'}.`,
    );
  return key.equals(pemKey)
    ? fixedCheck('ak-mismatch', 'pass', 'The PEM and the TPM2B_PUBLIC of the attestation key are the same key.')
    : fixedCheck('ak-mismatch', 'fail', 'The PEM and the TPM2B_PUBLIC of the attestation key are different keys.');
};

const partsOf = (input: EvidenceInput): KeyParts => {
  const pemKey = input.akPem === undefined ? null : keyObjectOfPem(input.akPem);
  if (input.akTpm2bPublic === undefined) {
    if (input.akPem === undefined) return { area: null, key: null, pemKey, problem: 'the evidence carries no attestation key' };
    return { area: null, key: pemKey, pemKey, problem: pemKey === null ? "the attestation key's PEM is not a public key" : null };
  }
  const parsed = parsePublic(input.akTpm2bPublic);
  if (!parsed.ok) return { area: null, key: null, pemKey, problem: `the attestation key's TPM2B_PUBLIC cannot be read: ${parsed.message}` };
  const key = keyObjectOf(parsed.value);
  return {
    area: parsed.value,
    key,
    pemKey,
    problem: key === null ? "the attestation key's TPM2B_PUBLIC does not hold a usable public key" : null,
  };
};

export const resolveAttestationKey = (input: EvidenceInput, cache?: KeyCache): AttestationKey => {
  const known = cache?.find(input);
  if (known !== undefined) return known;
  const parts = partsOf(input);
  const resolved: AttestationKey = { ...parts, attributes: attributesCheck(input, parts), mismatch: mismatchCheck(input, parts) };
  cache?.keep(input, resolved);
  return resolved;
};

/** Whether a key is the enrolled one: by TPM name where the TPM2B is known, else by the public key itself. */
const isEnrolled = (ak: AttestationKey, enrolment: Enrolment): boolean => {
  if (ak.area !== null) return ak.area.name === enrolment.akName.toLowerCase();
  const enrolled = enrolment.akPem === undefined ? null : keyObjectOfPem(enrolment.akPem);
  return enrolled !== null && ak.key !== null && ak.key.equals(enrolled);
};

const bound = new Map<string, Check>();
const MAX_REMEMBERED_SOURCES = 64;

/** The sentence about a bound key; bindings rest on the word of few. */
const boundBy = (source: string): Check => {
  const known = bound.get(source);
  if (known !== undefined) return known;
  const made = fixedCheck('ak-binding', 'pass', `The attestation key is the one enrolled for this host (by the word of ${source}).`);
  if (bound.size < MAX_REMEMBERED_SOURCES) bound.set(source, made);
  return made;
};

const checkBinding = (input: EvidenceInput, ak: AttestationKey, required: boolean, report: Report): void => {
  const { enrolment } = input;
  if (enrolment === undefined) {
    const message = `Nothing outside the evidence says which attestation key host ${input.host} has; any TPM, or none, could have made this evidence.`;
    report.add(
      'ak-binding',
      required ? 'fail' : 'not-evaluated',
      required ? `No key is enrolled for host ${input.host}, so its evidence is bound to nothing.` : message,
    );
  } else if (ak.key === null) {
    report.add(
      'ak-binding',
      'fail',
      `The attestation key cannot be the one enrolled for host ${input.host}: ${ak.problem ?? 'it cannot be read'}.`,
    );
  } else if (isEnrolled(ak, enrolment)) {
    report.put(boundBy(enrolment.source));
  } else {
    const name = ak.area === null ? 'The attestation key' : `The attestation key ${shortHex(ak.area.name)}`;
    report.add(
      'ak-binding',
      'fail',
      `${name} is not the key ${shortHex(enrolment.akName)} enrolled for host ${input.host}; this is the evidence of another TPM or of software.`,
    );
  }
};

/** `ak-attributes`, `ak-mismatch`, `ak-binding`. Only the binding ties the key to a host; the rest is what the key says of itself. */
export const checkAttestationKey = (input: EvidenceInput, ak: AttestationKey, enrolmentRequired: boolean, report: Report): void => {
  report.put(ak.attributes);
  report.put(ak.mismatch);
  checkBinding(input, ak, enrolmentRequired, report);
};
