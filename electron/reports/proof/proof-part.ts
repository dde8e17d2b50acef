import { createHash } from 'node:crypto';
import {
  MOST_PACKED_BYTES,
  MOST_PACKED_HOSTS,
  MOST_PROVEN_ROWS,
  type PdfProof,
  PROOF_FILES,
  PROOF_FORMAT,
} from '../../pack/proof-schema.ts';
import { provenLines, signedState } from '../pack/ledger-part.ts';
import { writePack } from '../pack/write-pack.ts';
import type { ExportSource, Sink } from '../port.ts';

export type Attached = { readonly name: string; readonly bytes: Buffer; readonly type: string; readonly about: string };
/** Takes an attachment; its bytes are not needed here afterwards. */
export type Attach = (one: Attached) => void;

class TooLarge extends Error {}

/** The evidence pack of the hosts, in memory; null where it would be larger than a report carries. */
const packOf = async (source: ExportSource): Promise<Buffer | null> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const sink: Sink = {
    write: (part) => {
      const one = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      bytes += one.length;
      if (bytes > MOST_PACKED_BYTES) throw new TooLarge();
      parts.push(one);
    },
  };
  try {
    await writePack({ ...source, rows: source.again() }, sink, null);
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
  return Buffer.concat(parts);
};

const entriesOf = (source: ExportSource): ReadonlySet<number> => {
  const rows = source.again();
  const wanted = new Set<number>();
  if (rows.of !== 'hosts') return wanted;
  for (const { id } of rows.each) {
    const entry = source.store.evidence.entryOf(id);
    if (entry !== null) wanted.add(entry);
  }
  return wanted;
};

const evidenceOf = async (
  source: ExportSource,
  report: PdfProof['report'],
  isInPack: boolean,
): Promise<{ readonly state: PdfProof['evidence']; readonly pack: Buffer | null }> => {
  if (report === 'board') return { state: 'no-rows', pack: null };
  if (isInPack) return { state: 'beside-it', pack: null };
  if (source.head.count > MOST_PACKED_HOSTS) return { state: 'many-hosts', pack: null };
  const pack = await packOf(source);
  return { state: pack === null ? 'large' : 'attached', pack };
};

/**
 * What makes a report provable by itself: the checkpoint and its key, the entry that says what each host is with its proof (of at most 10,000
 * rows), of few hosts the evidence, and the digest of each attachment. `own`: what the report says of its rows. A board summary has numbers and
 * no rows: nothing of them is proven but the checkpoint that they stand under.
 */
export const provenBy = async (
  source: ExportSource,
  report: PdfProof['report'],
  own: Attached,
  isInPack: boolean,
  take: Attach,
): Promise<PdfProof> => {
  const { head, store, goOn } = source;
  const signed = signedState(store);
  const attachments: PdfProof['attachments'] = [];
  const put = (one: Attached): void => {
    const { name, bytes } = one;
    attachments.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    take(one);
  };
  const attach = (name: string, bytes: Buffer, type: string, about: string): void => put({ name, bytes, type, about });
  put(own);
  let entries: PdfProof['entries'] = null;
  if (report !== 'board' && head.count <= MOST_PROVEN_ROWS) {
    const lines = provenLines(store, signed, entriesOf(source), goOn);
    entries = [...lines.written];
    attach(
      PROOF_FILES.entries,
      lines.entries,
      'application/jsonl',
      'Entries of the ledger that say what each host is, as they were signed',
    );
    attach(PROOF_FILES.proofs, lines.proofs, 'application/jsonl', 'Line by line the proof that the entry is in the ledger');
  }
  goOn();
  const { state, pack } = await evidenceOf(source, report, isInPack);
  if (pack !== null) attach(PROOF_FILES.pack, pack, 'application/zip', 'Evidence pack of these hosts: quotes, logs, and what checks them');
  const proof: PdfProof = {
    format: PROOF_FORMAT,
    v: 1,
    report,
    head: { ...head },
    ledger: signed === null ? null : { origin: signed.origin, signed: signed.size, note: signed.note, key: signed.key.text },
    entries,
    evidence: state,
    attachments,
  };
  const about = 'Checkpoint, key and digests: plumbline audit verify';
  take({ name: PROOF_FILES.proof, bytes: Buffer.from(`${JSON.stringify(proof)}\n`), type: 'application/json', about });
  return proof;
};
