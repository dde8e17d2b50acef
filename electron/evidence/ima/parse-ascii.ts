import { writeNames, writeNumber } from './metadata-fields.ts';
import {
  LEGACY_DATA_BYTES,
  LEGACY_NAME_BYTES,
  LIST_BANK_BY_BYTES,
  MAX_LINE_BYTES,
  type ReadEntry,
  type Slot,
  type Source,
  templateOf,
} from './template.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const NEWLINE = 0x0a;
const ZERO = 0x30;

/** Value of a lower-case hexadecimal digit, 255 for anything else. The kernel writes lower case only. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : 255;
});

const NO_PAIR = 0x100;
/** Value of two hexadecimal digits read as one little-endian number; `NO_PAIR` for anything else. */
const PAIRS = new Uint16Array(0x10000).fill(NO_PAIR);
for (let high = 0; high < 256; high += 1) {
  for (let low = 0; low < 256; low += 1) {
    const [a, b] = [DIGITS[high] ?? 255, DIGITS[low] ?? 255];
    if (a < 16 && b < 16) PAIRS[high | (low << 8)] = (a << 4) | b;
  }
}

/** The value of two digits at a position. */
const pairAt = (source: DataView, at: number): number => PAIRS[source.getUint16(at, true)] ?? NO_PAIR;

/** Writes the bytes of hexadecimal text; false where the text is not that. Decoded here, because a call into the runtime costs more. */
const writeHex = (source: DataView, start: number, end: number, out: DataView, at: number): boolean => {
  let bad = (end - start) & 1 ? NO_PAIR : 0;
  let from = start;
  let to = at;
  for (const last = end - 7; from < last; from += 8, to += 4) {
    const a = pairAt(source, from);
    const b = pairAt(source, from + 2);
    const c = pairAt(source, from + 4);
    const d = pairAt(source, from + 6);
    bad |= a | b | c | d;
    out.setInt32(to, a | (b << 8) | (c << 16) | (d << 24), true);
  }
  for (; from + 1 < end; from += 2, to += 1) {
    const pair = pairAt(source, from);
    bad |= pair;
    out.setUint8(to, pair & 0xff);
  }
  return bad < NO_PAIR;
};

const NEWLINES = 0x0a0a0a0a;

/**
 * Copies up to the next line feed, four bytes at a time; returns its position, or the limit where there is none. What is copied
 * beyond the line feed does not matter.
 */
const copyLine = (source: DataView, start: number, limit: number, out: DataView, at: number): number => {
  let from = start;
  let to = at;
  for (const last = limit - 3; from < last; from += 4, to += 4) {
    const word = source.getInt32(from, true);
    const x = word ^ NEWLINES;
    if (((x - 0x01010101) & ~x & 0x80808080) !== 0) break;
    out.setInt32(to, word, true);
  }
  for (; from < limit; from += 1, to += 1) {
    const code = source.getUint8(from);
    if (code === NEWLINE) return from;
    out.setUint8(to, code);
  }
  return limit;
};

/** The last space before a position, or -1. */
const lastSpace = (source: Buffer, start: number, end: number): number => {
  let at = end - 1;
  while (at >= start && source[at] !== SPACE) at -= 1;
  return at >= start ? at : -1;
};

const sameBytes = (a: DataView, at: number, b: DataView, length: number): boolean => {
  let i = 0;
  for (const last = length - 3; i < last; i += 4) if (a.getInt32(at + i, true) !== b.getInt32(i, true)) return false;
  for (; i < length; i += 1) if (a.getUint8(at + i) !== b.getUint8(i)) return false;
  return true;
};

const writeLength = (out: Buffer, at: number, length: number): void => {
  out[at] = length & 0xff;
  out[at + 1] = (length >>> 8) & 0xff;
  out[at + 2] = (length >>> 16) & 0xff;
  out[at + 3] = length >>> 24;
};

const copy = (source: Buffer, start: number, end: number, out: Buffer, at: number): number => {
  for (let from = start, to = at; from < end; from += 1, to += 1) out[to] = source[from] ?? 0;
  return at + end - start;
};

