import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createTrustAnchors, type TrustAnchors } from '../../evidence/index.ts';
import type { VerifierKey } from '../../ledger/verifier-key.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { LedgerEntry } from '../../ledger/entry.ts';
import type { PackHost, PackIndex } from '../index-schema.ts';
import { FILES, type IssuerKind } from '../layout.ts';
import { openPack, type PackZip, type ZipSource } from '../zip-reader.ts';
import { checkIndex, checkSums, parseIndex, type ReadFiles, readFiles } from './files.ts';
import { createFindings, type Findings, type PackFinding } from './findings.ts';
import { createHostCheck, type ReVerified } from './hosts.ts';
import { type CheckedLedger, checkLedger } from './ledger.ts';

export type PackOptions = {
  /** Keys of the ledger that were got elsewhere. Empty: that of the pack is used, and a notice says what that is worth. */
  readonly keys: readonly VerifierKey[];
  /** check.sh and check.html of this version. */
  readonly tools: ReadonlyMap<string, string>;
  readonly onProgress: (what: 'files' | 'hosts', done: number, of: number) => void;
  readonly isStopped: () => boolean;
};

/** What a pack says, for whoever shows it; only what the check names holds of it. */
export type PackContents = {
  readonly index: PackIndex;
  /** Entries that are proven to be in the signed ledger. */
  readonly entries: readonly LedgerEntry[];
  readonly manifest: string | null;
};

export type PackReport = {
  readonly ok: boolean;
  readonly entries: number;
  readonly checkpoint: CheckedLedger['checkpoint'];
  readonly key: string | null;
  readonly pinned: boolean;
  readonly reVerified: ReVerified;
  readonly unpackedBytes: number;
  readonly problems: readonly PackFinding[];
  readonly notices: readonly PackFinding[];
  /** Null where it cannot be read. */
  readonly contents: PackContents | null;
};

export class Stopped extends Error {}

const versionSchema = z.object({ sha256: z.string() });
const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  verdict: z.string(),
  reported: z.string(),
  brokenLink: z.string().nullable(),
  reason: z.string(),
});

const checkManifest = (index: PackIndex, { kept, seen }: ReadFiles, { proven }: CheckedLedger, { wrong, note }: Findings): void => {
  if (index.manifest === null) return;
  const { number, sha256, entry } = index.manifest;
  const text = kept.get(FILES.manifest);
  if (text === undefined || seen.get(FILES.manifest)?.sha256 !== sha256)
    return wrong('record-differs', 'The manifest of the pack is not the one that the index names.');
  const said = entry === null ? undefined : proven.get(entry);
  if (said === undefined) return note('only-by-digest', 'No signed entry of the pack names the manifest.');
  const isThis =
    said.kind === 'manifest.proposed' &&
    said.subject === `manifest version ${number}` &&
    versionSchema.safeParse(said.body).data?.sha256 === createHash('sha256').update(text).digest('hex');
  if (!isThis) wrong('record-differs', `Entry ${said.seq} does not speak of the manifest of the pack.`);
};

const isRowOf = (line: string, host: PackHost | undefined): boolean => {
  try {
    const row = rowSchema.parse(JSON.parse(line));
    return (
      host !== undefined && (['id', 'name', 'verdict', 'reported', 'brokenLink', 'reason'] as const).every((key) => row[key] === host[key])
    );
  } catch {
    return false;
  }
};

/** Rows for programs, against the index. */
const checkRows = (hosts: readonly PackHost[], { kept }: ReadFiles, { wrong }: Findings): void => {
  const lines = (kept.get(FILES.lines)?.toString('utf8') ?? '').trimEnd().split('\n').slice(1);
  if (lines.length !== hosts.length || !lines.every((line, at) => isRowOf(line, hosts[at])))
    wrong('record-differs', `${FILES.lines} and the index tell something else of the hosts.`);
};

const checkTools = (tools: ReadonlyMap<string, string>, { kept }: ReadFiles, { note }: Findings): void => {
  for (const [name, text] of tools)
    if (kept.get(name)?.toString('utf8') !== text)
      note('tools-differ', `${name} of the pack is not that of this version: another version made it, or somebody changed it.`);
};

