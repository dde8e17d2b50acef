import { type Result, fail, ok } from '../../../shared/model/result.ts';

/**
 * The part of DER (ITU-T X.690) that time stamps need, read strictly: definite lengths in their shortest form, tags of one byte, nothing left
 * over. A fault anywhere ends the reading; it leaves by a throw that `readDer` turns into a problem, because a dozen nested structures would
 * otherwise be nothing but the passing on of faults.
 */
export type Der = {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Buffer;
  readonly content: Buffer;
};

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Context-specific and constructed: [0], [1], … */
  context: (number: number): number => 0xa0 + number,
  /** Context-specific and primitive. */
  contextPrimitive: (number: number): number => 0x80 + number,
} as const;

const MAX_CHILDREN = 256;
const MAX_LENGTH_BYTES = 3;

class DerFault extends Error {}

/** Ends the reading: what is here is not what the structure says must be here. */
export const derFault = (what: string): never => {
  throw new DerFault(what);
};

const readAt = (bytes: Buffer, at: number): Der => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return derFault('an element is cut off');
  if ((tag & 0x1f) === 0x1f) return derFault('a tag has more than one byte');
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const size = first - 0x80;
    if (size === 0 || size > MAX_LENGTH_BYTES) return derFault('a length is indefinite or too large');
    if (start + size > bytes.length) return derFault('an element is cut off');
    length = bytes.readUIntBE(start, size);
    if (length < 0x80 || length < 2 ** (8 * (size - 1))) return derFault('a length is not in its shortest form');
    start += size;
  }
  const end = start + length;
  if (end > bytes.length) return derFault('an element is cut off');
  return { tag, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) };
};

/** One element that fills all of the bytes. */
export const oneOf = (bytes: Buffer, tag: number, what: string): Der => {
  const der = readAt(bytes, 0);
  if (der.whole.length !== bytes.length) return derFault(`bytes follow ${what}`);
  return der.tag === tag ? der : derFault(`${what} is not there`);
};

export const childrenOf = (der: Der): readonly Der[] => {
  const children: Der[] = [];
  for (let at = 0; at < der.content.length; ) {
    const child = readAt(der.content, at);
    children.push(child);
    if (children.length > MAX_CHILDREN) return derFault('a structure has too many elements');
    at += child.whole.length;
  }
  return children;
};

/** Takes the elements of a structure one after the other. */
export type Elements = {
  readonly need: (tag: number, what: string) => Der;
  readonly maybe: (tag: number) => Der | null;
  readonly rest: () => readonly Der[];
  readonly end: (what: string) => void;
};

export const elementsOf = (der: Der): Elements => {
  const children = childrenOf(der);
  let at = 0;
  const maybe = (tag: number): Der | null => {
    const child = children[at];
    if (child?.tag !== tag) return null;
    at += 1;
    return child;
  };
  return {
    maybe,
    need: (tag, what) => maybe(tag) ?? derFault(`${what} is not there`),
    rest: () => children.slice(at),
    end: (what) => (at === children.length ? undefined : derFault(`${what} holds more than it may`)),
  };
};

/** Dotted decimal of an OBJECT IDENTIFIER. */
export const oidOf = (der: Der): string => {
  const parts: number[] = [];
  let part = 0;
  for (const byte of der.content) {
    part = part * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(part)) return derFault('an object identifier is too large');
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  const [first, ...rest] = parts;
  if (der.tag !== TAG.oid || first === undefined || part !== 0) return derFault('an object identifier is broken');
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
};

export const smallInteger = (der: Der): number =>
  der.content.length >= 1 && der.content.length <= 4 ? der.content.readIntBE(0, der.content.length) : derFault('a number is too large');

/** The bytes of a number that is not negative without zeros before it, so that two spellings of one number are equal. */
export const unsignedBytes = (bytes: Uint8Array): Buffer => {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
  return Buffer.from(bytes.subarray(at));
};

export const readDer = <T>(what: string, read: () => T): Result<T> => {
  try {
    return ok(read());
  } catch (error) {
    if (!(error instanceof DerFault)) throw error;
    return fail('ledger-time-stamp', `${what} cannot be read: ${error.message}.`, 'Ask the time-stamp authority again.');
  }
};

const lengthBytes = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = unsignedBytes(Buffer.from(length.toString(16).padStart(8, '0'), 'hex'));
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
};

/** One element with its content. */
export const tlv = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(body.length), body]);
};

/** A number that is not negative, in its shortest form. */
export const unsignedInteger = (bytes: Uint8Array): Buffer => {
  const short = unsignedBytes(bytes);
  return tlv(TAG.integer, ...((short[0] ?? 0) >= 0x80 ? [Buffer.alloc(1)] : []), short);
};

const base128 = (value: number): number[] => {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 + (left % 128));
  return bytes;
};

export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
};