/** Appends a digest field, `u32 length || "alg:" || NUL || digest`; the new end, or -1 where the text is none. */
const writeDigest = ({ bytes: source, view }: Source, start: number, end: number, slot: Slot, at: number): number => {
  const out = slot.data;
  let colon = end - 1;
  while (colon >= start && source[colon] !== COLON) colon -= 1;
  if (colon < start) return -1;
  const afterPrefix = copy(source, start, colon + 1, out, at + 4);
  out[afterPrefix] = 0;
  const digestLength = (end - colon - 1) >> 1;
  if (!writeHex(view, colon + 1, end, slot.dataView, afterPrefix + 1)) return -1;
  const last = afterPrefix + 1 + digestLength;
  writeLength(out, at, last - at - 4);
  return last;
};

/** Letters, digits and hyphens, as the kernel names hashes. */
const isHashName = (source: Buffer, start: number, end: number): boolean => {
  if (end - start < 2 || end - start > 32) return false;
  for (let at = start; at < end; at += 1) {
    const code = source[at] ?? 0;
    const letter = code >= 0x61 && code <= 0x7a;
    if (!letter && (at === start || !((code >= 0x30 && code <= 0x39) || code === 0x2d))) return false;
  }
  return true;
};

const BAD_DIGEST = 'the file digest is not 40 hexadecimal digits';

const readLegacy = ({ bytes: source, view }: Source, start: number, end: number, slot: Slot): string | null => {
  let space = start;
  while (space < end && source[space] !== SPACE) space += 1;
  if (space - start !== 40 || !writeHex(view, start, space, slot.dataView, 0)) return BAD_DIGEST;
  slot.digestStart = start;
  slot.digestEnd = space;
  slot.algStart = start;
  slot.algEnd = start;
  slot.pathStart = Math.min(space + 1, end);
  slot.pathEnd = end;
  const length = end - slot.pathStart;
  if (length > LEGACY_NAME_BYTES) return `the name has ${length} bytes; the ima template holds ${LEGACY_NAME_BYTES}`;
  slot.data.fill(0, 20, LEGACY_DATA_BYTES);
  copy(source, slot.pathStart, end, slot.data, 20);
  slot.dataLength = LEGACY_DATA_BYTES;
  return null;
};

/** Starts of the fields after the path, cut from the end of the line, because only the path may hold spaces. */
const tails = [0, 0, 0, 0, 0, 0, 0];

const readFields = (list: Source, start: number, end: number, slot: Slot): string | null => {
  const source = list.bytes;
  const { fields, name } = slot.template;
  if (fields === null) {
    slot.dataLength = -1;
    slot.digestStart = start;
    slot.digestEnd = start;
    slot.algStart = start;
    slot.algEnd = start;
    slot.pathStart = start;
    slot.pathEnd = end;
    return null;
  }
  let space = start;
  while (space < end && source[space] !== SPACE) space += 1;
  if (space === end) return `the line has fewer fields than template ${name}`;
  let pathEnd = end;
  for (let i = fields.length - 1; i >= 2; i -= 1) {
    let cut = pathEnd - 1;
    while (cut > space && source[cut] !== SPACE) cut -= 1;
    if (cut <= space) return `the line has fewer fields than template ${name}`;
    tails[i - 2] = cut + 1;
    pathEnd = cut;
  }
  const { data } = slot;
  let at = writeDigest(list, start, space, slot, 0);
  if (at < 0) return `field 1 of template ${name} is not a digest`;
  let colon = space - 1;
  while (source[colon] !== COLON) colon -= 1;
  let alg = colon - 1;
  while (alg >= start && source[alg] !== COLON) alg -= 1;
  slot.algStart = alg + 1;
  slot.algEnd = colon;
  if (!isHashName(source, alg + 1, colon)) return 'the file digest names no hash algorithm';
  slot.digestStart = colon + 1;
  slot.digestEnd = space;
  slot.pathStart = space + 1;
  slot.pathEnd = pathEnd;
  const name4 = at;
  at = copy(source, space + 1, pathEnd, data, at + 4);
  data[at] = 0;
  at += 1;
  writeLength(data, name4, at - name4 - 4);
  for (let i = 2; i < fields.length; i += 1) {
    const from = tails[i - 2] ?? end;
    const to = i + 1 < fields.length ? (tails[i - 1] ?? end) - 1 : end;
    if (fields[i] === 'hex') {
      if (!writeHex(list.view, from, to, slot.dataView, at + 4)) return `field ${i + 1} of template ${name} is not hexadecimal`;
      writeLength(data, at, (to - from) >> 1);
      at += 4 + ((to - from) >> 1);
    } else if (fields[i] === 'names') at = writeNames(source, from, to, data, at);
    else if (fields[i] === 'u32' || fields[i] === 'u16') {
      at = writeNumber(source, from, to, data, at, fields[i] === 'u32' ? 4 : 2);
      if (at < 0) return `field ${i + 1} of template ${name} is not a number`;
    } else if (from === to) {
      writeLength(data, at, 0);
      at += 4;
    } else {
      at = writeDigest(list, from, to, slot, at);
      if (at < 0) return `field ${i + 1} of template ${name} is not a digest`;
    }
  }
  slot.dataLength = at;
  return null;
};

