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

/** A class and plain arithmetic, because a reader is made for every structure: closures and a DataView cost more than the reading. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, little: boolean) {
    this.#bytes = bytes;
    this.#little = little;
  }

  #take(length: number, what: string): number {
    const start = this.#at;
    const left = this.#bytes.length - start;
    if (length > left) throw new ReadFailure(`${what} needs ${length} bytes at byte ${start} but only ${left} are left`, start);
    this.#at = start + length;
    return start;
  }

  #byte(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  offset(): number {
    return this.#at;
  }

  remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(what: string): number {
    return this.#byte(this.#take(1, what));
  }

  u16(what: string): number {
    const at = this.#take(2, what);
    return this.#little ? this.#byte(at) | (this.#byte(at + 1) << 8) : (this.#byte(at) << 8) | this.#byte(at + 1);
  }

  u32(what: string): number {
    const at = this.#take(4, what);
    const first = this.#byte(at) | (this.#byte(at + 1) << 8);
    const second = this.#byte(at + 2) | (this.#byte(at + 3) << 8);
    if (this.#little) return (first | (second << 16)) >>> 0;
    return ((first & 0xff) * 0x1000000 + ((first >> 8) << 16) + ((second & 0xff) << 8) + (second >> 8)) >>> 0;
  }

  u64(what: string): bigint {
    if (this.remaining() < 8) this.#take(8, what);
    const first = this.u32(what);
    const second = this.u32(what);
    const [high, low] = this.#little ? [second, first] : [first, second];
    // One allocation for every value that a double holds.
    return high < 0x200000 ? BigInt(high * 0x100000000 + low) : (BigInt(high) << 32n) | BigInt(low);
  }

  /** A view, not a copy. */
  bytes(length: number, what: string): Uint8Array {
    const start = this.#take(length, what);
    // Faster than subarray, which asks a Buffer for its species.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  /** TPM2B: a 16-bit length and that many bytes, at most `max`. */
  sized(max: number, what: string): Uint8Array {
    const start = this.#at;
    const length = this.u16(what);
    if (length > max) throw new ReadFailure(`${what} claims ${length} bytes at byte ${start}, more than the ${max} allowed`, start);
    return this.bytes(length, what);
  }

  fail(message: string): never {
    throw new ReadFailure(message, this.#at);
  }
}

export const readerOf = (bytes: Uint8Array, endian: 'big' | 'little'): Reader => new Reader(bytes, endian === 'little');

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
