import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { parseVerifierKey } from '../../ledger/verifier-key.ts';
import { type OpenPdf, openPdf } from '../../pdf-file/open.ts';
import { PdfFault, type PdfValue, readValue, refOf } from '../../pdf-file/syntax.ts';
import { FILES } from '../layout.ts';
import {
  identityOfReport,
  MOST_PACKED_HOSTS,
  MOST_PROVEN_ROWS,
  type PdfProof,
  PROOF_FILES,
  proofSchema,
  ROWS_FILE,
} from '../proof-schema.ts';
import { examinePack, type PackOptions, type PackReport, Stopped } from './check-pack.ts';
import { createFindings, type Findings, type PackFinding } from './findings.ts';
import { type CheckedLedger, checkLedgerParts } from './ledger.ts';
import { checkRowsByEntries, readCarried, type Row } from './pdf-rows.ts';

/** A certificate in words, and its digest. */
export type PdfSigner = { readonly subject: string; readonly issuer: string; readonly validTo: string; readonly certificate: string };

export type PdfOptions = PackOptions & {
  /** Verifies a signature over bytes with this SHA-256; asks nobody whether its certificate is trusted. */
  readonly verifySignature: (contents: Buffer, digest: Buffer) => Result<PdfSigner>;
};

export type PdfReport = Omit<PackReport, 'unpackedBytes' | 'contents'> & {
  readonly report: PdfProof['report'] | null;
  /** SHA-256 of the whole file, as the entry of its export has it. */
  readonly sha256: string;
  /** Null where it is not signed, or the signature does not hold. */
  readonly signature: (PdfSigner & { readonly at: string }) | null;
  /** Whether the evidence of its hosts was verified again. */
  readonly evidence: PdfProof['evidence'] | null;
};

const NONE: CheckedLedger = { checkpoint: null, key: null, pinned: false, proven: new Map(), entries: 0 };
const sha256Of = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** The proof, and its head as it stands there: the order of its keys is part of what the document is tied to. */
type ReadProof = { readonly proof: PdfProof; readonly head: unknown };
const headSchema = z.object({ head: z.unknown() });

const proofOf = ({ attachments }: OpenPdf, { wrong }: Findings): ReadProof | null => {
  const bytes = attachments.get(PROOF_FILES.proof);
  try {
    const raw: unknown = JSON.parse(bytes?.toString('utf8') ?? '');
    const parsed = proofSchema.safeParse(raw);
    if (parsed.success) return { proof: parsed.data, head: headSchema.parse(raw).head };
  } catch {
    // Said below, as what is no proof.
  }
  wrong(
    'proof-unreadable',
    bytes === undefined
      ? 'proof.json is not attached: it was made before reports carried one, or it was taken out.'
      : 'proof.json cannot be read.',
  );
  return null;
};

/** What is attached against the digests in the proof, both ways, and against what such a report carries. */
const checkAttachments = ({ attachments }: OpenPdf, proof: PdfProof, { wrong, note }: Findings): void => {
  const said = new Map(proof.attachments.map((one) => [one.name, one]));
  for (const [name, bytes] of attachments) {
    const one = said.get(name);
    if (name === PROOF_FILES.proof) continue;
    if (one === undefined) wrong('pdf-attachment', `${name} is attached, and the proof does not name it.`);
    else if (one.bytes !== bytes.length || one.sha256 !== sha256Of(bytes))
      wrong('pdf-attachment', `${name} is not what the proof says: it was changed, or is that of another report.`);
  }
  for (const name of said.keys()) if (!attachments.has(name)) wrong('pdf-attachment', `${name} is named by the proof and not attached.`);
  const { report, head, entries, evidence } = proof;
  const expected = new Set<string>([ROWS_FILE[report]]);
  if (entries !== null) for (const name of [PROOF_FILES.entries, PROOF_FILES.proofs]) expected.add(name);
  if (evidence === 'attached') expected.add(PROOF_FILES.pack);
  for (const name of expected) if (!said.has(name)) wrong('pdf-attachment', `${name} should be attached to this report.`);
  for (const name of said.keys()) if (!expected.has(name)) wrong('pdf-attachment', `${name} is not what such a report carries.`);
  const isProven = report !== 'board' && head.count <= MOST_PROVEN_ROWS;
  if (isProven !== (entries !== null)) wrong('head-differs', 'The report carries entries where it has none, or none where it has some.');
  const few = report !== 'board' && head.count <= MOST_PACKED_HOSTS;
  const states: readonly PdfProof['evidence'][] =
    report === 'board' ? ['no-rows'] : few ? ['attached', 'large', 'beside-it'] : ['many-hosts', 'beside-it'];
  if (!states.includes(evidence)) wrong('head-differs', 'What the report says of its evidence does not fit the number of its hosts.');
  else if (few && evidence !== 'attached')
    note('evidence-not-kept', 'The evidence of these hosts is not attached, so nothing of it was verified again.');
};

