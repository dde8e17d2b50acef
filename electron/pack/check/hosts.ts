import { z } from 'zod';
import { type Check, type CheckCode } from '../../../shared/model/check.ts';
import {
  createKeyCache,
  createLogCache,
  findPath,
  parseBundle,
  parseCertificate,
  REQUIRED_SELECTION,
  type TrustAnchors,
  verifyEvidence,
} from '../../evidence/index.ts';
import type { EvidenceInput } from '../../evidence/types.ts';
import type { LedgerEntry } from '../../ledger/entry.ts';
import type { PackHost, PackObservation, PackPiece } from '../index-schema.ts';
import { contentFile, type ContentKind, detailFile, type Moment, MOMENTS } from '../layout.ts';
import { tpm2FilesOf } from '../tpm2-files.ts';
import type { PackZip } from '../zip-reader.ts';
import type { ReadFiles } from './files.ts';
import type { Findings } from './findings.ts';

const digest = z.string().optional();
/** What an entry says of a host. */
export const bodySchema = z.object({
  after: z.object({
    name: z.string(),
    verdict: z.string(),
    verified: z.string(),
    reported: z.string(),
    brokenLink: z.string().nullable(),
    reason: z.string(),
  }),
  evidence: z.object({ quote: digest, eventLog: digest, ima: digest, runtimeReference: digest, ekCertificate: digest }),
});
export type Entered = z.output<typeof bodySchema>;

export type ReVerified = {
  readonly hosts: number;
  readonly quotes: number;
  readonly notKept: number;
  readonly unexplained: number;
  /** Hosts whose endorsement certificate is there, and those of them whose certificate leads to a root that is in the pack. */
  readonly certificates: number;
  readonly chained: number;
};

const PIECES = ['quote', 'eventLog', 'ima', 'runtimeReference', 'endorsementCertificate'] as const;
/** Its name in the entry. */
const ENTERED_AS = {
  quote: 'quote',
  eventLog: 'eventLog',
  ima: 'ima',
  runtimeReference: 'runtimeReference',
  endorsementCertificate: 'ekCertificate',
} as const;
/** Layout 1 had no certificates, and no entry named any. */
const NEVER: PackPiece = { state: 'none', sha256: null, path: null };
const pieceOf = (observation: PackObservation, name: (typeof PIECES)[number]): PackPiece => {
  const piece = observation[name];
  return piece === 'not-kept' ? NEVER : piece;
};
const KIND_OF = {
  eventLog: 'event-log',
  ima: 'ima',
  runtimeReference: 'reference',
  endorsementCertificate: 'certificate',
} as const satisfies Record<string, ContentKind>;
/** Long texts are cut in an entry. */
const ENTERED = 3_000;
export const cut = (text: string): string => text.slice(0, ENTERED).toWellFormed();

/** Decided by the evidence and the record alone. Others need what no pack has: certificates, the clock before, keys of files, policy. */
const BY_EVIDENCE: ReadonlySet<CheckCode> = new Set<CheckCode>([
  'signature',
  'signature-format',
  'signature-hash',
  'magic',
  'attest-type',
  'attest-trailing',
  'nonce',
  'pcr-selection',
  'pcr-digest',
  'ak-attributes',
  'log-missing',
  'log-parse',
  'log-replay',
  'event-data-digest',
  'ima-replay',
  'ima-parse',
  'boot-aggregate',
]);

const detailSchema = z.object({
  detail: z.object({
    checks: z.array(z.object({ code: z.string(), outcome: z.string() })),
    identity: z.object({ akName: z.string().nullable() }),
  }),
});
const detailOf = (bytes: Buffer): z.output<typeof detailSchema>['detail'] | null => {
  try {
    return detailSchema.parse(JSON.parse(bytes.toString('utf8'))).detail;
  } catch {
    return null;
  }
};

const enteredOf = (entry: LedgerEntry, host: PackHost, { wrong }: Findings): Entered | null => {
  const body = bodySchema.safeParse(entry.body);
  if (entry.subject === `host ${host.id}` && /^(?:verdict|host)\.changed$/u.test(entry.kind) && body.success) return body.data;
  wrong('record-differs', `Entry ${entry.seq} does not speak of ${host.folder} (${host.id}).`);
  return null;
};

