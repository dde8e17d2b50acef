import { z } from 'zod';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { decodeEntry } from '../../ledger/entry.ts';
import type { VerifierKey } from '../../ledger/verifier-key.ts';
import { FILES } from '../../pack/layout.ts';
import type { ExportStore } from '../../store/export-store.ts';
import type { Put } from './host-part.ts';

const versionSchema = z.object({ sha256: z.string() });
const MOST_VERSIONS = 1_000;

/** The newest checkpoint and the key that signed it; null where nothing is signed, or by no key that the ledger names. */
export type Signed = { readonly note: string; readonly origin: string; readonly size: number; readonly key: VerifierKey };

export const signedState = ({ ledgerFile }: ExportStore): Signed | null => {
  const newest = ledgerFile.newest();
  if (newest === null) return null;
  for (const { key } of ledgerFile.keys().toReversed()) {
    const opened = openCheckpoint(newest.note, [key]);
    if (opened.ok) return { note: newest.note, origin: opened.value.checkpoint.origin, size: opened.value.checkpoint.size, key };
  }
  return null;
};

/** The entry that proposed this version of the manifest, with the digest of its text. */
export const manifestEntry = ({ readers }: ExportStore, number: number, sha256: string): number | null => {
  const { rows } = readers.ledger.list({ kind: 'manifest', subject: `manifest version ${number}` }, 0, MOST_VERSIONS);
  return rows.find(({ kind, body }) => kind === 'manifest.proposed' && versionSchema.safeParse(body).data?.sha256 === sha256)?.seq ?? null;
};

export type ProvenLines = { readonly entries: Buffer; readonly proofs: Buffer; readonly written: readonly number[] };

/** Entries with their proofs, line by line the same. An entry that cannot be read is left out; then what it would show is not shown. */
export const provenLines = (
  { ledgerFile }: Pick<ExportStore, 'ledgerFile'>,
  signed: Signed | null,
  wanted: ReadonlySet<number>,
  goOn: () => void,
): ProvenLines => {
  const proofOf = signed === null ? null : ledgerFile.inclusions(signed.size);
  const entries: Buffer[] = [];
  const proofs: Buffer[] = [];
  const written: number[] = [];
  for (const seq of [...wanted].toSorted((a, b) => a - b)) {
    if (written.length % 256 === 0) goOn();
    const bytes = ledgerFile.entry(seq);
    if (bytes === null || !decodeEntry(bytes).ok) continue;
    const proof = proofOf?.(seq) ?? null;
    entries.push(bytes, Buffer.from('\n'));
    const hashes = proof?.ok === true ? proof.value.map((hash) => hash.toString('base64')) : [];
    proofs.push(Buffer.from(`${JSON.stringify({ index: seq, proof: hashes })}\n`));
    written.push(seq);
  }
  return { entries: Buffer.concat(entries), proofs: Buffer.concat(proofs), written };
};

/** The same as files of a pack, with the checkpoint and its key. */
export const putLedger = async (
  store: ExportStore,
  signed: Signed | null,
  wanted: ReadonlySet<number>,
  put: Put,
): Promise<readonly number[]> => {
  const { entries, proofs, written } = provenLines(store, signed, wanted, () => {});
  if (signed !== null) {
    await put(FILES.checkpoint, signed.note);
    await put(FILES.key, `${signed.key.text}\n`);
    await put(FILES.keyPem, signed.key.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  }
  await put(FILES.entries, entries);
  await put(FILES.proofs, proofs);
  return written;
};
