import { type ExportFormat, isSignable, type SigningState } from '../../../shared/contract/export-schemas.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { faultOfTime, wordsOfCertificate } from '../../signing/certificate-words.ts';
import { openIdentity } from '../../signing/identity.ts';
import { signFile } from '../../signing/sign-file.ts';
import type { ExportAsked, ExportWritten } from './asked.ts';

type Given = NonNullable<ExportAsked['signature']>;

/** Why nothing would be signed with this at a moment, before anything is written; null where it would. */
export const signatureFault = (format: ExportFormat, { pkcs12, password }: Given, nowMs: number): ReturnType<typeof fail> | null => {
  if (!isSignable(format)) return fail('export-format', 'Only a PDF carries a signature.', 'Choose a PDF, or leave the signature out.');
  const identity = openIdentity(pkcs12, password);
  return identity.ok ? faultOfTime(wordsOfCertificate(identity.value.certificate), nowMs) : identity;
};

/** Signs what was written and is whole. Throws where the disk does. */
export const signExport = (
  file: string,
  { pkcs12, password, reason, location }: Given,
  nowMs: number,
): Result<Pick<ExportWritten, 'bytes' | 'sha256'> & { readonly signedBy: NonNullable<ExportWritten['signedBy']> }> => {
  const identity = openIdentity(pkcs12, password);
  if (!identity.ok) return identity;
  const signed = signFile(file, identity.value, { reason, location }, nowMs);
  if (!signed.ok) return signed;
  const { bytes, sha256, by } = signed.value;
  return ok({ bytes, sha256, signedBy: { subject: by.subject, certificate: by.certificate } });
};

/** What a person is told of the certificate before they choose to sign. */
export const signingState = ({ pkcs12, password }: Pick<Given, 'pkcs12' | 'password'>, nowMs: number): SigningState => {
  const identity = openIdentity(pkcs12, password);
  if (!identity.ok) return { certificate: null, problem: identity.problem };
  const words = wordsOfCertificate(identity.value.certificate);
  const { certificate: sha256, ...said } = words;
  return { certificate: { ...said, sha256 }, problem: faultOfTime(words, nowMs)?.problem ?? null };
};
