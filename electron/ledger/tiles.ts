import { type Result, fail, ok } from '../../shared/model/result.ts';
import { HASH_SIZE, type HashText, hashBytes, hashText, nodeHashText } from './hashing.ts';
import { type ReadHash, type Tree, createTree, isSize } from './merkle.ts';

/** C2SP tlog-tiles, "Merkle Tree": 256 hashes of one level side by side. A partial tile has fewer. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const MAX_TILE_LEVEL = 63;

export type TileCoordinates = { readonly level: number; readonly index: number; readonly width: number };
/** `hashes` are width × 32 bytes. */
export type Tile = TileCoordinates & { readonly hashes: Buffer };

const NO_TILES: readonly Tile[] = [];

/** C2SP tlog-tiles: `tile/<L>/<N>[.p/<W>]`, N in groups of three digits, all but the last with an x before them. */
export const tilePath = ({ level, index, width }: TileCoordinates): string => {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
};

const PATH = /^tile\/(0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

export const parseTilePath = (path: string): Result<TileCoordinates> => {
  const [, level, digits, width] = PATH.exec(path) ?? [];
  const tile = {
    level: Number(level),
    index: Number((digits ?? '').replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const known = digits !== undefined && tile.level <= MAX_TILE_LEVEL && isSize(tile.index) && tilePath(tile) === path;
  return known
    ? ok(tile)
    : fail('ledger-tile-path', 'This is no path of a tile (C2SP tlog-tiles).', 'Tiles are named like tile/0/x001/234 or tile/1/000.p/17.');
};

/** How many hashes a level of tiles has in a tree of `size` leaves. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** C2SP tlog-tiles, "Partial Tiles": those at the right edge of a tree of `size` leaves, at most one per level. */
export const partialTilesAt = (size: number): readonly TileCoordinates[] => {
  const tiles: TileCoordinates[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const width = hashesAt(level, size) % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashesAt(level, size) / TILE_WIDTH), width });
  }
  return tiles;
};

/** Gives the hashes of a tile, at least `width` of them; null where it is not kept. */
export type ReadTile = (tile: TileCoordinates) => Uint8Array | null;

const hashAt = (hashes: Uint8Array, at: number): HashText => hashText(hashes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE));

/** MTH over the hashes [from, from + count) of a tile; count is a power of two. */
const subtreeInTile = (hashes: Uint8Array, from: number, count: number): HashText =>
  count === 1
    ? hashAt(hashes, from)
    : nodeHashText(subtreeInTile(hashes, from, count / 2), subtreeInTile(hashes, from + count / 2, count / 2));

/** Hashes of subtrees for proofs, from the tiles of a tree of `size` leaves. What tiles do not hold is computed from those they do. */
export const readHashFromTiles =
  (readTile: ReadTile, size: number): ReadHash =>
  (level, index) => {
    if (!isSize(index) || (index + 1) * 2 ** level > size) return null;
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const count = 2 ** (level % TILE_HEIGHT);
    const first = index * count;
    const tileIndex = Math.floor(first / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, hashesAt(tileLevel, size) - tileIndex * TILE_WIDTH);
    const hashes = readTile({ level: tileLevel, index: tileIndex, width });
    if (hashes === null || hashes.length < width * HASH_SIZE) return null;
    return hashBytes(subtreeInTile(hashes, first % TILE_WIDTH, count));
  };

/** Complete subtrees that a size is made of, largest first: the right edge. */
const edgeAt = (size: number): readonly { readonly level: number; readonly index: number }[] => {
  const found: { level: number; index: number }[] = [];
  let start = 0;
  for (let level = 52; level >= 0; level -= 1) {
    if (Math.floor(size / 2 ** level) % 2 === 0) continue;
    found.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return found;
};

export type TileWriter = Omit<Tree, 'append'> & {
  /** Appends a leaf and gives the tiles that it made full; the caller keeps them. Most appends give none. */
  readonly append: (leafHash: Uint8Array) => readonly Tile[];
  /** The tiles at the right edge as they are now. Keeping them lets the next start go on without reading more. */
  readonly partials: () => readonly Tile[];
};

const MISSING = 'Rebuild the tiles from the entries.';

/**
 * A tree that also fills tiles. `readTile` is asked only here, for the partial tiles at `size`: the storage may keep those, or compute
 * them from kept leaf hashes. Whether they are the true ones shows only against a checkpoint.
 */
export const createTileWriter = (size = 0, readTile: ReadTile = () => null): Result<TileWriter> => {
  if (!isSize(size)) return fail('ledger-tiles', `${size} is no size of a tree.`, MISSING);
  const levels: Buffer[] = [];
  const bufferOf = (level: number): Buffer => (levels[level] ??= Buffer.alloc(TILE_WIDTH * HASH_SIZE));
  const partials = partialTilesAt(size);
  for (const tile of partials) {
    const hashes = readTile(tile);
    if (hashes === null || hashes.length < tile.width * HASH_SIZE)
      return fail('ledger-tiles', `The tile ${tilePath(tile)} is not kept, so the ledger cannot go on from ${size} entries.`, MISSING);
    bufferOf(tile.level).set(hashes.subarray(0, tile.width * HASH_SIZE));
  }
  const readHash = readHashFromTiles(({ level }) => levels[level] ?? null, size);
  const edge = edgeAt(size).map(({ level, index }) => readHash(level, index) ?? Buffer.alloc(0));
  let full: Tile[] | null = null;
  const tree = createTree(size, edge, (level, index, hash) => {
    if (level % TILE_HEIGHT !== 0) return;
    const tileLevel = level / TILE_HEIGHT;
    const at = index % TILE_WIDTH;
    const hashes = bufferOf(tileLevel);
    hashes.write(hash, at * HASH_SIZE, 'latin1');
    if (at < TILE_WIDTH - 1) return;
    full ??= [];
    full.push({ level: tileLevel, index: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH, hashes: Buffer.from(hashes) });
  });
  if (!tree.ok) return tree;
  const { append, ...rest } = tree.value;
  return ok({
    ...rest,
    append: (leafHash) => {
      full = null;
      append(leafHash);
      return full ?? NO_TILES;
    },
    partials: () =>
      partialTilesAt(rest.size()).map((tile) => ({
        ...tile,
        hashes: Buffer.from(bufferOf(tile.level).subarray(0, tile.width * HASH_SIZE)),
      })),
  });
};
