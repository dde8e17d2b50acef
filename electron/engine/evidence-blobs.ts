import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Blob, HostMemory } from '../store/records.ts';
import { toStretches } from './evidence-pieces.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const NO_BYTES = new Uint8Array();
/** Below this, packing takes less time than thinking about where to do it, and a list is hardly more than a piece. */
const PACKED_FROM_BYTES = 32 * 1024;

/** Packs large evidence here, because whoever stores it answers screens as well; leaves out what is stored already. */
const made = (
  kind: Blob['kind'],
  bytes: Uint8Array,
  kept: string | null,
  pack: (named: Pick<Blob, 'sha256' | 'kind' | 'size'>) => Blob,
): Blob => {
  const named = { kind, sha256: sha256(bytes), size: bytes.length };
  if (named.sha256 === kept) return { ...named, encoding: 'stored', bytes: NO_BYTES };
  return bytes.length < PACKED_FROM_BYTES ? { ...named, encoding: 'plain', bytes } : pack(named);
};

export const blobOf = (kind: Blob['kind'], bytes: Uint8Array | null, kept: string | null): Blob | null =>
  bytes === null ? null : made(kind, bytes, kept, (named) => ({ ...named, encoding: 'gzip', bytes: gzipSync(bytes, { level: 1 }) }));

/** Larger ones are none that anybody reads; a registrar may say anything. */
const MOST_CERTIFICATE_BYTES = 16 * 1024;
export const certificateBlobOf = (der: Uint8Array | null): Blob | null =>
  der === null || der.length === 0 || der.length > MOST_CERTIFICATE_BYTES
    ? null
    : { kind: 'ek-certificate', sha256: sha256(der), size: der.length, encoding: 'plain', bytes: der };

/** A list of measured programs, which grows: in pieces, so that what was there before is not kept again. */
export const listBlobOf = (bytes: Uint8Array | null, kept: HostMemory['kept'] | null): Blob | null =>
  bytes === null
    ? null
    : made('ima', bytes, kept?.ima ?? null, (named) => ({
        ...named,
        encoding: 'pieces',
        stretches: toStretches(bytes, kept?.imaPieces ?? { stretches: [], pieces: [] }),
      }));
