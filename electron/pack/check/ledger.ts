import { createPublicKey } from 'node:crypto';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { decodeEntry, type LedgerEntry } from '../../ledger/entry.ts';
import { leafHash } from '../../ledger/hashing.ts';
import { parseVerifierKey, strictBase64, type VerifierKey } from '../../ledger/verifier-key.ts';
import { verifyInclusion } from '../../ledger/verify-proof.ts';
import { type PackIndex, proofLineSchema } from '../index-schema.ts';
import { FILES } from '../layout.ts';
import type { ReadFiles } from './files.ts';
import type { Findings } from './findings.ts';

export type CheckedLedger = {
  /** Number of entries and root (base64) that the key signed; null where no signature holds. */
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
  readonly key: string | null;
  /** Whether the key that it was checked with came from outside of the pack. */
  readonly pinned: boolean;
  /** Entries of the pack that are proven to be in the signed ledger, by number. */
  readonly proven: ReadonlyMap<number, LedgerEntry>;
  readonly entries: number;
};

const textOf = ({ kept }: ReadFiles, name: string): string | null => kept.get(name)?.toString('utf8') ?? null;

const ownKey = (files: ReadFiles, { wrong }: Findings): VerifierKey | null => {
  const line = textOf(files, FILES.key);
  const key = line === null ? null : parseVerifierKey(line.trimEnd());
  if (key?.ok !== true || key.value.type !== 'ed25519') {
    wrong('file-changed', `${FILES.key} holds no key of a ledger.`);
    return null;
  }
  try {
    const pem = createPublicKey(textOf(files, FILES.keyPem) ?? '');
    if (!pem.equals(key.value.publicKey)) wrong('file-changed', `${FILES.keyPem} is another key than ${FILES.key}.`);
  } catch {
    wrong('file-changed', `${FILES.keyPem} holds no public key.`);
  }
  return key.value;
};

type Tree = { readonly size: number; readonly root: Buffer; readonly origin: string; readonly key: string };

const openWith = (
  note: string,
  own: VerifierKey | null,
  pinned: readonly VerifierKey[],
  { wrong, note: notice }: Findings,
): Tree | null => {
  const keys = pinned.length > 0 ? pinned : own === null ? [] : [own];
  if (pinned.length === 0)
    notice(
      'key-first-use',
      'No key was given: the signature was checked with the key that is in the file, which is the word of whoever made it. Anyone could have made all of it.',
    );
  const opened = openCheckpoint(note, keys);
  if (opened.ok) {
    const { size, root, origin } = opened.value.checkpoint;
    return { size, root, origin, key: opened.value.note.verified[0]?.key.text ?? '' };
  }
  const isUnknown = opened.problem.code === 'ledger-note-unknown-key';
  wrong(
    isUnknown ? 'key-swapped' : 'checkpoint-forged',
    isUnknown ? 'The checkpoint in it is signed by another key than the one that was given.' : opened.problem.message,
  );
  return null;
};

/** Lines as bytes: what is hashed is never decoded first. */
const linesOf = (bytes: Buffer): readonly Buffer[] => {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const upTo = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(at, upTo));
    at = upTo + 1;
  }
  return lines;
};

const proofOf = (line: Buffer | undefined): { readonly index: number; readonly proof: readonly Buffer[] } | null => {
  try {
    const parsed = proofLineSchema.parse(JSON.parse(line?.toString('utf8') ?? ''));
    return { index: parsed.index, proof: parsed.proof.map((hash) => strictBase64(hash) ?? Buffer.alloc(0)) };
  } catch {
    return null;
  }
};

/** What a file says of the ledger. Nothing of it is believed. */
export type LedgerParts = {
  /** The signed note of the checkpoint; null where nothing was signed. */
  readonly note: string | null;
  readonly own: VerifierKey | null;
  readonly said: PackIndex['ledger'];
  /** Entries and their proofs, line by line. */
  readonly entries: Buffer;
  readonly proofs: Buffer;
};

/** The checkpoint's signature, and each entry's place under it. `pinned`: keys that were got elsewhere; empty = that of the pack is used. */
export const checkLedger = (index: PackIndex, files: ReadFiles, pinned: readonly VerifierKey[], findings: Findings): CheckedLedger => {
  const note = textOf(files, FILES.checkpoint);
  const own = note === null ? null : ownKey(files, findings);
  const entries = files.kept.get(FILES.entries) ?? Buffer.alloc(0);
  return checkLedgerParts(
    { note, own, said: index.ledger, entries, proofs: files.kept.get(FILES.proofs) ?? Buffer.alloc(0) },
    pinned,
    findings,
  );
};

/** The same for any file that has these parts. */
export const checkLedgerParts = (parts: LedgerParts, pinned: readonly VerifierKey[], findings: Findings): CheckedLedger => {
  const { wrong } = findings;
  const { note: signed, own, said } = parts;
  const tree = signed === null ? null : openWith(signed, own, pinned, findings);
  if (signed === null) wrong('checkpoint-missing', 'Nothing of the ledger was signed when this file was made.');
  if (tree !== null && (tree.size !== said.signed || tree.origin !== said.origin))
    wrong('index-differs', 'The file tells of another checkpoint than the one that is in it.');
  const lines = linesOf(parts.entries);
  const proofs = linesOf(parts.proofs);
  const proven = new Map<number, LedgerEntry>();
  if (lines.length !== proofs.length || lines.length !== said.entries.length)
    wrong('index-differs', 'Entries, proofs and index tell of another number of entries.');
  const uncovered: number[] = [];
  lines.forEach((line, at) => {
    const entry = decodeEntry(line);
    const proof = proofOf(proofs[at]);
    if (!entry.ok || proof === null) return wrong('entry-unreadable', `Line ${at + 1} of the entries, or its proof, cannot be read.`);
    const { seq } = entry.value;
    if (seq !== proof.index || seq !== said.entries[at])
      return wrong('entry-not-proven', `Entry ${seq} has the proof or the place of another entry.`);
    if (tree === null) return;
    if (seq >= tree.size) return void uncovered.push(seq);
    if (!verifyInclusion({ index: seq, size: tree.size, leafHash: leafHash(line), proof: proof.proof, root: tree.root }))
      return wrong('entry-not-proven', `Entry ${seq} is not the one that was signed at its place.`);
    proven.set(seq, entry.value);
  });
  if (uncovered.length > 0)
    wrong(
      'not-yet-covered',
      `${uncovered.length} entries, from entry ${uncovered[0] ?? 0}, are not covered by the checkpoint of this file.`,
    );
  return {
    checkpoint: tree === null ? null : { size: tree.size, root: tree.root.toString('base64') },
    key: tree?.key ?? null,
    pinned: pinned.length > 0,
    proven,
    entries: lines.length,
  };
};