/** What the pack says of a host, against the entry. Trust that has aged is stale, and no entry is made for that. */
const checkRecord = (host: PackHost, { after, evidence }: Entered, { wrong }: Findings): void => {
  const aged = host.verdict === 'stale' && after.verdict === 'trusted';
  const said = {
    name: host.name,
    verdict: aged ? 'trusted' : host.verdict,
    verified: host.verified ?? '',
    reported: host.reported,
    brokenLink: host.brokenLink ?? '',
  };
  const entered = { ...after, brokenLink: after.brokenLink ?? '' };
  for (const key of ['name', 'verdict', 'verified', 'reported', 'brokenLink'] as const)
    if (cut(said[key]) !== cut(entered[key]))
      wrong('record-differs', `${host.folder}: the pack says another ${key} than entry ${host.entry ?? ''}.`);
  const isSteady = after.verdict === 'trusted' || after.verdict === 'stale';
  if (!isSteady && cut(host.reason) !== cut(after.reason))
    wrong('record-differs', `${host.folder}: the pack gives another reason than entry ${host.entry ?? ''}.`);
  for (const piece of PIECES)
    if (host.entered[piece] !== 'not-kept' && pieceOf(host.entered, piece).sha256 !== (evidence[ENTERED_AS[piece]] ?? null))
      wrong('evidence-differs', `${host.folder}: ${piece} is not the one that entry ${host.entry ?? ''} vouches for.`);
};

/** Names of files are made of what they hold, so that none can be given for another. */
const checkPieces = (host: PackHost, moment: Moment, observation: PackObservation, { seen }: ReadFiles, { wrong }: Findings): void => {
  for (const name of PIECES) {
    const { state, sha256, path } = pieceOf(observation, name);
    const expected = sha256 === null ? null : name === 'quote' ? `${host.folder}/${moment}/quote.json` : contentFile(KIND_OF[name], sha256);
    const isWhole = state === 'kept' ? path === expected && expected !== null : path === null;
    if (!isWhole || (state === 'none') !== (sha256 === null))
      wrong('index-differs', `${host.folder}: what the index says of ${name} (${moment}) does not fit together.`);
    else if (path !== null && seen.get(path)?.sha256 !== sha256) wrong('evidence-differs', `${path} is not what its digest says.`);
    if (state === 'damaged') wrong('evidence-damaged', `${host.folder}: ${name} (${moment}) was damaged already when the pack was made.`);
  }
};

const NEEDS_LOG: ReadonlySet<CheckCode> = new Set<CheckCode>([
  'log-missing',
  'log-parse',
  'log-replay',
  'event-data-digest',
  'boot-aggregate',
]);
const NEEDS_LIST: ReadonlySet<CheckCode> = new Set<CheckCode>(['ima-replay', 'ima-parse', 'boot-aggregate']);

