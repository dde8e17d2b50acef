import { z } from 'zod';
import { hash } from 'node:crypto';
import { leafHash } from '../ledger/hashing.ts';
import { consistencyProof, createTree } from '../ledger/merkle.ts';
import { createTileWriter, readHashFromTiles, type ReadTile, TILE_WIDTH, type TileWriter } from '../ledger/tiles.ts';
import { fail, ok, type Problem, type Result } from '../../shared/model/result.ts';
import { BY_ITSELF, type LedgerDraft, type LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** The tree over the first `size` entries. */
export type TreeHead = { readonly size: number; readonly root: Buffer };

export type StoredCheckpoint = { readonly size: number; readonly atMs: number; readonly note: string };

export type LedgerSeal = {
  /** What was signed last; null before the first time. */
  readonly newest: () => StoredCheckpoint | null;
  /** The tree at a size that was signed, as the tiles give it. */
  readonly rootAt: (size: number) => Result<Buffer>;
  /** That the tree at `to`, which was signed, continues the one at `from`. */
  readonly consistency: (from: number, to: number) => Result<readonly Buffer[]>;
  /**
   * Keeps what `sign` makes of the tree over all entries; with `cover`, confirmations get their entry first. Nothing happens where there is
   * nothing new. A problem where the kept tree cannot be gone on with: then nothing is signed.
   */
  readonly seal: (atMs: number, cover: boolean, sign: Sign) => Result<StoredCheckpoint | null>;
  /**
   * Adds an entry and signs the tree right after it, both or neither, on the disk before this returns: what the caller does next, such as
   * deleting a key, cannot be ahead of it.
   */
  readonly sealEntry: (draft: LedgerDraft, atMs: number, sign: Sign) => Result<StoredCheckpoint>;
};

export type Sign = (head: TreeHead) => Result<string>;

/** Entries hashed into the tree before whoever waits gets an answer; a few milliseconds. */
export const SEAL_STEP = 5_000;

const checkpointSchema = z.object({ size: z.number(), atMs: z.number(), note: z.string() }).optional();
const hashesSchema = z.object({ hashes: z.instanceof(Uint8Array) }).optional();
const leavesSchema = z.array(z.object({ leaf: z.instanceof(Uint8Array) }));
const coveredSchema = z.object({ id: z.number().nullable() });
const batchesSchema = z.array(z.object({ id: z.number(), at_ms: z.number(), count: z.number(), rows: z.instanceof(Uint8Array) }));

/** The leaf hash is hexadecimal: texts come over to here for a third of the price of as many small buffers. */
type Row = { readonly seq: number; readonly text: string; readonly leaf: string };
/** By hand, because there may be a million of them. */
const rowsOf = (raw: readonly unknown[]): readonly Row[] =>
  raw.map((row) => {
    const [seq, text, leaf]: readonly unknown[] = Array.isArray(row) ? row : [];
    if (typeof seq !== 'number' || typeof text !== 'string' || typeof leaf !== 'string') throw new Error('a row of the ledger is none');
    return { seq, text, leaf };
  });

/** One batch of confirmations as a leaf of the tree whose root its entry carries: number, time and count on lines, then the rows. */
export const batchLeaf = (batch: { id: number; at_ms: number; count: number; rows: Uint8Array }): Buffer =>
  Buffer.concat([Buffer.from(`${batch.id}\n${batch.at_ms}\n${batch.count}\n`), batch.rows]);

/** Takes a transaction back for a reason that is no fault. */
class Undone extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export const createLedgerSeal = (db: Db, ledger: LedgerWriter): LedgerSeal => {
  const sql = {
    newest: db.prepare('SELECT size, at_ms AS atMs, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1'),
    keep: db.prepare('INSERT INTO ledger_checkpoint (size, at_ms, note) VALUES (@size, @atMs, @note)'),
    tile: db.prepare('SELECT hashes FROM ledger_tile WHERE level = ? AND place = ?'),
    putTile: db.prepare(
      'INSERT INTO ledger_tile (level, place, hashes) VALUES (@level, @index, @hashes) ON CONFLICT (level, place) DO UPDATE SET hashes = @hashes',
    ),
    leaves: db.prepare('SELECT leaf FROM ledger_entry WHERE seq >= ? AND seq < ? ORDER BY seq'),
    entries: db.prepare('SELECT seq, bytes, lower(hex(leaf)) FROM ledger_entry WHERE seq >= ? ORDER BY seq LIMIT ?').raw(),
    covered: db.prepare("SELECT max(json_extract(bytes, '$.body.batches.to')) AS id FROM ledger_entry WHERE kind = 'sweep.confirmed'"),
    batches: db.prepare('SELECT id, at_ms, count, rows FROM confirmation WHERE id > ? ORDER BY id LIMIT ?'),
  };
  const readTile: ReadTile = ({ level, index, width }) => {
    const kept = hashesSchema.parse(sql.tile.get(level, index))?.hashes ?? null;
    if (kept !== null || level > 0) return kept;
    return Buffer.concat(leavesSchema.parse(sql.leaves.all(index * TILE_WIDTH, index * TILE_WIDTH + width)).map((row) => row.leaf));
  };
  const newest = (): StoredCheckpoint | null => checkpointSchema.parse(sql.newest.get()) ?? null;

  let tree: TileWriter | null = null;
  const treeAt = (size: number): Result<TileWriter> => {
    if (tree?.size() === size) return ok(tree);
    const made = createTileWriter(size, readTile);
    if (made.ok) tree = made.value;
    return made;
  };

  let coveredTo: number | null = null;
  /** One entry for all confirmations since the last one; what each says is kept apart, for as long as it is wanted. */
  const coverConfirmations = (): void => {
    coveredTo ??= coveredSchema.parse(sql.covered.get()).id ?? 0;
    const batches = batchesSchema.parse(sql.batches.all(coveredTo, SEAL_STEP));
    const [first] = batches;
    const last = batches.at(-1);
    const made = createTree();
    if (first === undefined || last === undefined || !made.ok) return;
    for (const batch of batches) made.value.append(leafHash(batchLeaf(batch)));
    const confirmations = batches.reduce((sum, batch) => sum + batch.count, 0);
    const body = { batches: { from: first.id, to: last.id }, confirmations, root: made.value.root().toString('hex') };
    ledger.append({ who: BY_ITSELF, kind: 'sweep.confirmed', subject: 'fleet', body });
    coveredTo = last.id;
  };

  const seal = db.transaction((atMs: number, cover: boolean, sign: Sign): Result<StoredCheckpoint | null> => {
    if (cover) coverConfirmations();
    const before = newest()?.size ?? 0;
    const going = treeAt(before);
    if (!going.ok) return going;
    const writer = going.value;
    for (let entries = rowsOf(sql.entries.all(before, SEAL_STEP)); entries.length > 0; ) {
      for (const { seq, text, leaf } of entries) {
        // What is signed now is what is there now; a leaf hash that another process wrote is not taken on trust.
        const computed = leafHash(text);
        if (seq !== writer.size() || computed.toString('hex') !== leaf)
          return fail('ledger-broken', `Entry ${writer.size()} of the ledger is not what was written.`, 'Run plumbline audit verify.');
        for (const tile of writer.append(computed)) sql.putTile.run(tile);
      }
      entries = entries.length < SEAL_STEP ? [] : rowsOf(sql.entries.all(writer.size(), SEAL_STEP));
    }
    const head = { size: writer.size(), root: writer.root() };
    if (head.size === before) return ok(null);
    const note = sign(head);
    if (!note.ok) return note;
    for (const tile of writer.partials()) if (tile.level > 0) sql.putTile.run(tile);
    const checkpoint = { size: head.size, atMs, note: note.value };
    sql.keep.run(checkpoint);
    return ok(checkpoint);
  });

  const sealEntry = db.transaction((draft: LedgerDraft, atMs: number, sign: Sign): StoredCheckpoint => {
    ledger.append(draft);
    const sealed = seal(atMs, false, sign);
    if (!sealed.ok) throw new Undone(sealed.problem);
    if (sealed.value === null) throw new Error('an entry was added, and nothing was signed');
    return sealed.value;
  });

  return {
    newest,
    rootAt: (size) => {
      if (size === 0) return ok(hash('sha256', new Uint8Array(), 'buffer'));
      const made = createTileWriter(size, readTile);
      return made.ok ? ok(made.value.root()) : made;
    },
    consistency: (from, to) => consistencyProof(readHashFromTiles(readTile, to), from, to),
    seal: (atMs, cover, sign) => {
      try {
        const sealed = seal(atMs, cover, sign);
        // Entries may be in the tree that no checkpoint covers: the next time it is made anew.
        if (!sealed.ok) [tree, coveredTo] = [null, null];
        return sealed;
      } catch (error) {
        [tree, coveredTo] = [null, null];
        throw error;
      }
    },
    sealEntry: (draft, atMs, sign) => {
      db.pragma('synchronous = FULL');
      try {
        return ok(sealEntry(draft, atMs, sign));
      } catch (error) {
        [tree, coveredTo] = [null, null];
        if (error instanceof Undone) return { ok: false, problem: error.problem };
        throw error;
      } finally {
        db.pragma('synchronous = NORMAL');
      }
    },
  };
};
