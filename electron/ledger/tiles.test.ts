import { describe, expect, it } from 'vitest';
import { consistencyProof, createTree, inclusionProof, leafHash, rootAt } from './merkle.ts';
import { type ReadTile, createTileWriter, parseTilePath, partialTilesAt, readHashFromTiles, tilePath } from './tiles.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

const leaf = (i: number): Buffer => leafHash(Buffer.from(String(i)));
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error('failed');
  return result.value;
};

/** A storage of tiles in memory, as large as `size`. */
const stored = (size: number): { readonly tiles: Map<string, Buffer>; readonly readTile: ReadTile; readonly root: Buffer } => {
  const tiles = new Map<string, Buffer>();
  const writer = value(createTileWriter());
  for (let i = 0; i < size; i += 1) for (const tile of writer.append(leaf(i))) tiles.set(tilePath(tile), tile.hashes);
  for (const tile of writer.partials()) tiles.set(tilePath(tile), tile.hashes);
  const readTile: ReadTile = (tile) => tiles.get(tilePath(tile)) ?? null;
  return { tiles, readTile, root: writer.root() };
};

describe('paths of tiles, as in C2SP tlog-tiles', () => {
  it.each([
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1234, width: 256 }, 'tile/0/x001/234'],
    [{ level: 2, index: 0, width: 1 }, 'tile/2/000.p/1'],
    [{ level: 63, index: 999_000, width: 255 }, 'tile/63/x999/000.p/255'],
  ])('%o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ ok: true, value: tile });
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/1234',
    '../000',
    '',
  ])('refuses %s', (path) => {
    expect(parseTilePath(path)).toMatchObject({ ok: false, problem: { code: 'ledger-tile-path' } });
  });

  it('a tree of 70,000 has the tiles that the specification counts', () => {
    expect(partialTilesAt(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(partialTilesAt(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    const { tiles } = stored(70_000);
    expect([...tiles.keys()].filter((path) => /^tile\/0\/(?:x\d+\/)*\d+$/.test(path))).toHaveLength(273);
    expect([...tiles.keys()].filter((path) => !path.startsWith('tile/0/'))).toEqual(['tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']);
  });
});

describe('a tree kept in tiles', () => {
  const SIZE = 66_000;
  const { readTile, root } = stored(SIZE);
  const readHash = readHashFromTiles(readTile, SIZE);

  it('has the same root as a tree that keeps none, now and at earlier sizes', () => {
    const tree = value(createTree());
    const roots: (readonly [Buffer, Buffer])[] = [];
    for (let i = 0; i < SIZE; i += 1) {
      if ([0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537].includes(i)) roots.push([value(rootAt(readHash, i)), tree.root()]);
      tree.append(leaf(i));
    }
    expect(roots).toHaveLength(10);
    for (const [kept, other] of roots) expect(kept).toEqual(other);
    expect(root).toEqual(tree.root());
    expect(value(rootAt(readHash, SIZE))).toEqual(root);
  });

  it('gives proofs of entries and of beginnings', () => {
    for (const index of [0, 1, 255, 256, 65_535, 65_536, SIZE - 1])
      expect(verifyInclusion({ index, size: SIZE, leafHash: leaf(index), proof: value(inclusionProof(readHash, index, SIZE)), root })).toBe(
        true,
      );
    for (const from of [1, 255, 256, 300, 65_536, 65_537, SIZE - 1]) {
      const fromRoot = value(rootAt(readHash, from));
      expect(verifyConsistency({ from, to: SIZE, fromRoot, toRoot: root, proof: value(consistencyProof(readHash, from, SIZE)) })).toBe(
        true,
      );
    }
  });

  it('goes on from its partial tiles as if it had never stopped', () => {
    for (const size of [0, 1, 200, 255, 256, 257, 600, 65_536, 65_793]) {
      const before = stored(size);
      const writer = value(createTileWriter(size, before.readTile));
      expect(writer.root()).toEqual(before.root);
      for (let i = size; i < size + 300; i += 1) for (const tile of writer.append(leaf(i))) before.tiles.set(tilePath(tile), tile.hashes);
      const whole = stored(size + 300);
      expect(writer.root()).toEqual(whole.root);
      expect(writer.edge()).toEqual(value(createTileWriter(size + 300, whole.readTile)).edge());
      for (const tile of writer.partials()) expect(tile.hashes).toEqual(whole.tiles.get(tilePath(tile)));
      const full = [...whole.tiles].filter(([path]) => !path.includes('.p/'));
      for (const [path, hashes] of full) expect(before.tiles.get(path)).toEqual(hashes);
    }
  });

  it('says when a tile is not kept, or holds too little', () => {
    expect(createTileWriter(300)).toMatchObject({ ok: false, problem: { code: 'ledger-tiles' } });
    expect(createTileWriter(3, () => Buffer.alloc(64)).ok).toBe(false);
    expect(
      inclusionProof(
        readHashFromTiles(() => null, 300),
        0,
        300,
      ),
    ).toMatchObject({ ok: false, problem: { code: 'ledger-hash-missing' } });
    expect(readHash(0, SIZE)).toBeNull();
  });
});
