import type { KeyObject } from 'node:crypto';
import { shortHex, toHex } from '../hashing.ts';
import type { Report } from '../report.ts';
import type { Enrolment, EvidenceInput } from '../types.ts';
import { type TpmPublic, attestationKeyFaults, keyObjectOf, keyObjectOfPem, parsePublic } from './public.ts';

/** The AK as the evidence gives it. `key` is what signatures are verified with: the TPM2B where given, else the PEM. */
export type AttestationKey = {
  readonly area: TpmPublic | null;
  readonly key: KeyObject | null;
  readonly pemKey: KeyObject | null;
  /** Why there is no key, in words. */
  readonly problem: string | null;
};

/** Keeps decoded keys between verifications: importing a key costs more than using it. Bounded; the oldest goes first. */
export type KeyCache = {
  readonly get: (id: string) => AttestationKey | undefined;
  readonly set: (id: string, key: AttestationKey) => void;
};

export const createKeyCache = (limit = 4096): KeyCache => {
  const keys = new Map<string, AttestationKey>();
  return {
    get: (id) => keys.get(id),
    set: (id, key) => {
      const oldest = keys.size >= limit ? keys.keys().next().value : undefined;
      if (oldest !== undefined) keys.delete(oldest);
      keys.set(id, key);
    },
  };
};

const resolve = (input: EvidenceInput): AttestationKey => {
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
  if (cache === undefined) return resolve(input);
  const id = `${input.akTpm2bPublic === undefined ? '-' : toHex(input.akTpm2bPublic)}|${input.akPem ?? '-'}`;
  const known = cache.get(id);
  if (known !== undefined) return known;
  const resolved = resolve(input);
  cache.set(id, resolved);
  return resolved;
};

const checkAttributes = (input: EvidenceInput, ak: AttestationKey, report: Report): void => {
  if (input.akTpm2bPublic === undefined) {
    report.add(
      'ak-attributes',
      'not-evaluated',
      'The evidence carries the attestation key without its TPM2B_PUBLIC, so its attributes are unknown.',
    );
    return;
  }
  if (ak.area === null) {
    report.add('ak-attributes', 'fail', `The attributes of the attestation key are unknown because ${ak.problem ?? 'it cannot be read'}.`);
    return;
  }
  const faults = attestationKeyFaults(ak.area);
  if (faults.length > 0) report.add('ak-attributes', 'fail', `This is not an attestation key: ${faults.join('; ')}.`);
  else
    report.add(
      'ak-attributes',
      'pass',
      'The key says it is a restricted signing key that never leaves its TPM; only its binding makes that more than a claim.',
    );
};

const checkMismatch = (input: EvidenceInput, ak: AttestationKey, report: Report): void => {
  if (input.akPem === undefined || input.akTpm2bPublic === undefined) {
    report.add('ak-mismatch', 'not-evaluated', 'The attestation key came in one form only, so there is nothing to compare.');
  } else if (ak.pemKey === null) {
    report.add('ak-mismatch', 'fail', "The attestation key's PEM is not a public key.");
  } else if (ak.key === null) {
    report.add(
      'ak-mismatch',
      'not-evaluated',
      `The two forms of the attestation key cannot be compared: ${ak.problem ?? 'one cannot be read'}.`,
    );
  } else if (ak.key.equals(ak.pemKey)) {
    report.add('ak-mismatch', 'pass', 'The PEM and the TPM2B_PUBLIC of the attestation key are the same key.');
  } else {
    report.add('ak-mismatch', 'fail', 'The PEM and the TPM2B_PUBLIC of the attestation key are different keys.');
  }
};

/** Whether a key is the enrolled one: by TPM name where the TPM2B is known, else by the public key itself. */
const isEnrolled = (ak: AttestationKey, enrolment: Enrolment): boolean => {
  if (ak.area !== null) return ak.area.name === enrolment.akName.toLowerCase();
  const enrolled = enrolment.akPem === undefined ? null : keyObjectOfPem(enrolment.akPem);
  return enrolled !== null && ak.key !== null && ak.key.equals(enrolled);
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
    report.add(
      'ak-binding',
      'pass',
      `The attestation key is the one enrolled for host ${input.host} (by the word of ${enrolment.source}).`,
    );
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
  checkAttributes(input, ak, report);
  checkMismatch(input, ak, report);
  checkBinding(input, ak, enrolmentRequired, report);
};
