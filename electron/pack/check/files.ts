import { packIndexSchema, type PackHost, type PackIndex, type PackObservation } from '../index-schema.ts';
import { detailFile, FILES, hostFolder, issuerFile, mediaTypeOfName, MOMENTS, QUOTE_FILES } from '../layout.ts';
import type { PackContent, PackZip } from '../zip-reader.ts';
import type { Findings } from './findings.ts';

/** What is remembered of a file after its bytes are gone. */
export type Seen = Pick<PackContent, 'sha256' | 'packedSha256'> & { readonly bytes: number };
export type ReadFiles = { readonly seen: ReadonlyMap<string, Seen>; readonly kept: ReadonlyMap<string, Buffer> };

/** Texts that are read again; evidence is not kept in memory. */
const KEPT: ReadonlySet<string> = new Set([
  FILES.index,
  FILES.sums,
  FILES.lines,
  FILES.checkpoint,
  FILES.key,
  FILES.keyPem,
  FILES.entries,
  FILES.proofs,
  FILES.manifest,
  FILES.script,
  FILES.page,
]);
const isKept = (name: string): boolean => KEPT.has(name) || name.endsWith('/host.json');

const FILES_AT_A_TIME = 128;

/** Unpacks and hashes every file. Each one that cannot be unpacked is named. */
export const readFiles = async (zip: PackZip, onFile: (done: number, of: number) => void, { wrong }: Findings): Promise<ReadFiles> => {
  const seen = new Map<string, Seen>();
  const kept = new Map<string, Buffer>();
  let done = 0;
  for (const name of zip.names) {
    onFile(done, zip.names.length);
    // Whoever wants to stop it is heard between files.
    if (done % FILES_AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
    done += 1;
    const file = await zip.read(name);
    if (!file.ok) {
      wrong('pack-file', file.problem.message);
      continue;
    }
    const { sha256, packedSha256, bytes, isPacked } = file.value;
    // What nothing else has a digest of must be there as it is: a packed byte more or less could be the same text.
    if (isPacked === (name === FILES.index || name === FILES.sums)) wrong('pack-file', `${name} is not packed as a pack packs it.`);
    seen.set(name, { sha256, packedSha256, bytes: bytes.length });
    if (isKept(name)) kept.set(name, bytes);
  }
  return { seen, kept };
};

/** SHA256SUMS, byte by byte: every file but itself, in the order of the zip. */
export const checkSums = (names: readonly string[], { seen, kept }: ReadFiles, { wrong }: Findings): void => {
  const sums = kept.get(FILES.sums);
  if (sums === undefined) return wrong('file-missing', 'SHA256SUMS is not in the pack.');
  if (names.at(-1) !== FILES.sums) wrong('file-changed', 'SHA256SUMS is not the last file.');
  const lines = sums.toString('latin1').split('\n');
  const said = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const [name, { sha256 }] of seen) {
    if (name === FILES.sums) continue;
    const digest = said.get(name);
    if (digest === undefined) wrong('file-extra', `${name} is in the pack and not in SHA256SUMS.`);
    else if (digest !== sha256) wrong('file-changed', `${name} is not what SHA256SUMS says.`);
  }
  for (const name of said.keys())
    if (name !== '' && !seen.has(name)) wrong('file-missing', `${name} is in SHA256SUMS and not in the pack.`);
  const again = [...seen].filter(([name]) => name !== FILES.sums).map(([name, { sha256 }]) => `${sha256}  ${name}\n`);
  if (again.join('') !== sums.toString('latin1')) wrong('file-changed', 'SHA256SUMS is not written as a pack writes it.');
};

export const parseIndex = ({ kept }: ReadFiles, { wrong }: Findings): PackIndex | null => {
  const bytes = kept.get(FILES.index);
  if (bytes === undefined) {
    wrong('file-missing', 'index.json is not in the pack.');
    return null;
  }
  try {
    const parsed = packIndexSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    wrong('index-unreadable', `index.json cannot be read: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another shape'}.`);
  } catch {
    wrong('index-unreadable', 'index.json is not JSON.');
  }
  return null;
};

