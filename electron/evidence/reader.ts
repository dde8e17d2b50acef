/**
 * Bounded reading of binary structures. A read beyond the end is a `ReadFailure`, which never leaves the room:
 * every parser runs inside `attempt`, which turns it into a value.
 */
export class ReadFailure extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ReadFailure';
    this.offset = offset;
  }
}

export type Reader = {
  readonly offset: () => number;
  readonly remaining: () => number;
  readonly u8: (what: string) => number;
  readonly u16: (what: string) => number;
  readonly u32: (what: string) => number;
  readonly u64: (what: string) => bigint;
  /** A view, not a copy. */
  readonly bytes: (length: number, what: string) => Uint8Array;
  /** TPM2B: a 16-bit length and that many bytes, at most `max`. */
  readonly sized: (max: number, what: string) => Uint8Array;
  readonly fail: (message: string) => never;
};

export const readerOf = (bytes: Uint8Array, endian: 'big' | 'little'): Reader => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = endian === 'little';
  let at = 0;
  const take = (length: number, what: string): number => {
    if (length > bytes.length - at) {
      throw new ReadFailure(`${what} needs ${length} bytes at byte ${at} but only ${bytes.length - at} are left`, at);
    }
    const start = at;
    at += length;
    return start;
  };
  const u16 = (what: string): number => view.getUint16(take(2, what), little);
  const slice = (length: number, what: string): Uint8Array => {
    const start = take(length, what);
    return bytes.subarray(start, start + length);
  };
  return {
    offset: () => at,
    remaining: () => bytes.length - at,
    u8: (what) => view.getUint8(take(1, what)),
    u16,
    u32: (what) => view.getUint32(take(4, what), little),
    u64: (what) => view.getBigUint64(take(8, what), little),
    bytes: slice,
    sized: (max, what) => {
      const start = at;
      const length = u16(what);
      if (length > max) throw new ReadFailure(`${what} claims ${length} bytes at byte ${start}, more than the ${max} allowed`, start);
      return slice(length, what);
    },
    fail: (message) => {
      throw new ReadFailure(message, at);
    },
  };
};

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Runs a parser and returns its failure as a value. Anything but a `ReadFailure` is a bug and passes through. */
export const attempt = <T>(read: () => T): Attempt<T> => {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof ReadFailure) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
};