const sameJson = (a: unknown, b: unknown): boolean => sorted(a) === sorted(b);
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );

/** What the document says in its keywords; a fault where that cannot be read. */
const keywordsOf = ({ objects }: OpenPdf): PdfValue | PdfFault => {
  try {
    const info = objects.dictOf(refOf(objects.trailer.get('Info'), 'what the document says of itself'));
    return readValue(objects.textOf(refOf(info.get('Keywords'), 'its keywords')), 0).value;
  } catch (error) {
    if (error instanceof PdfFault) return error;
    throw error;
  }
};

/** The head stands in the proof, with the rows, and in the keywords of the document: one report cannot carry what another was made with. */
const checkHead = (pdf: OpenPdf, { proof, head: own }: ReadProof, head: unknown, { wrong }: Findings): void => {
  const keywords = keywordsOf(pdf);
  if (keywords instanceof PdfFault) return wrong('pdf-form', `What the document says of itself cannot be read: ${keywords.message}.`);
  const expected = createHash('sha256').update(identityOfReport(proof.report, own)).digest('hex');
  if (keywords.kind !== 'string' || keywords.text !== expected)
    wrong('head-differs', 'The proof is that of another report: the document names another question or moment.');
  if (!sameJson(head, proof.head))
    wrong('head-differs', `${ROWS_FILE[proof.report]} was made of another question or moment than the proof.`);
  if ((proof.head.checkpoint?.note ?? null) !== (proof.ledger?.note ?? null))
    wrong('head-differs', 'The head of the report has another checkpoint than its proof.');
  return undefined;
};

const checkSignature = (
  bytes: Buffer,
  { signature }: OpenPdf,
  { verifySignature }: PdfOptions,
  { wrong, note }: Findings,
): PdfReport['signature'] => {
  const PAGES = 'The pages were not read. What is attached is held by the key of the ledger; that the pages say the same is held by';
  if (signature === null) {
    note('pages-not-proven', `${PAGES} no signature in this file, only by the digest of the file in the entry of its export.`);
    return null;
  }
  const [from, to] = signature.gap;
  const digest = createHash('sha256').update(bytes.subarray(0, from)).update(bytes.subarray(to)).digest();
  const verified = verifySignature(signature.contents, digest);
  if (!verified.ok) {
    wrong('signature-broken', verified.problem.message);
    return null;
  }
  const { subject, certificate, validTo } = verified.value;
  note('signature-by', `Every byte is signed by ${subject}, certificate SHA-256 ${certificate}, valid to ${validTo}.`);
  note('pages-not-proven', `${PAGES} whoever has the key of that certificate.`);
  return { ...verified.value, at: new Date(signature.atMs).toISOString() };
};

/** What was found in the pack; what holds for the whole file is said once. */
const addFrom = (list: readonly PackFinding[], add: Findings['wrong']): void => {
  for (const { code, sentence } of list) if (code !== 'key-first-use' && code !== 'demo-data') add(code, `pack.zip: ${sentence}`);
};

/** The pack against the report around it: the same rows of the same moment under the same checkpoint. */
const checkPackIn = async (pdf: OpenPdf, proof: PdfProof, rows: readonly Row[], options: PackOptions, findings: Findings) => {
  const bytes = pdf.attachments.get(PROOF_FILES.pack);
  if (bytes === undefined) return null;
  const { wrong, note } = findings;
  const { report, index, files } = await examinePack(bytes, bytes.length, options);
  addFrom(report.problems, wrong);
  addFrom(report.notices, note);
  if (index === null || files === null) return report;
  if (files.kept.get(FILES.checkpoint)?.toString('utf8') !== proof.ledger?.note)
    wrong('head-differs', 'pack.zip stands under another checkpoint than the report.');
  const lines = pdf.attachments.get(ROWS_FILE.detailed);
  if (proof.report === 'detailed' && (lines === undefined || files.seen.get(FILES.lines)?.sha256 !== sha256Of(lines)))
    wrong('head-differs', 'pack.zip has other rows than the report.');
  const isSame =
    rows.length === index.hosts.length &&
    rows.every((row, at) => {
      const host = index.hosts[at];
      return (
        host !== undefined &&
        (['id', 'name', 'verdict', 'reported', 'brokenLink', 'reason'] as const).every((key) => row[key] === host[key])
      );
    });
  if (!isSame) wrong('head-differs', 'pack.zip says something else of the hosts than the report.');
  return report;
};

