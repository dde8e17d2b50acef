import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { hostRowSchema, type HostRow } from '../../../shared/contract/schemas.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { PackHost, PackIndex, PackPiece } from '../../pack/index-schema.ts';
import { detailFile, FILES } from '../../pack/layout.ts';
import type { PackZip } from '../../pack/zip-reader.ts';
import type { Blob, HostRecord } from '../../store/records.ts';
import { blobOf, certificateBlobOf, listBlobOf } from '../evidence-blobs.ts';
import { keptDetailSchema } from '../kept-detail.ts';

const NEXT = 'It can still be checked: plumbline audit verify FILE. To look into it, have it made again by this version.';
/** Nothing in a pack ages: it is shown as of its cut-off. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
};

/** Rows of hosts.jsonl, below its head. Null where a line is none. */
const rowsOf = (bytes: Buffer): readonly HostRow[] | null => {
  const rows: HostRow[] = [];
  for (const line of bytes.toString('utf8').trimEnd().split('\n').slice(1)) {
    const row = hostRowSchema.safeParse(parsed(Buffer.from(line)));
    if (!row.success) return null;
    rows.push(row.data);
  }
  return rows;
};

const referenceBlob = (bytes: Buffer): Blob => ({
  kind: 'runtime-reference',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
  encoding: 'plain',
  bytes,
});

const bytesIn = async (zip: PackZip, { path }: PackPiece): Promise<Buffer | null> => {
  const file = path === null ? null : await zip.read(path);
  return file?.ok === true ? file.value.bytes : null;
};

const quoteOf = async (zip: PackZip, host: PackHost): Promise<HostRecord['quote']> => {
  const { quote } = host.newest ?? host.entered;
  const bytes = await bytesIn(zip, quote);
  return bytes === null || quote.sha256 === null ? null : { sha256: quote.sha256, packed: deflateRawSync(bytes) };
};

const blobsOf = async (zip: PackZip, host: PackHost): Promise<HostRecord['blobs']> => {
  const { eventLog, ima, runtimeReference, endorsementCertificate: certificate } = host.newest ?? host.entered;
  const bytesOf = (piece: PackPiece): Promise<Buffer | null> => bytesIn(zip, piece);
  const reference = await bytesOf(runtimeReference);
  return {
    eventLog: blobOf('event-log', await bytesOf(eventLog), null),
    ima: listBlobOf(await bytesOf(ima), null),
    // Layout 1 had none.
    ekCertificate: certificateBlobOf(certificate === 'not-kept' ? null : await bytesOf(certificate)),
    runtimeReference: reference === null ? null : referenceBlob(reference),
  };
};

const recordOf = async (zip: PackZip, host: PackHost, row: HostRow): Promise<Result<HostRecord>> => {
  const file = await zip.read(detailFile(host.folder));
  const kept = file.ok ? keptDetailSchema.safeParse(parsed(file.value.bytes)) : null;
  if (kept?.success !== true)
    return fail('pack-older', `${host.folder} (${visibleText(host.id, 100)}) has no details that this version can show.`, NEXT);
  const { detail } = kept.data;
  return ok({
    id: row.id,
    agentId: row.id.slice(row.endpoint.length + 1),
    endpoint: row.endpoint,
    name: row.name,
    hostClass: row.hostClass,
    address: detail.identity.address,
    // These are what the entry says, against which the check has held the index.
    verdict: host.verdict,
    verified: host.verified ?? host.verdict,
    reported: host.reported,
    brokenLink: row.brokenLink,
    reason: host.reason,
    disagreement: row.disagreement,
    chain: row.chain,
    location: { ...row.location, source: null },
    silent: row.evidenceAtMs === null,
    evidenceAtMs: row.evidenceAtMs,
    seenAtMs: row.lastSeenAtMs,
    demo: row.demo,
    detail: JSON.stringify(kept.data),
    standing: '{}',
    decisive: '',
    decidedBy: 0,
    policyClass: detail.policyClass.name,
    coverage: detail.coverage,
    maxAgeMs: NEVER_MS,
    akName: detail.identity.akName,
    ekSha256: detail.identity.ekSha256,
    tagSerial: null,
    clock: null,
    quotedAtMs: detail.clocks.quotedAtMs,
    quote: await quoteOf(zip, host),
    steady: null,
    blobs: await blobsOf(zip, host),
    findings: [],
  });
};

/**
 * What a checked pack says of its hosts, one after the other, in the form in which hosts are recorded, so that the screens that show a data
 * folder show it. Since when a verdict holds is said by recording each twice. Problems: pack-older.
 */
export const hostRecords = async function* (zip: PackZip, { hosts }: PackIndex): AsyncGenerator<Result<readonly HostRecord[]>> {
  const lines = await zip.read(FILES.lines);
  const rows = lines.ok ? rowsOf(lines.value.bytes) : null;
  for (const [at, host] of hosts.entries()) {
    const row = rows?.[at];
    if (row === undefined || row.id !== host.id) {
      yield fail('pack-older', `${FILES.lines} of this pack is not of the form that this version can show.`, NEXT);
      return;
    }
    const record = await recordOf(zip, host, row);
    const { changedAtMs, lastSeenAtMs } = row;
    if (!record.ok || changedAtMs >= lastSeenAtMs) yield record.ok ? ok([record.value]) : record;
    else yield ok([{ ...record.value, seenAtMs: changedAtMs }, record.value]);
  }
};
