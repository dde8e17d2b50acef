import { z } from 'zod';

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

export const PROOF_FORMAT = 'plumbline-pdf-proof';
export const PROOF_REPORTS = ['board', 'detailed', 'dossier'] as const;

/** More rows than this are not proven one by one: some 15 MB of entries and proofs. */
export const MOST_PROVEN_ROWS = 10_000;
/** A detailed report of more hosts does not carry their evidence; an evidence pack does. */
export const MOST_PACKED_HOSTS = 20;
/** Evidence that is packed to more than this is not carried in a report. */
export const MOST_PACKED_BYTES = 64 * 1024 * 1024;

/** What a report carries so that it can be checked without the data folder; `proof.json` among its attachments. */
export const proofSchema = z.strictObject({
  format: z.literal(PROOF_FORMAT),
  v: z.literal(1),
  report: z.enum(PROOF_REPORTS),
  /** What every export says of itself, as it was said. */
  head: z.looseObject({
    count,
    cutOffMs: z.number(),
    query: z.string(),
    demo: z.object({ hosts: count }).nullable(),
    checkpoint: z.looseObject({ note: z.string() }).nullable(),
  }),
  /** The signed note and the key that signed it: the file's own word. Null where nothing was signed. */
  ledger: z.strictObject({ origin: z.string(), signed: count, note: z.string(), key: z.string() }).nullable(),
  /** Numbers of the entries in `entries.jsonl`, line by line; null where the rows are not proven one by one. */
  entries: z.array(count).nullable(),
  /** Why the evidence itself is not attached; `attached` where it is. */
  evidence: z.enum(['attached', 'no-rows', 'many-hosts', 'large', 'beside-it']),
  attachments: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
});
export type PdfProof = z.output<typeof proofSchema>;

/** Names of what is attached beside what the report says of its rows. */
export const PROOF_FILES = { proof: 'proof.json', entries: 'entries.jsonl', proofs: 'proofs.jsonl', pack: 'pack.zip' } as const;
/** What a report says of its rows, for programs. */
export const ROWS_FILE = { board: 'evidence.json', detailed: 'hosts.jsonl', dossier: 'evidence.json' } as const;

/** What ties the head of a report to the document: among its keywords is the SHA-256 of this. */
export const identityOfReport = (report: PdfProof['report'], head: unknown): string => JSON.stringify([report, head]);
