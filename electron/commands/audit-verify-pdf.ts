import { readSync } from 'node:fs';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { ok, type Result } from '../../shared/model/result.ts';
import type { VerifierKey } from '../ledger/verifier-key.ts';
import { checkPdf, type PdfReport, type PdfSigner } from '../pack/check/check-pdf.ts';
import type { PackFinding } from '../pack/check/findings.ts';
import { MOST_PDF_BYTES } from '../pdf-file/open.ts';
import { verifyDigest } from '../signing/cms.ts';
import { wordsOfCertificate } from '../signing/certificate-words.ts';
import { type ExitStatus, refuse } from './arguments.ts';
import { findExport } from './audit-export.ts';
import { checkOptions } from './audit-verify-pack.ts';
import type { CommandIo } from './command.ts';

export type PdfAsked = {
  readonly handle: number;
  readonly size: number;
  readonly name: string;
  readonly keys: readonly VerifierKey[];
  readonly data: string | null;
  readonly json: boolean;
};

const readWhole = (handle: number, size: number): Buffer | null => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const count = readSync(handle, bytes, at, size - at, at);
    if (count === 0) return null;
    at += count;
  }
  return bytes;
};

const verifySignature = (contents: Buffer, digest: Buffer): Result<PdfSigner> => {
  const verified = verifyDigest(contents, digest);
  if (!verified.ok) return verified;
  const { subject, issuer, validToMs, certificate } = wordsOfCertificate(verified.value.certificate);
  return ok({ subject, issuer, validTo: new Date(validToMs).toISOString(), certificate });
};

const asText = (found: PdfReport, entry: number | null, isOk: boolean): string => {
  const { report, entries, checkpoint, key, pinned, reVerified, signature, sha256, problems, notices } = found;
  const { hosts, quotes, notKept } = reVerified;
  const lines = [
    `${report === null ? 'Report' : `Report, ${report}`}, SHA-256 ${sha256}`,
    `${entries} entries, evidence of ${hosts} hosts, ${quotes} quotes verified again${notKept === 0 ? '' : `, evidence of ${notKept} observations not kept`}`,
    checkpoint === null ? 'No checkpoint holds.' : `Signed up to entry ${checkpoint.size - 1}: root ${checkpoint.root}`,
    ...(key === null ? [] : [`Key: ${visibleText(key, 300)}${pinned ? '' : ' (of the file itself)'}`]),
    signature === null
      ? 'No signature of an organisation holds over it.'
      : `Signed by ${signature.subject} at ${signature.at}, as it says; issued by ${signature.issuer}`,
    ...(entry === null ? [] : [`Its export is entry ${entry} of the ledger.`]),
    ...problems.map(({ code, sentence, next }) => `WRONG ${code}: ${sentence}\n      ${next}`),
    ...notices.map(({ code, sentence }) => `note  ${code}: ${sentence}`),
  ];
  const holds = pinned
    ? 'Nothing is wrong with what is attached; the pages were not read.'
    : 'Nothing contradicts itself, and who made the file is not shown: give the key that you got elsewhere with --key.';
  return `${[...lines, isOk ? holds : 'The file does not hold.'].join('\n')}\n`;
};

/** `plumbline audit verify FILE.pdf`: a report of ours, offline. */
export const verifyPdf = async ({ handle, size, name, keys, data, json }: PdfAsked, io: CommandIo): Promise<ExitStatus> => {
  if (size > MOST_PDF_BYTES) return refuse(io, `audit verify: ${name} has ${size} bytes; of a PDF at most ${MOST_PDF_BYTES} are read.`);
  const bytes = readWhole(handle, size);
  if (bytes === null) return refuse(io, `audit verify: ${name} became shorter while it was read. Run it again.`);
  const checked = await checkPdf(bytes, { ...checkOptions(keys, io), verifySignature });
  if (io.isTty) io.stderr('\r\u001b[K');
  if (!checked.ok) return refuse(io, `audit verify: ${checked.problem.message} ${checked.problem.nextStep}`);
  const made = data === null ? null : findExport(data, checked.value.sha256, keys);
  if (made?.ok === false) return refuse(io, `audit verify: ${made.problem.message} ${made.problem.nextStep}`);
  const problems: readonly PackFinding[] = [...checked.value.problems, ...(made?.value.problem === undefined ? [] : [made.value.problem])];
  const found: PdfReport = { ...checked.value, problems };
  const isOk = found.ok && problems.length === 0;
  const { report, entries, checkpoint, key, pinned, reVerified, signature, sha256, evidence, notices } = found;
  const { hosts, quotes, notKept } = reVerified;
  const exported = made?.value.entry ?? null;
  const said = { ok: isOk, entries, checkpoint, keys: key === null ? [] : [key], keyPinned: pinned, hosts, quotes, notKept };
  io.stdout(
    json
      ? `${JSON.stringify({ ...said, report, sha256, signature, evidence, export: exported, problems, notices })}\n`
      : asText(found, exported, isOk),
  );
  return isOk ? 0 : 1;
};
