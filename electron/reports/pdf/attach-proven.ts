import { count, plural } from '../../../shared/model/words.ts';
import { MOST_PACKED_BYTES, MOST_PACKED_HOSTS, MOST_PROVEN_ROWS, type PdfProof } from '../../pack/proof-schema.ts';
import type { ExportSource } from '../port.ts';
import { type Attached, provenBy } from '../proof/proof-part.ts';
import type { Paper } from './paper.ts';

/** Attaches what a report says of its rows, and what proves it. */
export const attachProven = async (
  paper: Paper,
  source: ExportSource,
  report: PdfProof['report'],
  own: Attached,
  isInPack = false,
): Promise<PdfProof> => provenBy(source, report, own, isInPack, ({ name, bytes, type, about }) => paper.attach(name, bytes, type, about));

const EVIDENCE: Readonly<Record<PdfProof['evidence'], string>> = {
  attached: 'The evidence itself is attached as pack.zip, an evidence pack: that command verifies each quote and each log in it again.',
  'no-rows': 'No evidence is attached: this report has numbers, and no rows.',
  'many-hosts': `Evidence itself is attached to reports of at most ${MOST_PACKED_HOSTS} hosts, so not to this one; an evidence pack of the same query has it.`,
  large: `The evidence of these hosts is larger than the ${MOST_PACKED_BYTES / (1024 * 1024)} MiB that a report carries, so it is not attached; an evidence pack of the same query has it.`,
  'beside-it': 'The evidence itself is in the evidence pack that this report is a file of.',
};

/** What the file carries to be checked by, and where it stops. */
export const carriedWords = ({ entries, evidence }: PdfProof): readonly string[] => [
  entries === null
    ? `More than ${count(MOST_PROVEN_ROWS)} rows are not proven one by one, so no entries of the ledger are attached; proof.json has the checkpoint and the digests of what is attached.`
    : `Attached are ${plural(entries.length, 'entry', 'entries')} of the ledger that say what these hosts are, with their proofs, the checkpoint, its key and the digest of each attachment.`,
  EVIDENCE[evidence],
];