/** `anchors`: what certificates are followed to, from the pack itself. */
export const createHostCheck = (zip: PackZip, files: ReadFiles, findings: Findings, anchors: TrustAnchors) => {
  const { wrong } = findings;
  const options = { keyCache: createKeyCache(), logCache: createLogCache() };
  const counts = { hosts: 0, quotes: 0, notKept: 0, unexplained: 0, certificates: 0, chained: 0 };

  const bytesOf = async ({ path }: PackPiece): Promise<Buffer | null> => {
    const file = path === null ? null : await zip.read(path);
    return file?.ok === true ? file.value.bytes : null;
  };

  const compareTools = async (folder: string, quote: Buffer, isThere: boolean): Promise<void> => {
    const made = tpm2FilesOf(quote);
    if ((made !== null) !== isThere)
      return wrong('tpm2-files-differ', `${folder}: the files for tpm2_checkquote are not those of quote.json.`);
    for (const [name, bytes] of made ?? []) {
      const file = await zip.read(`${folder}/${name}`);
      if (!file.ok || !file.value.bytes.equals(bytes)) wrong('tpm2-files-differ', `${folder}/${name} is not what quote.json says.`);
    }
  };

  /** Outcomes of the checks that can be made again here; null where the quote is not kept or cannot be read. */
  const verifyAgain = async (
    host: PackHost,
    moment: Moment,
    observation: PackObservation,
    akName: string | null,
  ): Promise<readonly Check[] | null> => {
    const quote = await bytesOf(observation.quote);
    if (quote === null) return null;
    const folder = `${host.folder}/${moment}`;
    await compareTools(folder, quote, observation.tpm2Tools !== null);
    const bundle = parseBundle(quote.toString('utf8'));
    if (!bundle.ok) {
      wrong('evidence-differs', `${folder}/quote.json: ${bundle.problem.message}`);
      return null;
    }
    if (!host.id.startsWith(`${host.endpoint}/${bundle.value.host}`))
      wrong('evidence-differs', `${folder}/quote.json is the quote of another host.`);
    const [eventLog, ima] = [await bytesOf(observation.eventLog), await bytesOf(observation.ima)];
    const input: EvidenceInput = {
      ...bundle.value,
      requiredSelection: REQUIRED_SELECTION,
      ...(eventLog !== null && { eventLog }),
      ...(ima !== null && { ima }),
      ...(akName !== null && { enrolment: { akName, source: 'the record of the pack' } }),
    };
    counts.quotes += 1;
    return verifyEvidence(input, options).checks.filter(
      ({ code }) =>
        BY_EVIDENCE.has(code) &&
        !(NEEDS_LOG.has(code) && eventLog === null && observation.eventLog.state !== 'none') &&
        !(NEEDS_LIST.has(code) && ima === null && observation.ima.state !== 'none'),
    );
  };

  const compareChecks = (host: PackHost, moment: Moment, checks: readonly Check[]): void => {
    const recorded = new Map(host.checks.map(({ code, outcome }) => [code, outcome]));
    for (const { code, outcome } of checks) {
      const before = recorded.get(code);
      if (before === undefined || before === outcome || (before !== 'fail' && outcome !== 'fail') || before === 'not-evaluated') continue;
      wrong('verdict-differs', `${host.folder}/${moment}: ${code} was recorded as ${before}, and the evidence says ${outcome}.`);
    }
  };

  /** What the page of the host showed. No entry names it, so that it must at least agree with what the index says of its checks. */
  const compareDetail = async (host: PackHost): Promise<void> => {
    const name = host.detail ?? null;
    if (name === null) return;
    if (name !== detailFile(host.folder)) return wrong('index-differs', `The index says of ${host.folder} that its details are elsewhere.`);
    const file = await zip.read(name);
    const detail = file.ok ? detailOf(file.value.bytes) : null;
    const said = detail?.checks.map(({ code, outcome }) => ({ code, outcome }));
    if (JSON.stringify(said) !== JSON.stringify(host.checks) || detail?.identity.akName !== host.akName)
      wrong('record-differs', `${name} and the index tell something else of the host.`);
  };

  const followCertificate = async (observation: PackObservation): Promise<void> => {
    const der = await bytesOf(pieceOf(observation, 'endorsementCertificate'));
    if (der === null) return;
    counts.certificates += 1;
    const leaf = parseCertificate(der);
    if (leaf.ok && findPath(leaf.value, anchors).ok) counts.chained += 1;
  };

  const check = async (host: PackHost, entry: LedgerEntry | null): Promise<void> => {
    counts.hosts += 1;
    const entered = entry === null ? null : enteredOf(entry, host, findings);
    if (host.entry === null || entry === null)
      wrong('entry-missing', `${host.folder} (${host.id}): no signed entry of the pack says what it says of this host.`);
    if (entered !== null) checkRecord(host, entered, findings);
    await compareDetail(host);
    const newest: Moment = host.newest === null ? 'entered' : 'newest';
    for (const moment of MOMENTS) {
      const observation = host[moment];
      if (observation === null) continue;
      checkPieces(host, moment, observation, files, findings);
      if (moment === newest) await followCertificate(observation);
      if (PIECES.some((piece) => pieceOf(observation, piece).state === 'not-kept')) counts.notKept += 1;
      const checks = await verifyAgain(host, moment, observation, moment === newest ? host.akName : null);
      if (checks === null) continue;
      if (moment === newest) compareChecks(host, moment, checks);
      const failed = checks.filter(({ outcome }) => outcome === 'fail');
      const verified = entered?.after.verified ?? host.verified;
      if (moment === 'entered' && verified === 'trusted' && failed[0] !== undefined)
        wrong(
          'verdict-differs',
          `${host.folder}/${moment}: the host was entered as trusted, and its evidence fails ${failed.map(({ code }) => code).join(', ')}.`,
        );
      if (moment === 'entered' && verified !== 'trusted' && failed.length === 0) counts.unexplained += 1;
    }
  };
  return { check, counts: (): ReVerified => ({ ...counts }) };
};
