import { scratchViews } from '../hashing.ts';
import type { Bank } from '../types.ts';

/** Bounds of what is read. A busy host that was never rebooted reaches some hundred thousand entries. */
export const MAX_IMA_BYTES = 256 * 1024 * 1024;
export const MAX_IMA_ENTRIES = 2_000_000;
export const MAX_TEMPLATE_DATA_BYTES = 1024 * 1024;
/** An ASCII line of the largest template data: hexadecimal fields take two characters a byte. */
export const MAX_LINE_BYTES = 3 * MAX_TEMPLATE_DATA_BYTES;

/** A field of a template (Linux Documentation/security/IMA-templates.rst). */
export type Field = 'digest' | 'digest-v2' | 'name' | 'hex' | 'optional-digest' | 'names' | 'u16' | 'u32';

/** Templates whose ASCII form can be turned back into template data. The legacy `ima` template is handled apart. */
const TEMPLATE_FIELDS: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ['ima-ng', ['digest', 'name']],
  ['ima-ngv2', ['digest-v2', 'name']],
  ['ima-sig', ['digest', 'name', 'hex']],
  ['ima-sigv2', ['digest-v2', 'name', 'hex']],
  ['ima-buf', ['digest', 'name', 'hex']],
  ['ima-modsig', ['digest', 'name', 'hex', 'optional-digest', 'hex']],
  ['evm-sig', ['digest', 'name', 'hex', 'names', 'hex', 'hex', 'u32', 'u32', 'u16']],
]);

const LEGACY_TEMPLATE = 'ima';
export const LEGACY_NAME_BYTES = 256;
export const LEGACY_DATA_BYTES = 20 + LEGACY_NAME_BYTES;

export const LIST_BANK_BY_BYTES: ReadonlyMap<number, Bank> = new Map<number, Bank>([
  [20, 'sha1'],
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);

/** A template as it occurs in one list. `name` is bytes (latin1). */
export type Template = { readonly name: string; readonly fields: readonly Field[] | null; readonly legacy: boolean };

export const templateOf = (name: string): Template => ({
  name,
  fields: TEMPLATE_FIELDS.get(name) ?? null,
  legacy: name === LEGACY_TEMPLATE,
});

/**
 * One entry while it is read: positions in the list, and its template data rebuilt. One object for a whole list, because
 * a hundred thousand short-lived objects cost more than the hashes. Positions of fields that are not there are equal.
 */
export type Slot = {
  pcr: number;
  /** Template hash column as bytes; the first `hashLength` count. */
  readonly hash: Buffer;
  readonly hashView: DataView;
  hashLength: number;
  /** Do not decode the template hash; `hash` then only tells zero from anything else. */
  skipHash: boolean;
  template: Template;
  /** Template data in `data`, or -1 where it cannot be rebuilt. */
  dataLength: number;
  /** Where the template data is: the scratch buffer of the parser. */
  readonly data: Buffer;
  readonly dataView: DataView;
  /** The first bytes of `data`. */
  readonly dataOf: (length: number) => Buffer;
  /** Text of the digest field (ASCII) or bytes of the digest (binary). */
  digestStart: number;
  digestEnd: number;
  /** Name of the file's hash algorithm. */
  algStart: number;
  algEnd: number;
  pathStart: number;
  pathEnd: number;
  next: number;
  /** The layout of the line before, which most lines share; its digest field still begins `data`. */
  readonly layout: Layout;
};

/** What is the same in most lines of a list: `10 `, and ` ima-ng sha256:` between the two digests. */
export type Layout = {
  /** Characters before the template hash; 0 = no layout is known. */
  start: number;
  hashChars: number;
  readonly head: DataView;
  headChars: number;
  digestChars: number;
};

const MAX_HEAD_CHARS = 64;

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const createSlot = (): Slot => {
  const hash = Buffer.alloc(64);
  const data = Buffer.alloc(MAX_LINE_BYTES + 1024);
  return {
    pcr: 0,
    hash,
    hashView: viewOf(hash),
    hashLength: 0,
    skipHash: false,
    template: templateOf(''),
    dataLength: -1,
    data,
    dataView: viewOf(data),
    dataOf: scratchViews(data),
    digestStart: 0,
    digestEnd: 0,
    algStart: 0,
    algEnd: 0,
    pathStart: 0,
    pathEnd: 0,
    next: 0,
    layout: { start: 0, hashChars: 0, head: new DataView(new ArrayBuffer(MAX_HEAD_CHARS)), headChars: 0, digestChars: 0 },
  };
};

/** The bytes of a list, or a piece of it, and a view of the same bytes: two digits are read at once through it. */
export type Source = { readonly bytes: Buffer; readonly view: DataView };

export const sourceOf = (bytes: Buffer): Source => ({ bytes, view: viewOf(bytes) });

/**
 * Reads one entry at a position. `incomplete`: the bytes end inside the entry. A string says what is wrong with it, and
 * `next` of the slot then says where.
 */
export type ReadEntry = (
  source: Source,
  at: number,
  slot: Slot,
) => 'entry' | 'incomplete' | { readonly message: string; readonly offset: number };
