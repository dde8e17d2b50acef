import { z } from 'zod';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { CHECK_CODES, CHECK_OUTCOMES } from '../../../shared/model/check.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import type { PackHost, PackObservation, PackPiece } from '../../pack/index-schema.ts';
import { type ContentKind, contentFile, detailFile, hostFolder, type Moment } from '../../pack/layout.ts';
import { tpm2FilesOf } from '../../pack/tpm2-files.ts';
import { decodeEntry } from '../../ledger/entry.ts';
import type { ExportStore } from '../../store/export-store.ts';
import type { EvidenceDigests, KeptBytes } from '../../store/host-evidence.ts';
import { visibleJson, visibleLines } from '../json-lines.ts';
import type { Packing } from './zip-sink.ts';

const detailSchema = z.object({
  detail: z.object({
    checks: z.array(z.object({ code: z.enum(CHECK_CODES), outcome: z.enum(CHECK_OUTCOMES) })),
    identity: z.object({ akName: z.string().nullable() }),
  }),
});
const bodySchema = z.object({ after: z.object({ verified: z.enum(VERDICTS) }) });

/** Puts a file into the pack. */
export type Put = (path: string, content: string | Uint8Array, packing?: Packing) => Promise<void>;

const detailOf = (text: string): z.output<typeof detailSchema>['detail'] | null => {
  try {
    return detailSchema.parse(JSON.parse(text)).detail;
  } catch {
    // A detail of another version: what it found is not said again.
    return null;
  }
};

const NONE: PackPiece = { state: 'none', sha256: null, path: null };
const pieceOf = (sha256: string, { state }: KeptBytes, path: string): PackPiece => ({
  state,
  sha256,
  path: state === 'kept' ? path : null,
});

const KIND_OF = { eventLog: 'event-log', ima: 'ima', runtimeReference: 'reference' } as const satisfies Record<string, ContentKind>;

/** Writes what is kept of hosts, each content once, and says what is not kept. */
export const createHostParts = ({ evidence, ledgerFile }: ExportStore, signed: number, put: Put) => {
  const contents = new Map<string, PackPiece['state']>();

  const content = async (kind: ContentKind, sha256: string | null): Promise<PackPiece> => {
    if (sha256 === null) return NONE;
    const path = contentFile(kind, sha256);
    const known = contents.get(path);
    if (known !== undefined) return { state: known, sha256, path: known === 'kept' ? path : null };
    const kept = evidence.content(sha256);
    contents.set(path, kept.state);
    if (kept.state === 'kept') await put(path, kept.bytes, 'quick');
    return pieceOf(sha256, kept, path);
  };

  const quoteOf = async (hostId: string, folder: string, sha256: string | null): Promise<Pick<PackObservation, 'quote' | 'tpm2Tools'>> => {
    if (sha256 === null) return { quote: NONE, tpm2Tools: null };
    const kept = evidence.quote(hostId, sha256);
    const quote = pieceOf(sha256, kept, `${folder}/quote.json`);
    if (kept.state !== 'kept') return { quote, tpm2Tools: null };
    await put(`${folder}/quote.json`, kept.bytes);
    const files = tpm2FilesOf(kept.bytes);
    for (const [name, bytes] of files ?? []) await put(`${folder}/${name}`, bytes);
    return { quote, tpm2Tools: files === null ? null : folder };
  };

  const observation = async (hostId: string, folder: string, moment: Moment, digests: EvidenceDigests): Promise<PackObservation> => ({
    ...(await quoteOf(hostId, `${folder}/${moment}`, digests.quote)),
    eventLog: await content(KIND_OF.eventLog, digests.eventLog),
    ima: await content(KIND_OF.ima, digests.ima),
    runtimeReference: await content(KIND_OF.runtimeReference, digests.runtimeReference),
    endorsementCertificate: await content('certificate', digests.ekCertificate),
  });

  const verifiedIn = (entry: number | null): PackHost['verified'] => {
    const bytes = entry === null ? null : ledgerFile.entry(entry);
    const decoded = bytes === null ? null : decodeEntry(bytes);
    const body = decoded?.ok === true ? bodySchema.safeParse(decoded.value.body) : null;
    return body?.success === true ? body.data.after.verified : null;
  };

  /** `number`: place of the host in the pack, from 1. */
  return async (row: HostRow, number: number): Promise<PackHost> => {
    const kept = evidence.of(row.id);
    if (kept === null) throw new Error('a host of the list is not in the database');
    const folder = hostFolder(number);
    const { entered, newest } = kept;
    const { entry } = entered;
    const detail = detailOf(kept.detail);
    const isSame = newest.quote === entered.quote && newest.eventLog === entered.eventLog && newest.ima === entered.ima;
    const host: PackHost = {
      folder,
      id: row.id,
      name: row.name,
      endpoint: row.endpoint,
      demo: row.demo,
      verdict: row.verdict,
      verified: verifiedIn(entry),
      reported: row.reported,
      brokenLink: row.brokenLink,
      reason: row.reason,
      evidenceAt: row.evidenceAtMs === null ? null : new Date(row.evidenceAtMs).toISOString(),
      entry,
      entrySigned: entry !== null && entry < signed,
      akName: detail?.identity.akName ?? null,
      checks: (detail?.checks ?? []).map(({ code, outcome }) => ({ code, outcome })),
      detail: detail === null ? null : detailFile(folder),
      entered: await observation(row.id, folder, 'entered', entered),
      newest: isSame ? null : await observation(row.id, folder, 'newest', newest),
    };
    await put(`${folder}/host.json`, visibleLines(host));
    if (detail !== null) await put(detailFile(folder), visibleJson(kept.detail));
    return host;
  };
};
