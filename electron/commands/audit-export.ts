import { z } from 'zod';
import { ok, type Result } from '../../shared/model/result.ts';
import { openCheckpoint } from '../ledger/checkpoint.ts';
import { leafHash } from '../ledger/hashing.ts';
import { decodeEntry } from '../ledger/entry.ts';
import type { VerifierKey } from '../ledger/verifier-key.ts';
import { verifyInclusion } from '../ledger/verify-proof.ts';
import type { PackFinding } from '../pack/check/findings.ts';
import type { LedgerFile } from '../store/audit/ledger-file.ts';
import { withLedger } from './audit-input.ts';

const bodySchema = z.object({ sha256: z.string() });

/** The entry that has the digest, newest first. Every entry is looked at: a file may have been given another name. */
const entryOf = (ledger: LedgerFile, sha256: string): { readonly seq: number; readonly bytes: Buffer } | null => {
  for (let seq = ledger.size() - 1; seq >= 0; seq -= 1) {
    const bytes = ledger.entry(seq);
    // Decoding a million entries would take a minute; one that holds the digest nowhere is not meant.
    if (bytes === null || !bytes.includes(sha256)) continue;
    const entry = decodeEntry(bytes);
    if (entry.ok && entry.value.kind === 'export.made' && bodySchema.safeParse(entry.value.body).data?.sha256 === sha256)
      return { seq, bytes };
  }
  return null;
};

/** Whether the entry is in the ledger that the key signed; without a key, in the one that the newest key of the folder signed. */
const isProven = (
  ledger: LedgerFile,
  { seq, bytes }: { readonly seq: number; readonly bytes: Buffer },
  keys: readonly VerifierKey[],
): boolean => {
  const newest = ledger.newest();
  const opened = newest === null ? null : openCheckpoint(newest.note, keys.length > 0 ? keys : ledger.keys().map(({ key }) => key));
  if (opened?.ok !== true) return false;
  const { size, root } = opened.value.checkpoint;
  const proof = ledger.inclusion(seq, size);
  return proof.ok && verifyInclusion({ index: seq, size, leafHash: leafHash(bytes), proof: proof.value, root });
};

export type FoundExport = { readonly entry: number | null; readonly problem?: PackFinding };

const unknown = (sentence: string, next: string): FoundExport => ({ entry: null, problem: { code: 'export-unknown', sentence, next } });

/** The entry of a ledger that says that a file with this digest was exported. Problems: those of opening the data folder. */
export const findExport = (data: string, sha256: string, keys: readonly VerifierKey[]): Result<FoundExport> =>
  withLedger(data, (ledger) => {
    const entry = entryOf(ledger, sha256);
    if (entry === null)
      return ok(
        unknown(
          'No entry of this data folder says that a file with these bytes was exported.',
          'Ask whoever gave you this file where it was made; this data folder did not make it as it is.',
        ),
      );
    return ok(
      isProven(ledger, entry, keys)
        ? { entry: entry.seq }
        : unknown(
            `Entry ${entry.seq} says that it was exported, and is not proven to be in the ledger that the key signed.`,
            'Check the ledger: plumbline audit verify --data DIR --key KEY.',
          ),
    );
  });
