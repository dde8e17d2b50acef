import { generateKeyPairSync, hash } from 'node:crypto';
import { signCheckpoint } from '../ledger/checkpoint.ts';
import { type LedgerEntry, encodeEntry } from '../ledger/entry.ts';
import { keyCreatedBody } from '../ledger/entry-bodies.ts';
import { inclusionProof, leafHash } from '../ledger/merkle.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import type { LedgerSource, SourceCheckpoint, SourceEntry } from '../ledger/recheck/source.ts';
import { type Tile, createTileWriter, readHashFromTiles } from '../ledger/tiles.ts';
import { type VerifierKey, makeVerifierKey } from '../ledger/verifier-key.ts';
import { verifyInclusion } from '../ledger/verify-proof.ts';
import type { Result } from '../../shared/model/result.ts';
import type { BenchResult } from './bench-result.ts';
import { compare, inTurn, resultOf } from './bench-evidence/measure.ts';

const ENTRIES = 1_000_000;
/** One checkpoint and one block of the storage per so many entries. */
const BLOCK = 1000;
const HASH = 32;
const ORIGIN = 'bench.plumbline.example/ledger';
const START = Date.parse('2026-01-01T00:00:00.000Z');

const sure = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const entryAt = (seq: number, key: VerifierKey): LedgerEntry => ({
  v: 1,
  seq,
  at: new Date(START + seq * 100).toISOString(),
  who: { kind: 'system', name: 'plumbline' },
  kind: seq === 0 ? 'key.created' : 'verdict.changed',
  subject: seq === 0 ? 'ledger' : `host-${seq % 10_000}.example.com`,
  body: seq === 0 ? keyCreatedBody(key) : { from: 'trusted', to: 'failed', evidence: [seq.toString(16).padStart(64, '0')] },
});

/** A ledger in memory: entries side by side in few large pieces, because a million small ones would measure the collector of garbage. */
type Kept = {
  readonly blocks: readonly { readonly bytes: Buffer; readonly ends: readonly number[]; readonly hashes: Buffer }[];
  readonly notes: readonly SourceCheckpoint[];
  readonly tiles: ReadonlyMap<string, Buffer>;
};

const entriesOf = (block: Kept['blocks'][number], first: number): readonly SourceEntry[] =>
  block.ends.map((end, at) => ({
    seq: first + at,
    bytes: block.bytes.subarray(block.ends[at - 1] ?? 0, end),
    storedLeafHash: block.hashes.subarray(at * HASH, (at + 1) * HASH),
  }));

function* blocksOf({ blocks }: Kept): Generator<readonly SourceEntry[]> {
  for (const [at, block] of blocks.entries()) yield entriesOf(block, at * BLOCK);
}

const microseconds = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1000;
};

const node = Buffer.alloc(1 + 2 * HASH);
/** As many one-shot hashes over as many bytes as any tree over these entries needs: a leaf and a node each. */
const bareHashes = (entries: readonly SourceEntry[]): void => {
  for (const { bytes } of entries) {
    hash('sha256', bytes, 'binary');
    hash('sha256', node, 'binary');
  }
};

type Appended = { readonly kept: Kept; readonly key: VerifierKey; readonly encoding: number; readonly tree: number; readonly bare: number };

const append = (signal: AbortSignal): Appended => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = sure(makeVerifierKey(ORIGIN, privateKey));
  const writer = sure(createTileWriter());
  const blocks: Kept['blocks'][number][] = [];
  const notes: SourceCheckpoint[] = [];
  const tiles = new Map<string, Buffer>();
  const keep = ({ level, index, hashes }: Tile): void => {
    tiles.set(`${level}/${index}`, hashes);
  };
  const spent = { encoding: 0, tree: 0, bare: 0 };

  for (let first = 0; first < ENTRIES && !signal.aborted; first += BLOCK) {
    const pieces: Buffer[] = [];
    const hashes = Buffer.alloc(BLOCK * HASH);
    spent.encoding += microseconds(() => {
      for (let seq = first; seq < first + BLOCK; seq += 1) pieces.push(sure(encodeEntry(entryAt(seq, key))));
    });
    spent.tree += microseconds(() => {
      for (const [at, bytes] of pieces.entries()) {
        const leaf = leafHash(bytes);
        leaf.copy(hashes, at * HASH);
        for (const tile of writer.append(leaf)) keep(tile);
      }
      const note = sure(signCheckpoint({ origin: ORIGIN, size: writer.size(), root: writer.root() }, [{ privateKey }]));
      notes.push({ size: writer.size(), note });
    });
    let end = 0;
    const block = { bytes: Buffer.concat(pieces), ends: pieces.map(({ length }) => (end += length)), hashes };
    blocks.push(block);
    const entries = entriesOf(block, first);
    spent.bare += microseconds(() => bareHashes(entries));
  }
  for (const tile of writer.partials()) keep(tile);
  return { kept: { blocks, notes, tiles }, key, ...spent };
};

const proofs = ({ tiles, blocks }: Kept, signal: AbortSignal): BenchResult => {
  const size = blocks.length * BLOCK;
  const readHash = readHashFromTiles(({ level, index }) => tiles.get(`${level}/${index}`) ?? null, size);
  const writer = sure(createTileWriter(size, ({ level, index }) => tiles.get(`${level}/${index}`) ?? null));
  const root = writer.root();
  const next = inTurn(Array.from({ length: 97 }, (_, at) => (at * 10_007) % size));
  const prove = (): void => {
    const index = next();
    const leaf = readHash(0, index) ?? root;
    if (!verifyInclusion({ index, size, leafHash: leaf, proof: sure(inclusionProof(readHash, index, size)), root }))
      throw new Error('a proof of the benchmark does not hold');
  };
  const path = Math.ceil(Math.log2(size));
  const bare = (): void => {
    for (let at = 0; at < path; at += 1) hash('sha256', node, 'binary');
  };
  return resultOf('prove one entry of a million from tiles, and verify it (to hashing its path)', compare(prove, bare, 10, signal), 'us');
};

/** The pure half: everything but the database. Entries are of the size that a change of verdict has. */
export const ledgerSuite = (signal: AbortSignal): readonly BenchResult[] => {
  const { kept, key, encoding, tree, bare } = append(signal);
  const entries = kept.blocks.length * BLOCK;
  if (entries < ENTRIES) return [];
  const source: LedgerSource = {
    entries: () => blocksOf(kept),
    checkpoints: () => kept.notes,
    anchors: () => [],
    tile: (level, index) => kept.tiles.get(`${level}/${index}`) ?? null,
  };
  const check = (): void => {
    const report = recheck(source, { keys: [key], shouldStop: () => signal.aborted });
    if (report.complete && (!report.ok || report.checkpoint?.size !== entries))
      throw new Error('the ledger of the benchmark does not hold');
  };
  const bareCheck = (): void => {
    for (const block of blocksOf(kept)) bareHashes(block);
  };
  const perEntry = (spent: number): { value: number; limit: number } => ({ value: spent / entries, limit: bare / entries });
  return [
    resultOf('append an entry: encode, hash, tree, tiles, a checkpoint per 1,000 (to bare hashing)', perEntry(encoding + tree), 'us'),
    resultOf('  of that, all but encoding (to bare hashing)', perEntry(tree), 'us'),
    resultOf('re-check 1,000,000 entries, 1,000 checkpoints, all tiles (to bare hashing)', compare(check, bareCheck, 1, signal, 2), 'ms'),
    proofs(kept, signal),
  ];
};