const sameName = (source: Buffer, start: number, end: number, name: string): boolean => {
  if (end - start !== name.length) return false;
  for (let at = start; at < end; at += 1) if (source[at] !== name.charCodeAt(at - start)) return false;
  return true;
};

const NOT_A_MEASUREMENT = 'the line is not an IMA measurement';

const readLine = (list: Source, start: number, end: number, slot: Slot): string | null => {
  const source = list.bytes;
  let at = start;
  let pcr = 0;
  let digits = 0;
  for (let digit = DIGITS[source[at] ?? 0] ?? 255; digit < 10 && at < end && digits < 3; digit = DIGITS[source[at] ?? 0] ?? 255) {
    pcr = pcr * 10 + digit;
    digits += 1;
    at += 1;
  }
  if (at >= end || source[at] !== SPACE || digits === 0 || digits > 2 || pcr > 23) {
    return source.subarray(start, Math.min(end, start + 200)).includes(SPACE)
      ? 'the line does not start with a PCR index'
      : NOT_A_MEASUREMENT;
  }
  slot.pcr = pcr;
  const hashStart = at + 1;
  at = hashStart;
  while (at < end && source[at] !== SPACE && at - hashStart <= 128) at += 1;
  if (at >= end) return NOT_A_MEASUREMENT;
  slot.hashLength = (at - hashStart) >> 1;
  if (source[at] !== SPACE || !LIST_BANK_BY_BYTES.has(slot.hashLength) || !writeHex(list.view, hashStart, at, slot.hashView, 0))
    return 'the template hash is not a hexadecimal digest';
  const nameStart = at + 1;
  at = nameStart;
  while (at < end && source[at] !== SPACE) at += 1;
  if (at >= end) return NOT_A_MEASUREMENT;
  if (!sameName(source, nameStart, at, slot.template.name)) slot.template = templateOf(source.toString('latin1', nameStart, at));
  return slot.template.legacy ? readLegacy(list, at + 1, end, slot) : readFields(list, at + 1, end, slot);
};

/** Remembers the layout of a line that was read, where the next one may share it. */
const noteLayout = (source: Buffer, start: number, slot: Slot): void => {
  const { fields, name } = slot.template;
  const pcrChars = slot.pcr > 9 || source[start] === 0x30 ? 3 : 2;
  const hashChars = slot.hashLength * 2;
  const headStart = start + pcrChars + hashChars;
  const headChars = slot.digestStart - headStart;
  const { layout } = slot;
  if (fields === null || fields.length > 3 || headChars > layout.head.byteLength || headChars < name.length + 4) return;
  if (source[start + pcrChars - 1] !== SPACE) return;
  for (let i = 0; i < headChars; i += 1) layout.head.setUint8(i, source[headStart + i] ?? 0);
  layout.hashChars = hashChars;
  layout.headChars = headChars;
  layout.digestChars = slot.digestEnd - slot.digestStart;
  layout.start = pcrChars;
};

