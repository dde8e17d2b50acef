import { FILES, issuerFile, mediaTypeOfName, PACK_FORMAT, referenceFile } from '../../pack/layout.ts';
import { PACK_VERSION, type PackFile, type PackHost, type PackIndex } from '../../pack/index-schema.ts';
import { issuersOf } from '../../pack/issuers.ts';
import { csv } from '../csv.ts';
import { jsonLines, visibleLines } from '../json-lines.ts';
import { oscal } from '../oscal/oscal.ts';
import type { ExportSource, Format, Sink } from '../port.ts';
import { createHostParts, type Put } from './host-part.ts';
import { manifestEntry, putLedger, type Signed, signedState } from './ledger-part.ts';
import { NOT_CONTAINED, readmeText } from './words.ts';
import { createZipSink } from './zip-sink.ts';

/** What another format writes, whole: a pack has so few hosts that it fits. */
const writtenAs = async (format: Format, source: ExportSource): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  const sink: Sink = { write: (part) => void parts.push(typeof part === 'string' ? Buffer.from(part, 'utf8') : part) };
  await format.write({ ...source, rows: source.again() }, sink);
  return Buffer.concat(parts);
};

const putPolicy = async (store: ExportSource['store'], put: Put): Promise<PackIndex['manifest']> => {
  const active = store.readers.policy.active();
  if (active === null) return null;
  await put(FILES.manifest, active.text);
  return { number: active.number, sha256: active.sha256, entry: manifestEntry(store, active.number, active.sha256) };
};

const putReferences = async ({ store, goOn, head }: ExportSource, put: Put): Promise<void> => {
  let number = 0;
  for (const set of store.references.approved()) {
    goOn();
    if (set.fromMs > head.cutOffMs || (set.toMs !== null && set.toMs <= head.cutOffMs)) continue;
    number += 1;
    await put(referenceFile(number), visibleLines(set));
  }
};

/** Only those that a certificate of this pack leads to. */
const putIssuers = async (
  { store, issuers }: ExportSource,
  hosts: readonly PackHost[],
  put: Put,
): Promise<NonNullable<PackIndex['issuers']>> => {
  const pieces = hosts.flatMap(({ entered, newest }) => [entered, ...(newest === null ? [] : [newest])]);
  const digests = pieces.flatMap(({ endorsementCertificate: one }) =>
    one === 'not-kept' || one.path === null || one.sha256 === null ? [] : [one.sha256],
  );
  const certificates = [...new Set(digests)].flatMap((sha256) => {
    const kept = store.evidence.content(sha256);
    return kept.state === 'kept' ? [kept.bytes] : [];
  });
  const found: NonNullable<PackIndex['issuers']> = [];
  for (const { kind, sha256, der } of issuersOf(certificates, issuers)) {
    const path = issuerFile(kind, sha256);
    await put(path, der);
    found.push({ kind, sha256, path });
  }
  return found;
};

const indexOf = (
  source: ExportSource,
  signed: Signed | null,
  entries: readonly number[],
  rest: Pick<PackIndex, 'manifest' | 'hosts' | 'files' | 'issuers'>,
): PackIndex => {
  const { cutOffMs, checkpoint: _checkpoint, ...head } = source.head;
  return {
    format: PACK_FORMAT,
    v: PACK_VERSION,
    head: { ...head, cutOffMs, cutOff: new Date(cutOffMs).toISOString(), timeZone: 'UTC' },
    demo: head.demo !== null,
    ledger: { origin: signed?.origin ?? null, signed: signed?.size ?? 0, entries: [...entries] },
    manifest: rest.manifest,
    notContained: [...NOT_CONTAINED],
    issuers: rest.issuers,
    hosts: rest.hosts,
    files: rest.files,
  };
};

/**
 * Writes a pack of the hosts of an export, once through its rows. `report`: what is put into it to be read; null where the pack itself is in a
 * report. The same moment and question give the same bytes.
 */
export const writePack = async (source: ExportSource, sink: Sink, report: Format | null): Promise<void> => {
  const { head, rows, store, goOn, resources } = source;
  if (rows.of !== 'hosts') throw new Error('an evidence pack is made of hosts');
  const zip = createZipSink(sink);
  const files: PackFile[] = [];
  const put: Put = async (path, content, packing = 'well') => {
    goOn();
    files.push({ ...(await zip.add(path, content, packing)), mediaType: mediaTypeOfName(path) });
  };
  const signed = signedState(store);
  await put(FILES.readme, readmeText(head, signed?.key.text ?? null));
  await put(FILES.csv, await writtenAs(csv, source));
  await put(FILES.lines, await writtenAs(jsonLines, source));
  await put(FILES.oscal, await writtenAs(oscal, source));
  if (report !== null) await put(FILES.pdf, await writtenAs(report, source));
  const manifest = await putPolicy(store, put);
  await putReferences(source, put);
  const hosts: PackHost[] = [];
  const part = createHostParts(store, signed?.size ?? 0, put);
  for (const row of rows.each) hosts.push(await part(row, hosts.length + 1));
  const issuers = await putIssuers(source, hosts, put);
  const wanted = new Set([...hosts.map(({ entry }) => entry), manifest?.entry ?? null].filter((entry) => entry !== null));
  const entries = await putLedger(store, signed, wanted, put);
  await put(FILES.script, resources('check.sh'));
  await put(FILES.page, resources('check.html'));
  const index = await zip.add(FILES.index, visibleLines(indexOf(source, signed, entries, { manifest, issuers, hosts, files })), 'stored');
  const sums = [...files, index].map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  await zip.add(FILES.sums, sums.join(''), 'stored');
  zip.end();
};