const filesOfObservation = (
  host: PackHost,
  { quote, tpm2Tools, eventLog, ima, runtimeReference, endorsementCertificate }: PackObservation,
  moment: string,
): string[] => {
  const folder = `${host.folder}/${moment}`;
  const quoteFiles = quote.state !== 'kept' ? [] : tpm2Tools === null ? ['quote.json'] : QUOTE_FILES;
  return [
    ...quoteFiles.map((name) => `${folder}/${name}`),
    ...[eventLog, ima, runtimeReference, endorsementCertificate].flatMap((one) =>
      one === 'not-kept' || one.path === null ? [] : [one.path],
    ),
  ];
};

/** Every file that a pack with this index has; nothing else may be in it. */
const expectedFiles = (index: PackIndex): Set<string> => {
  const { readme, csv, lines, oscal, entries, proofs, script, page, sums } = FILES;
  const all = new Set<string>([readme, csv, lines, oscal, entries, proofs, script, page, FILES.index, sums]);
  if (index.manifest !== null) all.add(FILES.manifest);
  if (index.ledger.origin !== null) for (const name of [FILES.checkpoint, FILES.key, FILES.keyPem]) all.add(name);
  for (const { path } of index.issuers ?? []) all.add(path);
  for (const host of index.hosts) {
    all.add(`${host.folder}/host.json`);
    if ((host.detail ?? null) !== null) all.add(detailFile(host.folder));
    for (const moment of MOMENTS)
      for (const name of host[moment] === null ? [] : filesOfObservation(host, host[moment], moment)) all.add(name);
  }
  return all;
};

/** The index against the files, both ways, and against the host.json of each host. */
export const checkIndex = (index: PackIndex, { seen, kept }: ReadFiles, { wrong }: Findings): void => {
  const listed = index.files.map(({ path }) => path);
  const inOrder = [...seen.keys()].filter((name) => name !== FILES.index && name !== FILES.sums);
  if (listed.join('\n') !== inOrder.join('\n')) wrong('index-differs', 'The index does not list the files of the pack in their order.');
  for (const { path, sha256, packedSha256, bytes, mediaType } of index.files) {
    const file = seen.get(path);
    if (file === undefined) wrong('file-missing', `${path} is in the index and not in the pack.`);
    else if (file.sha256 !== sha256 || file.packedSha256 !== packedSha256 || file.bytes !== bytes)
      wrong('file-changed', `${path} is not what the index says.`);
    else if (mediaType !== mediaTypeOfName(path)) wrong('index-differs', `The index calls ${path} something else.`);
  }
  const expected = expectedFiles(index);
  for (const name of expected) if (!seen.has(name)) wrong('file-missing', `${name} should be in this pack.`);
  for (const name of seen.keys())
    if (!expected.has(name) && name !== FILES.pdf && !name.startsWith('references/'))
      wrong('file-extra', `No host and nothing else of the index has ${name}.`);
  if (index.hosts.length !== index.head.count)
    wrong('index-differs', `The head counts ${index.head.count} hosts, and ${index.hosts.length} are listed.`);
  for (const { kind, sha256, path } of index.issuers ?? [])
    if (path !== issuerFile(kind, sha256) || seen.get(path)?.sha256 !== sha256)
      wrong('index-differs', 'The index calls a certificate otherwise than it is.');
  if (!index.demo && index.hosts.some(({ demo }) => demo))
    wrong('index-differs', 'Simulated hosts are in it, and the index does not say so.');
  index.hosts.forEach((host, at) => {
    if (host.folder !== hostFolder(at + 1)) wrong('index-differs', `Host ${at + 1} of the index is said to be in ${host.folder}.`);
    const own = kept.get(`${hostFolder(at + 1)}/host.json`);
    if (own !== undefined && !sameJson(own, host)) wrong('index-differs', `${host.folder}/host.json says something else than the index.`);
  });
};

const sameJson = (bytes: Buffer, value: unknown): boolean => {
  try {
    return JSON.stringify(JSON.parse(bytes.toString('utf8'))) === JSON.stringify(value);
  } catch {
    return false;
  }
};
