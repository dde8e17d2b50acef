import { asBuffer } from '../hashing.ts';
import { LEGACY_DATA_BYTES, LEGACY_NAME_BYTES, MAX_TEMPLATE_DATA_BYTES, type ReadEntry, type Slot, templateOf } from './template.ts';

const MAX_TEMPLATE_NAME = 255;
const TEMPLATE_NAME = /^[a-z0-9|_-]+$/u;
/** Template hash sizes of the per-bank lists, the usual one first. */
const HASH_SIZES: readonly number[] = [20, 32, 48, 64];
const COLON = 0x3a;

const u32 = (source: Uint8Array, at: number): number =>
  ((source[at] ?? 0) | ((source[at + 1] ?? 0) << 8) | ((source[at + 2] ?? 0) << 16) | ((source[at + 3] ?? 0) << 24)) >>> 0;

/** Guesses the size of the template hash from where the first template name is. */
export const hashSizeOf = (bytes: Uint8Array): number | null => {
  const found = HASH_SIZES.find((size) => {
    const at = 4 + size;
    if (bytes.length < at + 4) return false;
    const length = u32(bytes, at);
    return (
      length > 0 &&
      length <= MAX_TEMPLATE_NAME &&
      bytes.length >= at + 4 + length &&
      TEMPLATE_NAME.test(asBuffer(bytes).toString('latin1', at + 4, at + 4 + length))
    );
  });
  return found ?? null;
};

export const isBigEndian = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0 && (bytes[3] ?? 24) < 24 && bytes[3] !== 0;

const fault = (message: string, offset: number): { readonly message: string; readonly offset: number } => ({ message, offset });

const sameName = (source: Uint8Array, start: number, end: number, name: string): boolean => {
  if (end - start !== name.length) return false;
  for (let at = start; at < end; at += 1) if (source[at] !== name.charCodeAt(at - start)) return false;
  return true;
};

const copyData = (source: Buffer, start: number, end: number, slot: Slot): void => {
  const length = end - start;
  if (length > 512) source.copy(slot.data, 0, start, end);
  else for (let i = 0; i < length; i += 1) slot.data[i] = source[start + i] ?? 0;
  slot.dataLength = length;
};

/** Finds digest, name and third field in template data, `u32 length || data` each. False where it does not have that shape. */
const describe = (source: Buffer, start: number, end: number, slot: Slot): boolean => {
  slot.digestStart = slot.digestEnd = slot.algStart = slot.algEnd = slot.pathStart = slot.pathEnd = start;
  if (slot.template.fields === null) return true;
  if (end - start < 4) return false;
  const digestAt = start + 4;
  const digestEnd = digestAt + u32(source, start);
  if (digestEnd + 4 > end) return false;
  const nameAt = digestEnd + 4;
  const nameEnd = nameAt + u32(source, digestEnd);
  if (nameEnd > end) return false;
  let nul = digestAt;
  while (nul < digestEnd && source[nul] !== 0) nul += 1;
  // Without a NUL there is no algorithm, and everything is digest.
  const prefixEnd = nul === digestEnd ? digestAt : nul;
  slot.digestStart = nul === digestEnd ? digestAt : nul + 1;
  slot.digestEnd = digestEnd;
  slot.algEnd = prefixEnd > digestAt && source[prefixEnd - 1] === COLON ? prefixEnd - 1 : prefixEnd;
  slot.algStart = slot.algEnd;
  while (slot.algStart > digestAt && source[slot.algStart - 1] !== COLON) slot.algStart -= 1;
  slot.pathStart = nameAt;
  slot.pathEnd = nameEnd > nameAt && source[nameEnd - 1] === 0 ? nameEnd - 1 : nameEnd;
  return true;
};

const readLegacy = (source: Buffer, at: number, slot: Slot): ReturnType<ReadEntry> => {
  if (at + 24 > source.length) return 'incomplete';
  const length = u32(source, at + 20);
  if (length > LEGACY_NAME_BYTES) return fault(`the name claims ${length} bytes; the ima template holds ${LEGACY_NAME_BYTES}`, at + 20);
  if (at + 24 + length > source.length) return 'incomplete';
  slot.data.fill(0, 20, LEGACY_DATA_BYTES);
  source.copy(slot.data, 0, at, at + 20);
  source.copy(slot.data, 20, at + 24, at + 24 + length);
  slot.dataLength = LEGACY_DATA_BYTES;
  slot.digestStart = at;
  slot.digestEnd = at + 20;
  slot.algStart = slot.algEnd = at;
  slot.pathStart = at + 24;
  slot.pathEnd = at + 24 + length;
  slot.next = slot.pathEnd;
  return 'entry';
};

/**
 * Reads one entry of `binary_runtime_measurements` (Linux IMA, little-endian) whose template hashes have `hashSize` bytes.
 * `incomplete`: the bytes end inside the entry.
 */
export const binaryReader =
  (hashSize: number): ReadEntry =>
  ({ bytes: source }, start, slot) => {
    const nameAt = start + 4 + hashSize + 4;
    if (nameAt > source.length) return 'incomplete';
    const pcr = u32(source, start);
    if (pcr > 23) return fault(`the entry names PCR ${pcr}`, start);
    slot.pcr = pcr;
    slot.hashLength = hashSize;
    for (let i = 0; i < hashSize; i += 1) slot.hash[i] = source[start + 4 + i] ?? 0;
    const nameLength = u32(source, nameAt - 4);
    if (nameLength > MAX_TEMPLATE_NAME) return fault(`the template name claims ${nameLength} bytes`, nameAt - 4);
    const at = nameAt + nameLength;
    if (at > source.length) return 'incomplete';
    if (!sameName(source, nameAt, at, slot.template.name) || nameLength === 0) {
      const name = source.toString('latin1', nameAt, at);
      if (!TEMPLATE_NAME.test(name)) return fault('the template name is not a name', nameAt);
      slot.template = templateOf(name);
    }
    slot.dataLength = -1;
    slot.layout.start = 0;
    if (slot.template.legacy) return readLegacy(source, at, slot);
    if (at + 4 > source.length) return 'incomplete';
    const length = u32(source, at);
    if (length > MAX_TEMPLATE_DATA_BYTES)
      return fault(`the template data claims ${length} bytes; at most ${MAX_TEMPLATE_DATA_BYTES} are read`, at);
    const end = at + 4 + length;
    if (end > source.length) return 'incomplete';
    if (!describe(source, at + 4, end, slot)) return fault(`the template data does not have the fields of ${slot.template.name}`, start);
    copyData(source, at + 4, end, slot);
    slot.next = end;
    return 'entry';
  };