/**
 * Reads a line that has the layout of the one before, looking at every byte once. Returns false where it does not, or where
 * anything is odd: the whole reading then says what.
 */
const readLikeBefore = ({ bytes: source, view }: Source, start: number, slot: Slot): boolean => {
  const { layout, dataView } = slot;
  const { hashChars, headChars, digestChars, head } = layout;
  const hashStart = start + layout.start;
  const headStart = hashStart + hashChars;
  const digestStart = headStart + headChars;
  const digestEnd = digestStart + digestChars;
  if (digestEnd + 2 > source.length || source[hashStart - 1] !== SPACE || source[digestEnd] !== SPACE) return false;
  const first = (source[start] ?? 0) - 0x30;
  const pcr = layout.start === 2 ? first : first * 10 + (source[start + 1] ?? 0) - 0x30;
  if (pcr !== slot.pcr || first < 0 || first > 9) return false;
  if (!sameBytes(view, headStart, head, headChars)) return false;
  // Head: space, template name, space, and what precedes the digest, such as `sha256:`; of the field, all but the digest is there.
  const prefix = 4 + headChars - slot.template.name.length - 2 + 1;
  if (slot.skipHash && pcr === 10 && source[hashStart] !== ZERO) slot.hash[0] = 1;
  else if (!writeHex(view, hashStart, headStart, slot.hashView, 0)) return false;
  if (!writeHex(view, digestStart, digestEnd, dataView, prefix)) return false;
  const name = prefix + (digestChars >> 1);
  const limit = Math.min(source.length, start + MAX_LINE_BYTES);
  const end = copyLine(view, digestEnd + 1, limit, dataView, name + 4);
  if (end === limit) return false;
  const three = slot.template.fields?.length === 3;
  const pathEnd = three ? lastSpace(source, digestEnd + 1, end) : end;
  if (pathEnd < 0) return false;
  const pathLength = pathEnd - digestEnd;
  dataView.setUint32(name, pathLength, true);
  let to = name + 4 + pathLength;
  dataView.setUint8(to - 1, 0);
  if (three) {
    const extra = (end - pathEnd - 1) >> 1;
    if (!writeHex(view, pathEnd + 1, end, dataView, to + 4)) return false;
    dataView.setUint32(to, extra, true);
    to += 4 + extra;
  }
  slot.dataLength = to;
  // Everything before the digest is as far from the start as it was.
  slot.algStart += digestStart - slot.digestStart;
  slot.algEnd += digestStart - slot.digestStart;
  slot.digestStart = digestStart;
  slot.digestEnd = digestEnd;
  slot.pathStart = digestEnd + 1;
  slot.pathEnd = pathEnd;
  slot.next = end + 1;
  return true;
};

/**
 * Reads one line of `ascii_runtime_measurements` (Linux IMA) and rebuilds its template data byte for byte.
 * Multiple spaces in paths are kept. `incomplete`: no line feed follows; the slot then holds what the line says so far.
 */
export const readAsciiEntry: ReadEntry = (source, at, slot) => {
  if (slot.layout.start > 0 && readLikeBefore(source, at, slot)) return 'entry';
  slot.layout.start = 0;
  const { bytes } = source;
  const newline = bytes.indexOf(NEWLINE, at);
  const end = newline < 0 ? bytes.length : newline;
  if (end - at > MAX_LINE_BYTES) return { message: `a line has more than ${MAX_LINE_BYTES} bytes`, offset: at };
  slot.dataLength = -1;
  slot.next = end + 1;
  const problem = readLine(source, at, end, slot);
  if (newline < 0) {
    if (problem !== null) slot.dataLength = -1;
    return 'incomplete';
  }
  if (problem !== null) return { message: problem, offset: at };
  if (slot.dataLength >= 0 && !slot.template.legacy) noteLayout(bytes, at, slot);
  return 'entry';
};
