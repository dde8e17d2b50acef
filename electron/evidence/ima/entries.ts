import { visibleBytes, visibleText } from '../../../shared/model/hostile-text.ts';
import type { ImaEntries, ImaEntry } from '../types.ts';
import { readAsciiEntry } from './parse-ascii.ts';
import { binaryReader, hashSizeOf } from './parse-binary.ts';
import { signatureField } from './signature-xattr.ts';
import { type ReadEntry, type Slot, createSlot, sourceOf } from './template.ts';

/** What replay found about an entry; one byte each. */
export const FLAG = { violation: 1, hashOk: 2, hashWrong: 4, otherPcr: 8, textHashed: 16 } as const;

const FIRST_CAPACITY = 256;
/** A line or entry is never shorter than this. */
const LEAST_ENTRY_BYTES = 64;

/** Where each entry begins and what was found about it: five bytes an entry, so that no entry is kept twice. */
export class EntryIndex {
  length = 0;
  #offsets: Uint32Array<ArrayBuffer>;
  #flags: Uint8Array<ArrayBuffer>;

  /** `bytes`: how long the list is, so that a short one gets little room. */
  constructor(bytes: number) {
    const capacity = Math.min(FIRST_CAPACITY, Math.ceil(bytes / LEAST_ENTRY_BYTES) + 1);
    this.#offsets = new Uint32Array(capacity);
    this.#flags = new Uint8Array(capacity);
  }

  push(offset: number, flags: number): void {
    if (this.length === this.#offsets.length) this.#grow();
    this.#offsets[this.length] = offset;
    this.#flags[this.length] = flags;
    this.length += 1;
  }

  offset(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  flags(index: number): number {
    return this.#flags[index] ?? 0;
  }

  #grow(): void {
    const offsets = new Uint32Array(this.length * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const flags = new Uint8Array(this.length * 2);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}

const MAX_PATH_CHARACTERS = 4096;
const PLAIN = /^[\x20-\x7e]*$/u;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are shown as they are: valid UTF-8, nothing to escape, nothing to cut. Null for others. */
const plainTextOf = (bytes: Uint8Array): string | null => {
  try {
    const text = UTF8.decode(bytes);
    return text.length <= MAX_PATH_CHARACTERS && visibleText(text, MAX_PATH_CHARACTERS) === text ? text : null;
  } catch {
    return null;
  }
};

/** An escaped path can read like another path that holds the escape itself, so it is told whether it was escaped. */
const pathOf = (bytes: Buffer, start: number, end: number): Pick<ImaEntry, 'path' | 'plainPath'> => {
  const latin1 = end - start <= MAX_PATH_CHARACTERS ? bytes.toString('latin1', start, end) : null;
  if (latin1 !== null && PLAIN.test(latin1)) return { path: latin1, plainPath: true };
  const raw = bytes.subarray(start, end);
  const plain = plainTextOf(raw);
  return plain === null ? { path: visibleBytes(raw, MAX_PATH_CHARACTERS), plainPath: false } : { path: plain, plainPath: true };
};

let sharedSlot: Slot | null = null;

/** The entries of a list, each decoded when it is looked at. */
export const lazyEntries = (
  source: Buffer,
  format: 'ascii' | 'binary' | null,
  index: EntryIndex,
  first: number,
  provenCount: number,
): ImaEntries => {
  const ascii = format !== 'binary';
  const hashSize = ascii ? null : hashSizeOf(source);
  const read: ReadEntry = hashSize === null ? readAsciiEntry : binaryReader(hashSize);
  const list = sourceOf(source);
  const at = (position: number): ImaEntry | undefined => {
    if (!Number.isInteger(position) || position < 0 || position >= index.length) return undefined;
    sharedSlot ??= createSlot();
    const slot = sharedSlot;
    read(list, index.offset(position), slot);
    const flags = index.flags(position);
    const violation = (flags & FLAG.violation) !== 0;
    const number = first + position;
    const covered = number < provenCount && (flags & FLAG.otherPcr) === 0;
    const name = slot.template.name;
    const entry: ImaEntry = {
      index: number,
      pcr: slot.pcr,
      template: PLAIN.test(name) ? name.slice(0, 60) : visibleBytes(Buffer.from(name, 'latin1'), 60),
      fileAlg: slot.template.legacy ? 'sha1' : source.toString('latin1', slot.algStart, slot.algEnd),
      fileDigest: source.toString(ascii ? 'latin1' : 'hex', slot.digestStart, slot.digestEnd),
      ...pathOf(source, slot.pathStart, slot.pathEnd),
      violation,
      templateHashOk: (flags & FLAG.hashOk) !== 0 ? true : (flags & FLAG.hashWrong) !== 0 ? false : null,
      proven: covered && (violation || (flags & FLAG.hashOk) !== 0 || (flags & (FLAG.textHashed | FLAG.hashWrong)) === FLAG.textHashed),
    };
    const hasThird = (slot.template.fields?.length ?? 0) > 2 && slot.dataLength > 0;
    const extra = hasThird ? signatureField(name, slot.dataOf(slot.dataLength)) : null;
    return extra === null || extra.length === 0 ? entry : { ...entry, extra: Uint8Array.from(extra) };
  };
  return {
    length: index.length,
    at,
    *[Symbol.iterator]() {
      for (let i = 0; i < index.length; i += 1) {
        const entry = at(i);
        if (entry !== undefined) yield entry;
      }
    },
  };
};
