/** Evidence: bytes in, checks out. Pure; no policy, no clock, no I/O. */
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { keyObjectOf, parsePublic } from './tpm/public.ts';

export { parseBundle, MAX_BUNDLE_CHARACTERS } from './bundle.ts';
export { parseCertificate } from './endorsement/certificate.ts';
export { createTrustAnchors, findPath } from './endorsement/path.ts';
export { dersOf } from './endorsement/pem.ts';
export { MAX_LIST_BYTES, createRevocationLists } from './endorsement/revocation.ts';
export type { RevocationLists, TrustAnchors } from './endorsement/types.ts';
export { type EventLogOptions, type LogDigests, checkLogDigests, isWhole, parseEventLog, replayEventLog } from './event-log/facts.ts';
export { type LogCache, createLogCache } from './event-log/kept-logs.ts';
export { REGISTER_NAMES } from './event-log/log-kind.ts';
export type { LogKind } from './event-log/meaning/types.ts';
export { secureBootState } from './event-log/secure-boot-state.ts';
export { MAX_EVENT_DATA_BYTES, MAX_LOG_BYTES, MAX_LOG_EVENTS } from './event-log/types.ts';
export { type ContainerEngine, containerEngines } from './ima/container-engines.ts';
export { type ImaOptions, type ImaReplay, type ImaStream, parseIma, parseImaInSteps, streamIma } from './ima/facts.ts';
export { type ImaKeyFile, type MeasuredKey, createImaKeyring, measuredKeys } from './ima/signature-keys.ts';
export { signatureField } from './ima/signature-xattr.ts';
export { type SignatureVerdict, checkSignedEntry } from './ima/signatures.ts';
export { MAX_IMA_BYTES, MAX_IMA_ENTRIES } from './ima/template.ts';
export { REQUIRED_SELECTION } from './required-selection.ts';
export { type Credential, enrolmentOf, makeCredential } from './tpm/credential.ts';
export { type KeyCache, createKeyCache } from './tpm/key-checks.ts';
export { type VerifyOptions, verifyEvidence } from './verify.ts';

const NEXT_STEP = "Check that this is the key's TPM2B_PUBLIC, as TPM2_Create or TPM2_ReadPublic returns it.";

/** TPM name of a key: nameAlg || H(TPMT_PUBLIC), hex (TPM 2.0 Part 1, 16). Fails with `tpm2b-public`. */
export const akNameOf = (tpm2bPublic: Uint8Array): Result<string> => {
  const parsed = parsePublic(tpm2bPublic);
  return parsed.ok ? ok(parsed.value.name) : fail('tpm2b-public', `The key cannot be read: ${parsed.message}.`, NEXT_STEP);
};

/** SubjectPublicKeyInfo PEM of a key. Fails with `tpm2b-public`; says nothing about the key's attributes. */
export const akPemOf = (tpm2bPublic: Uint8Array): Result<string> => {
  const parsed = parsePublic(tpm2bPublic);
  if (!parsed.ok) return fail('tpm2b-public', `The key cannot be read: ${parsed.message}.`, NEXT_STEP);
  const key = keyObjectOf(parsed.value);
  return key === null
    ? fail('tpm2b-public', 'The key cannot be used: its numbers are not a public key.', NEXT_STEP)
    : ok(key.export({ type: 'spki', format: 'pem' }).toString());
};
