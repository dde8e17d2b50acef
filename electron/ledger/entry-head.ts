import { ENTRY_KINDS, type LedgerEntry, MAX_ENTRY_BYTES, MAX_ENTRY_DEPTH, decodeEntry, isMoment } from './entry.ts';
import { type Result, ok } from '../../shared/model/result.ts';

/** What a pass over a whole ledger needs of each entry. */
export type EntryHead = Pick<LedgerEntry, 'seq' | 'at' | 'kind' | 'subject'>;

const NO = -1;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const ESCAPE = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MAX_DIGITS = 15;

const isDigit = (code: number): boolean => code >= ZERO && code <= 0x39;

/** All of these give the place after what they scanned. `at` is the opening quote. */
const scanString = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== QUOTE) return NO;
  for (let i = at + 1; ; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    // After the end the code is NaN, which is in no range.
    if (!(code >= 0x20 && code < 0x7f) || code === ESCAPE) return NO;
  }
};

const scanNumber = (text: string, at: number): number => {
  const first = text.charCodeAt(at) === MINUS ? at + 1 : at;
  let end = first;
  while (isDigit(text.charCodeAt(end))) end += 1;
  const digits = end - first;
  if (digits === 0 || digits > MAX_DIGITS) return NO;
  // A leading zero, minus zero.
  if (text.charCodeAt(first) === ZERO && (digits > 1 || first > at)) return NO;
  // A fraction or an exponent is met as something that cannot follow.
  return end;
};

const scanWord = (text: string, at: number): number => {
  if (text.startsWith('true', at) || text.startsWith('null', at)) return at + 4;
  return text.startsWith('false', at) ? at + 5 : NO;
};

const scanList = (text: string, at: number, depth: number): number => {
  if (text.charCodeAt(at + 1) === CLOSE_LIST) return at + 2;
  for (let i = at + 1; ; i += 1) {
    i = scanValue(text, i, depth);
    if (i === NO) return NO;
    const code = text.charCodeAt(i);
    if (code === CLOSE_LIST) return i + 1;
    if (code !== COMMA) return NO;
  }
};

/** Whether the key from `start` to `end` comes after another one, by code units, as RFC 8785 §3.2.3 orders them. */
const isAfter = (text: string, start: number, end: number, otherStart: number, otherEnd: number): boolean => {
  const both = Math.min(end - start, otherEnd - otherStart);
  for (let i = 0; i < both; i += 1) {
    const ahead = text.charCodeAt(start + i) - text.charCodeAt(otherStart + i);
    if (ahead !== 0) return ahead > 0;
  }
  return end - start > otherEnd - otherStart;
};

const scanObject = (text: string, at: number, depth: number): number => {
  if (text.charCodeAt(at + 1) === CLOSE_OBJECT) return at + 2;
  let lastStart = NO;
  let lastEnd = NO;
  for (let i = at + 1; ; i += 1) {
    const end = scanString(text, i);
    if (end === NO || text.charCodeAt(end) !== COLON) return NO;
    if (lastStart !== NO && !isAfter(text, i + 1, end - 1, lastStart, lastEnd)) return NO;
    lastStart = i + 1;
    lastEnd = end - 1;
    i = scanValue(text, end + 1, depth);
    if (i === NO) return NO;
    const code = text.charCodeAt(i);
    if (code === CLOSE_OBJECT) return i + 1;
    if (code !== COMMA) return NO;
  }
};

const scanValue = (text: string, at: number, depth: number): number => {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return scanString(text, at);
  if (code === MINUS || isDigit(code)) return scanNumber(text, at);
  if (code !== OPEN_OBJECT && code !== OPEN_LIST) return scanWord(text, at);
  if (depth >= MAX_ENTRY_DEPTH) return NO;
  return code === OPEN_LIST ? scanList(text, at, depth + 1) : scanObject(text, at, depth + 1);
};

const BEFORE_TIME = '{"at":"';
const TIME_LENGTH = 24;
const BEFORE_BODY = '","body":';
const TIME_END = BEFORE_TIME.length + TIME_LENGTH;
/** From the body to the end. Names begin with something visible. */
const TAIL =
  /,"kind":"([a-z0-9.-]{1,64})","seq":(0|[1-9]\d{0,14}),"subject":"([ !#-[\]-~]{0,1024})","v":1,"who":\{"kind":"(?:os-user|signed-in|system)","name":"[!#-[\]-~][ !#-[\]-~]{0,255}"\}\}$/y;
const KNOWN: ReadonlySet<string> = new Set(ENTRY_KINDS);

/**
 * The common entry is taken without building its body: a scan that accepts only a part of what is canonical (ASCII, no escapes, whole numbers
 * of up to 15 digits), so that what it takes is an entry for sure. Everything else goes to `decodeEntry`. A test and the fuzzer hold the two
 * against each other. It halves the time of a re-check.
 */
const commonHead = (text: string): EntryHead | null => {
  // What is taken is ASCII, where a character is a byte.
  if (text.length > MAX_ENTRY_BYTES) return null;
  if (!text.startsWith(BEFORE_TIME) || !text.startsWith(BEFORE_BODY, TIME_END)) return null;
  const at = text.slice(BEFORE_TIME.length, TIME_END);
  const end = scanValue(text, TIME_END + BEFORE_BODY.length, 1);
  if (end === NO || !isMoment(at)) return null;
  TAIL.lastIndex = end;
  const [, kind, seq, subject] = TAIL.exec(text) ?? [];
  return kind !== undefined && subject !== undefined && KNOWN.has(kind) ? { at, kind, seq: Number(seq), subject } : null;
};

/** Bytes above 0x7f become characters that no scan takes. */
const asCharacters = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/**
 * Reads place, time, kind and subject of an entry; the rest is checked as strictly as `decodeEntry` does. A text stands for its UTF-8, and is read
 * without being made into bytes and back.
 */
export const readEntryHead = (entry: Uint8Array | string): Result<EntryHead> => {
  const isText = typeof entry === 'string';
  const head = commonHead(isText ? entry : asCharacters(entry));
  if (head !== null) return ok(head);
  return decodeEntry(isText ? Buffer.from(entry, 'utf8') : entry);
};
