import { type Result, fail, ok } from '../../shared/model/result.ts';

/** A value that JSON can say (RFC 8259). */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type JsonLimits = { readonly maxBytes: number; readonly maxDepth: number };

/** Far above what an audit entry needs, far below what could exhaust memory or the stack. */
export const JSON_LIMITS: JsonLimits = { maxBytes: 1024 * 1024, maxDepth: 64 };

const NOT_JSON = 'ledger-not-json';
const NOT_CANONICAL = 'ledger-not-canonical';
const FIX_WRITER = 'Report this as a bug of whatever wrote it; the value cannot be recorded as it is.';

/** One way down is one object per document; a throw would cost every honest document a try. */
type State = { fault: string | null; readonly maxDepth: number };

const stop = (state: State, fault: string): string => {
  state.fault ??= fault;
  return '';
};

/** RFC 8785 §3.2.2.2. `JSON.stringify` escapes exactly what the RFC escapes, but would let a lone surrogate through as an escape. */
const encodeString = (text: string, state: State): string =>
  text.isWellFormed() ? JSON.stringify(text) : stop(state, 'a text holds half a character (a lone surrogate)');

/** RFC 8785 §3.2.2.3: the shortest form of ECMAScript, so minus zero is 0. */
const encodeNumber = (value: number, state: State): string =>
  Number.isFinite(value) ? String(value) : stop(state, `${value} is not a number of JSON`);

/** Default order of JavaScript strings is by UTF-16 code units, which is what RFC 8785 §3.2.3 asks for. */
const encodeObject = (value: Readonly<Record<string, unknown>>, depth: number, state: State): string => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return stop(state, 'an object is neither plain nor an array');
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    if (text.length > 1) text += ',';
    text += `${encodeString(key, state)}:${encodeValue(value[key], depth, state)}`;
    if (state.fault !== null) return '';
  }
  return `${text}}`;
};

const encodeArray = (values: readonly unknown[], depth: number, state: State): string => {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    text += encodeValue(values[index], depth, state);
    if (state.fault !== null) return '';
  }
  return `${text}]`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const encodeValue = (value: unknown, depth: number, state: State): string => {
  if (typeof value === 'string') return encodeString(value, state);
  if (typeof value === 'number') return encodeNumber(value, state);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!isObject(value)) return stop(state, `${typeof value} is no value of JSON`);
  if (depth >= state.maxDepth) return stop(state, `it is nested deeper than ${state.maxDepth}`);
  return Array.isArray(value) ? encodeArray(value, depth + 1, state) : encodeObject(value, depth + 1, state);
};

/**
 * Whether `JSON.stringify` may write this value: nothing in it but what JSON can say, and every object enumerates its keys in canonical order.
 * It enumerates keys that look like array indices first, so a false answer says nothing.
 */
const isPlainInOrder = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string' || value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (!isObject(value) || depth === 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isPlainInOrder(value[index], depth - 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  let last: string | null = null;
  for (const key of Object.keys(value)) {
    if ((last !== null && key < last) || !isPlainInOrder(value[key], depth - 1)) return false;
    last = key;
  }
  return true;
};

/** The common case in one step, several times faster; null = it must be written piece by piece, which also says what is wrong. */
const plainText = (value: unknown, maxDepth: number): string | null => {
  if (!isPlainInOrder(value, maxDepth)) return null;
  const text = JSON.stringify(value);
  // An escaped surrogate may be a lone one.
  return text.includes('\\ud') ? null : text;
};

/**
 * RFC 8785 (JCS) §3.2: the one text of a JSON value. Takes `unknown`, because what is recorded is not always what the types say;
 * NaN, infinities, `undefined`, lone surrogates, dates and instances of classes are refused instead of being written as something else.
 */
export const canonicalText = (value: unknown, limits: JsonLimits = JSON_LIMITS): Result<string> => {
  const plain = plainText(value, limits.maxDepth);
  if (plain !== null) return ok(plain);
  const state: State = { fault: null, maxDepth: limits.maxDepth };
  const text = encodeValue(value, 0, state);
  return state.fault === null ? ok(text) : fail(NOT_JSON, `The value is not JSON: ${state.fault}.`, FIX_WRITER);
};

/** UTF-8 has at most so many bytes per UTF-16 code unit: most texts need not be counted. */
const MAX_BYTES_PER_UNIT = 3;

/** The canonical text, where it has no more bytes as UTF-8 than the limit. */
export const boundedCanonicalText = (value: unknown, limits: JsonLimits = JSON_LIMITS): Result<string> => {
  const text = canonicalText(value, limits);
  if (!text.ok || text.value.length * MAX_BYTES_PER_UNIT <= limits.maxBytes) return text;
  const bytes = Buffer.byteLength(text.value, 'utf8');
  return bytes > limits.maxBytes
    ? fail(NOT_JSON, `The value is ${bytes} bytes as JSON; the limit is ${limits.maxBytes}.`, 'Record a digest of it instead.')
    : text;
};

/** RFC 8785 §3.2.4: the canonical text as UTF-8. */
export const encodeCanonical = (value: unknown, limits: JsonLimits = JSON_LIMITS): Result<Buffer> => {
  const text = boundedCanonicalText(value, limits);
  return text.ok ? ok(Buffer.from(text.value, 'utf8')) : text;
};

// A byte order mark is kept, so that it is refused as the byte that does not belong there.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
};

const jsonOf = (text: string): { readonly ok: true; readonly value: JsonValue } | null => {
  try {
    const value: JsonValue = JSON.parse(text);
    return ok(value);
  } catch {
    return null;
  }
};

const NEXT = 'Compare the bytes with a backup or with what was exported earlier; they were not written by this product as they are.';

/**
 * Reads bytes that must be canonical JSON (RFC 8785), and says when they are JSON but not in that form: another order, a space, a
 * repeated key, a number spelled otherwise. One value has one spelling, so nothing can be changed in the bytes without changing what they say.
 */
export const parseCanonical = (bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): Result<JsonValue> => {
  if (bytes.length > limits.maxBytes) return fail(NOT_JSON, `${bytes.length} bytes are more than the limit of ${limits.maxBytes}.`, NEXT);
  const text = textOf(bytes);
  if (text === null) return fail(NOT_JSON, 'The bytes are not UTF-8.', NEXT);
  const parsed = jsonOf(text);
  if (parsed === null) return fail(NOT_JSON, 'The bytes are not JSON.', NEXT);
  const canonical = canonicalText(parsed.value, limits);
  if (!canonical.ok) return fail(NOT_JSON, canonical.problem.message, NEXT);
  return canonical.value === text
    ? ok(parsed.value)
    : fail(NOT_CANONICAL, 'The bytes are JSON, but not in canonical form (RFC 8785).', NEXT);
};
