import { LEGACY_DATA_BYTES, LEGACY_NAME_BYTES, LIST_BANK_BY_BYTES, MAX_LINE_BYTES, type ReadEntry, type Slot, templateOf } from './template.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const NEWLINE = 0x0a;

/** Value of a lower-case hexadecimal digit, 255 for anything else. The kernel writes lower case only. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : 255;
});

/** Writes the bytes of hexadecimal text; false where the text is not that. Decoded here, because a call into the runtime costs more. */
const writeHex = (source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean => {
  let bad = (end - start) & 1 ? 255 : 0;
  for (let from = start, to = at; from < end; from += 2, to += 1) {
    const high = DIGITS[source[from] ?? 0] ?? 255;
    const low = DIGITS[source[from + 1] ?? 0] ?? 255;
    bad |= high | low;
    out[to] = (high << 4) | low;
  }
  return bad < 16;
};

const writeLength = (out: Uint8Array, at: number, length: number): void => {
  out[at] = length & 0xff;
  out[at + 1] = (length >>> 8) & 0xff;
  out[at + 2] = (length >>> 16) & 0xff;
  out[at + 3] = length >>> 24;
};

const copy = (source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number => {
  for (let from = start, to = at; from < end; from += 1, to += 1) out[to] = source[from] ?? 0;
  return at + end - start;
};

/** Appends a digest field, `u32 length || "alg:" || NUL || digest`; the new end, or -1 where the text is none. */
const writeDigest = (source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number => {
  let colon = end - 1;
  while (colon >= start && source[colon] !== COLON) colon -= 1;
  if (colon < start) return -1;
  const afterPrefix = copy(source, start, colon + 1, out, at + 4);
  out[afterPrefix] = 0;
  const digestLength = (end - colon - 1) >> 1;
  if (!writeHex(source, colon + 1, end, out, afterPrefix + 1)) return -1;
  const last = afterPrefix + 1 + digestLength;
  writeLength(out, at, last - at - 4);
  return last;
};

/** Letters, digits and hyphens, as the kernel names hashes. */
const isHashName = (source: Uint8Array, start: number, end: number): boolean => {
  if (end - start < 2 || end - start > 32) return false;
  for (let at = start; at < end; at += 1) {
    const code = source[at] ?? 0;
    const letter = code >= 0x61 && code <= 0x7a;
    if (!letter && (at === start || !((code >= 0x30 && code <= 0x39) || code === 0x2d))) return false;
  }
  return true;
};

const BAD_DIGEST = 'the file digest is not 40 hexadecimal digits';

const readLegacy = (source: Uint8Array, start: number, end: number, slot: Slot): string | null => {
  let space = start;
  while (space < end && source[space] !== SPACE) space += 1;
  if (space - start !== 40 || !writeHex(source, start, space, slot.data, 0)) return BAD_DIGEST;
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
const tails = [0, 0, 0];

const readFields = (source: Uint8Array, start: number, end: number, slot: Slot): string | null => {
  const { fields, name } = slot.template;
  slot.extraStart = end;
  slot.extraEnd = end;
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
  let at = writeDigest(source, start, space, data, 0);
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
      if (!writeHex(source, from, to, data, at + 4)) return `field ${i + 1} of template ${name} is not hexadecimal`;
      writeLength(data, at, (to - from) >> 1);
      at += 4 + ((to - from) >> 1);
      if (i === 2) {
        slot.extraStart = from;
        slot.extraEnd = to;
      }
    } else if (from === to) {
      writeLength(data, at, 0);
      at += 4;
    } else {
      at = writeDigest(source, from, to, data, at);
      if (at < 0) return `field ${i + 1} of template ${name} is not a digest`;
    }
  }
  slot.dataLength = at;
  return null;
};

const sameName = (source: Uint8Array, start: number, end: number, name: string): boolean => {
  if (end - start !== name.length) return false;
  for (let at = start; at < end; at += 1) if (source[at] !== name.charCodeAt(at - start)) return false;
  return true;
};

const NOT_A_MEASUREMENT = 'the line is not an IMA measurement';

const readLine = (source: Buffer, start: number, end: number, slot: Slot): string | null => {
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
  if (source[at] !== SPACE || !LIST_BANK_BY_BYTES.has(slot.hashLength) || !writeHex(source, hashStart, at, slot.hash, 0))
    return 'the template hash is not a hexadecimal digest';
  const nameStart = at + 1;
  at = nameStart;
  while (at < end && source[at] !== SPACE) at += 1;
  if (at >= end) return NOT_A_MEASUREMENT;
  if (!sameName(source, nameStart, at, slot.template.name)) slot.template = templateOf(source.toString('latin1', nameStart, at));
  return slot.template.legacy ? readLegacy(source, at + 1, end, slot) : readFields(source, at + 1, end, slot);
};

/**
 * Reads one line of `ascii_runtime_measurements` (Linux IMA) and rebuilds its template data byte for byte.
 * Multiple spaces in paths are kept. `incomplete`: no line feed follows; the slot then holds what the line says so far.
 */
export const readAsciiEntry: ReadEntry = (bytes, at, slot) => {
  const newline = bytes.indexOf(NEWLINE, at);
  const end = newline < 0 ? bytes.length : newline;
  if (end - at > MAX_LINE_BYTES) return { message: `a line has more than ${MAX_LINE_BYTES} bytes`, offset: at };
  slot.dataLength = -1;
  slot.next = end + 1;
  const problem = readLine(bytes, at, end, slot);
  if (newline < 0) {
    if (problem !== null) slot.dataLength = -1;
    return 'incomplete';
  }
  return problem === null ? 'entry' : { message: problem, offset: at };
};
