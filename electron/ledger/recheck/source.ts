import type { Problem } from '../../../shared/model/result.ts';
import type { VerifierKey } from '../verifier-key.ts';

/** What a storage finds an entry by, beside its bytes; null where it has nothing to find it by. */
export type Filing = { readonly kind: string | null; readonly subject: string | null };

/**
 * An entry as it is kept: its place, its bytes (or the text whose UTF-8 they are), the leaf hash beside it where one is kept, and what it is
 * found by where that is kept apart from the bytes.
 */
export type SourceEntry = {
  readonly seq: number;
  readonly bytes: Uint8Array | string;
  readonly storedLeafHash: Uint8Array | null;
  readonly filed?: Filing;
};

/** A checkpoint as it is kept: the size beside it is only where to look, the note says the size that counts. */
export type SourceCheckpoint = { readonly size: number; readonly note: string };

export const ANCHOR_KINDS = ['file', 'witness', 'time-stamp'] as const;
export type AnchorKind = (typeof ANCHOR_KINDS)[number];

/** What was put or fetched outside: a copy of a checkpoint, one with cosignatures, or a time-stamp token over the note's bytes. */
export type SourceAnchor = {
  readonly kind: AnchorKind;
  readonly note: string;
  readonly token: Uint8Array | null;
};

/** Read-only, and nothing that it says is believed. */
export type LedgerSource = {
  /** Ascending by place, in blocks of whatever size the storage likes. */
  readonly entries: () => Iterable<readonly SourceEntry[]>;
  /** Ascending by size. */
  readonly checkpoints: () => Iterable<SourceCheckpoint>;
  readonly anchors: () => Iterable<SourceAnchor>;
  /** The 256 hashes of a full tile, null where it is not kept. Left out where no tiles are kept at all. */
  readonly tile?: (level: number, index: number) => Uint8Array | null;
};

export type HeldCheckpoint = { readonly note: string; readonly from: string };

export type RecheckOptions = {
  /** Pinned keys. Without any, the first key of the ledger is believed, which cannot show that it was swapped from the start. */
  readonly keys?: readonly VerifierKey[];
  /** Checkpoints that were kept elsewhere: the only way to see that a database was rewound or rewritten by somebody who has the key. */
  readonly held?: readonly HeldCheckpoint[];
  readonly witnessKeys?: readonly VerifierKey[];
  /** Verifies a time-stamp token over the bytes of a note; gives the moment, RFC 3339. */
  readonly verifyTimeStamp?: (token: Uint8Array, note: Uint8Array) => { readonly at: string } | { readonly problem: Problem };
  /** Whether the evidence of a digest is kept, and is what the digest says. */
  readonly evidence?: (sha256: string) => 'present' | 'missing' | 'mismatch';
  /** How many problems are named one by one; further ones are counted. */
  readonly maxProblems?: number;
  /** Asked after each block, with the number of entries so far; true ends the re-check there. */
  readonly shouldStop?: (entries: number) => boolean;
};

export type VerifiedAnchor = { readonly kind: AnchorKind; readonly size: number; readonly by: string | null; readonly at: string | null };