const sayWhatNot = (index: PackIndex, counts: ReVerified, { note }: Findings): void => {
  if (index.demo) note('demo-data', 'Simulated hosts are in the data folder that it was made of.');
  if (counts.notKept > 0)
    note('evidence-not-kept', `Of ${counts.notKept} observations something is not kept any more and could not be verified again.`);
  note(
    'not-evaluated',
    `Reference values, policy, clocks and revocation of certificates were not judged again${counts.unexplained === 0 ? '' : `; that ${counts.unexplained} hosts are not trusted rests on those or on missing evidence`}.`,
  );
  if (index.v === 1) note('older-layout', 'It is of layout 1, which had no endorsement certificates.');
  else
    note(
      'certificates',
      `${counts.certificates} of ${counts.hosts} hosts have an endorsement certificate in it, and ${counts.chained} of these lead to a root that is in the pack. Those roots are the word of whoever made it; times and revocation were not looked at, and no certificate ties the attestation key to its TPM.`,
    );
  note(
    'only-by-digest',
    'hosts.csv, oscal.json, report.pdf, reference values, README, details of hosts and newest quotes are held against digests in the pack only, which nobody signed.',
  );
};

/** Certificates of makers that are in the pack. What is none is passed over: then nothing leads to it. */
const anchorsOf = async (zip: PackZip, { issuers = [] }: PackIndex): Promise<TrustAnchors> => {
  const files: Record<IssuerKind, Uint8Array[]> = { root: [], issuer: [] };
  for (const { kind, path } of issuers) {
    const file = await zip.read(path);
    if (file.ok) files[kind].push(file.value.bytes);
  }
  return createTrustAnchors(files.root, files.issuer);
};

/** A pack as far as it could be read. */
export type Examined = { readonly report: PackReport; readonly index: PackIndex | null; readonly files: ReadFiles | null };

/** Checks a pack, and throws `Stopped` where it is to be stopped. */
export const examinePack = async (
  source: ZipSource,
  size: number,
  { keys, tools, onProgress, isStopped }: PackOptions,
): Promise<Examined> => {
  const findings = createFindings();
  const goOn = (what: 'files' | 'hosts', done: number, of: number): void => {
    if (isStopped()) throw new Stopped();
    onProgress(what, done, of);
  };
  let ledger: CheckedLedger = { checkpoint: null, key: null, pinned: keys.length > 0, proven: new Map(), entries: 0 };
  let unpackedBytes = 0;
  let reVerified: ReVerified = { hosts: 0, quotes: 0, notKept: 0, unexplained: 0, certificates: 0, chained: 0 };
  let contents: PackContents | null = null;
  let index: PackIndex | null = null;
  let files: ReadFiles | null = null;
  const zip = await openPack(source, size);
  if (zip.ok) {
    files = await readFiles(zip.value, (done, of) => goOn('files', done, of), findings);
    for (const { bytes } of files.seen.values()) unpackedBytes += bytes;
    checkSums(zip.value.names, files, findings);
    index = parseIndex(files, findings);
    if (index !== null) {
      checkIndex(index, files, findings);
      ledger = checkLedger(index, files, keys, findings);
      checkManifest(index, files, ledger, findings);
      checkRows(index.hosts, files, findings);
      checkTools(tools, files, findings);
      const hosts = createHostCheck(zip.value, files, findings, await anchorsOf(zip.value, index));
      for (const host of index.hosts) {
        goOn('hosts', hosts.counts().hosts, index.hosts.length);
        await hosts.check(host, host.entry === null ? null : (ledger.proven.get(host.entry) ?? null));
      }
      contents = { index, entries: [...ledger.proven.values()], manifest: files.kept.get(FILES.manifest)?.toString('utf8') ?? null };
      reVerified = hosts.counts();
      sayWhatNot(index, reVerified, findings);
    }
  } else findings.wrong('pack-zip', zip.problem.message);
  const { problems, notices } = findings.all();
  const { checkpoint, key, pinned, entries } = ledger;
  const report = {
    ok: problems.length === 0 && checkpoint !== null,
    entries,
    checkpoint,
    key,
    pinned,
    reVerified,
    unpackedBytes,
    problems,
    notices,
    contents,
  };
  return { report, index, files };
};

/**
 * Checks an evidence pack offline: its form, hashes both ways, checkpoint, proofs, what it says of hosts against the entries; then verifies the
 * evidence again and compares. Nothing of it is believed but what the keys signed, and nothing is written anywhere. `handle`: an open file of
 * `size` bytes. Problems: stopped. What a pack does not show is among the notices.
 */
export const checkPack = async (handle: number, size: number, options: PackOptions): Promise<Result<PackReport>> => {
  try {
    return ok((await examinePack(handle, size, options)).report);
  } catch (error) {
    if (error instanceof Stopped) return fail('stopped', 'The check was stopped before its end.', 'Run it again.');
    throw error;
  }
};
