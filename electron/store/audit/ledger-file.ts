import { z } from 'zod';
import { fail, type Result } from '../../../shared/model/result.ts';
import { readKeyCreated, readKeyRotated } from '../../ledger/entry-bodies.ts';
import { decodeEntry } from '../../ledger/entry.ts';
import { inclusionProof, type ReadHash } from '../../ledger/merkle.ts';
import { readHashFromTiles, type ReadTile, TILE_WIDTH } from '../../ledger/tiles.ts';
import type { VerifierKey } from '../../ledger/verifier-key.ts';
import type { Db } from '../db.ts';

/** What is taken out of a ledger to be kept or checked elsewhere. Nothing of it is believed: whoever uses it verifies it. */
export type LedgerFile = {
  /** Keys that the ledger names, oldest first, each with the place of its entry. */
  readonly keys: () => readonly { readonly seq: number; readonly key: VerifierKey }[];
  readonly newest: () => { readonly size: number; readonly note: string } | null;
  readonly size: () => number;
  /** Bytes of an entry; null where there is none. */
  readonly entry: (seq: number) => Buffer | null;
  /** That entry `seq` is in the tree of the first `size` entries, from the kept hashes. */
  readonly inclusion: (seq: number, size: number) => Result<readonly Buffer[]>;
  /** The same for many entries of one tree: what was read for one of them is not read again. */
  readonly inclusions: (size: number) => (seq: number) => Result<readonly Buffer[]>;
};

const newestSchema = z.object({ size: z.number(), note: z.string() }).optional();
const countSchema = z.object({ n: z.number() });
const bytesSchema = z.object({ bytes: z.union([z.string(), z.instanceof(Uint8Array)]) }).optional();
const keySchema = z.array(z.object({ seq: z.number(), bytes: z.string() }));
const hashesSchema = z.object({ hashes: z.instanceof(Uint8Array) }).optional();
const leavesSchema = z.array(z.object({ leaf: z.instanceof(Uint8Array) }));
const MAX_KEYS = 10_000;

const notCovered = (seq: number, size: number): ReturnType<typeof fail> =>
  fail('ledger-proof-range', `Entry ${seq} is not among the first ${size}.`, 'Ask for an entry that the checkpoint covers.');

const remembering = (readHash: ReadHash): ReadHash => {
  const known = new Map<string, Uint8Array | null>();
  return (level, index) => {
    const key = `${level}/${index}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const hash = readHash(level, index);
    known.set(key, hash);
    return hash;
  };
};

const TILES_TOGETHER = 256;
const rememberingTiles = (readTile: ReadTile): ReadTile => {
  const known = new Map<string, Uint8Array | null>();
  return (tile) => {
    const key = `${tile.level}/${tile.index}/${tile.width}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const hashes = readTile(tile);
    const oldest = known.keys().next().value;
    if (known.size >= TILES_TOGETHER && oldest !== undefined) known.delete(oldest);
    known.set(key, hashes);
    return hashes;
  };
};

export const ledgerFile = (db: Db): LedgerFile => {
  const sql = {
    newest: db.prepare('SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1'),
    size: db.prepare('SELECT coalesce(max(seq), -1) + 1 AS n FROM ledger_entry'),
    entry: db.prepare('SELECT bytes FROM ledger_entry WHERE seq = ?'),
    keys: db.prepare("SELECT seq, bytes FROM ledger_entry WHERE kind IN ('key.created', 'key.rotated') ORDER BY seq LIMIT ?"),
    tile: db.prepare('SELECT hashes FROM ledger_tile WHERE level = ? AND place = ?'),
    leaves: db.prepare('SELECT leaf FROM ledger_entry WHERE seq >= ? AND seq < ? ORDER BY seq'),
  };
  const readTile: ReadTile = ({ level, index, width }) => {
    const kept = hashesSchema.parse(sql.tile.get(level, index))?.hashes ?? null;
    if (kept !== null || level > 0) return kept;
    return Buffer.concat(leavesSchema.parse(sql.leaves.all(index * TILE_WIDTH, index * TILE_WIDTH + width)).map((row) => row.leaf));
  };
  return {
    keys: () =>
      keySchema.parse(sql.keys.all(MAX_KEYS)).flatMap(({ seq, bytes }) => {
        const entry = decodeEntry(Buffer.from(bytes));
        if (!entry.ok) return [];
        const { kind, body } = entry.value;
        if (kind === 'key.created') {
          const key = readKeyCreated(body);
          return key.ok ? [{ seq, key: key.value }] : [];
        }
        const rotated = readKeyRotated(body);
        return rotated.ok ? [{ seq, key: rotated.value.next }] : [];
      }),
    newest: () => newestSchema.parse(sql.newest.get()) ?? null,
    size: () => countSchema.parse(sql.size.get()).n,
    entry: (seq) => {
      const row = bytesSchema.parse(sql.entry.get(seq));
      return row === undefined ? null : Buffer.from(row.bytes);
    },
    inclusions: (size) => {
      const readHash = remembering(readHashFromTiles(rememberingTiles(readTile), size));
      return (seq) => (seq < size ? inclusionProof(readHash, seq, size) : notCovered(seq, size));
    },
    inclusion: (seq, size) => (seq < size ? inclusionProof(readHashFromTiles(readTile, size), seq, size) : notCovered(seq, size)),
  };
};