const ledgerOf = (pdf: OpenPdf, proof: PdfProof, options: PackOptions, findings: Findings): CheckedLedger => {
  const { ledger, entries } = proof;
  const key = ledger === null ? null : parseVerifierKey(ledger.key);
  const own = key?.ok === true && key.value.type === 'ed25519' ? key.value : null;
  if (ledger !== null && own === null) findings.wrong('proof-unreadable', 'The proof holds no key of a ledger.');
  const said = { origin: ledger?.origin ?? null, signed: ledger?.signed ?? 0, entries: entries ?? [] };
  const part = (name: string): Buffer => pdf.attachments.get(name) ?? Buffer.alloc(0);
  return checkLedgerParts(
    { note: ledger?.note ?? null, own, said, entries: part(PROOF_FILES.entries), proofs: part(PROOF_FILES.proofs) },
    options.keys,
    findings,
  );
};

const checked = async (bytes: Buffer, options: PdfOptions): Promise<PdfReport> => {
  const findings = createFindings();
  const { wrong, note } = findings;
  let ledger: CheckedLedger = { ...NONE, pinned: options.keys.length > 0 };
  let read: ReadProof | null = null;
  let signature: PdfReport['signature'] = null;
  let pack: PackReport | null = null;
  const pdf = openPdf(bytes);
  if (pdf.ok) {
    signature = checkSignature(bytes, pdf.value, options, findings);
    read = proofOf(pdf.value, findings);
  } else wrong('pdf-form', pdf.problem.message);
  const proof = read?.proof ?? null;
  if (pdf.ok && read !== null && proof !== null) {
    checkAttachments(pdf.value, proof, findings);
    const carried = readCarried(proof.report, pdf.value.attachments.get(ROWS_FILE[proof.report]) ?? Buffer.alloc(0));
    if (carried === null) wrong('pdf-attachment', `${ROWS_FILE[proof.report]} cannot be read.`);
    checkHead(pdf.value, read, carried?.head, findings);
    ledger = ledgerOf(pdf.value, proof, options, findings);
    const rows = carried?.rows ?? [];
    if (proof.report !== 'board' && rows.length !== proof.head.count)
      wrong('record-differs', `The head counts ${proof.head.count} hosts, and ${rows.length} are attached.`);
    if (proof.entries !== null) checkRowsByEntries(rows, ledger.proven, findings);
    else
      note(
        'rows-not-proven',
        proof.report === 'board'
          ? 'A board summary has numbers and no rows: they are counted from the data folder, and no entry of the ledger says them.'
          : `Its ${proof.head.count} rows are too many to be proven one by one: they are held by the digest of the file only.`,
      );
    pack = await checkPackIn(pdf.value, proof, rows, options, findings);
    if (proof.head.demo !== null) note('demo-data', 'Simulated hosts are in the data folder that it was made of.');
  }
  const { problems, notices } = findings.all();
  const { checkpoint, key, pinned, entries } = ledger;
  return {
    ok: problems.length === 0 && checkpoint !== null,
    report: proof?.report ?? null,
    sha256: sha256Of(bytes),
    signature,
    evidence: proof?.evidence ?? null,
    entries,
    checkpoint,
    key,
    pinned,
    reVerified: pack?.reVerified ?? { hosts: 0, quotes: 0, notKept: 0, unexplained: 0, certificates: 0, chained: 0 },
    problems,
    notices,
  };
};

/**
 * Checks a report of ours offline: its form byte by byte, what is attached against the proof, the proof against the key of the ledger, rows against
 * entries, and the evidence where it is attached. It does not read the pages. Problems: stopped.
 */
export const checkPdf = async (bytes: Buffer, options: PdfOptions): Promise<Result<PdfReport>> => {
  try {
    return ok(await checked(bytes, options));
  } catch (error) {
    if (error instanceof Stopped) return fail('stopped', 'The check was stopped before its end.', 'Run it again.');
    throw error;
  }
};
