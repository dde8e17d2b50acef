import { hash } from 'node:crypto';
import { DIGEST_SIZE } from '../hashing.ts';
import type { Bank } from '../types.ts';

/** PCR 10 of one bank while entries are extended into it. */
export class Pcr10 {
  readonly bank: Bank;
  /** Whether this is the bank as kernels before 5.8 extend it: with the SHA-1 template hash, padded with zeros. */
  readonly legacy: boolean;
  /** The quoted value as bytes in a string; undefined where nothing was quoted. */
  readonly target: string | undefined;
  /** An entry could not be extended, so every value from there on is unknown. */
  broken = false;
  /** How many entries of the list had been extended when the value last was the target; null = never. */
  proven: number | null = null;
  readonly #size: number;
  readonly #scratch: Buffer;
  #value: string;

  constructor(bank: Bank, legacy: boolean, targetHex: string | undefined, startHex?: string) {
    this.bank = bank;
    this.legacy = legacy;
    this.target = targetHex === undefined ? undefined : bytesOfHex(targetHex);
    this.#size = DIGEST_SIZE[bank];
    this.#scratch = Buffer.alloc(this.#size * 2);
    if (startHex !== undefined) this.#scratch.write(startHex, 0, 'hex');
    this.#value = this.#scratch.toString('latin1', 0, this.#size);
  }

  /** Extends a digest given as bytes in a string. */
  extend(digest: string): void {
    this.#scratch.latin1Write(digest, this.#size);
    this.#hash();
  }

  /** Extends the first `length` bytes, padded with zeros. */
  extendBytes(bytes: Uint8Array, length: number): void {
    for (let i = 0; i < this.#size; i += 1) this.#scratch[this.#size + i] = i < length ? (bytes[i] ?? 0) : 0;
    this.#hash();
  }

  /** A violation extends all ones; `ones` fewer than the digest has are padded with zeros. */
  extendViolation(ones = this.#size): void {
    this.#scratch.fill(0xff, this.#size, this.#size + ones);
    this.#scratch.fill(0, this.#size + ones);
    this.#hash();
  }

  #hash(): void {
    this.#value = hash(this.bank, this.#scratch, 'binary');
    this.#scratch.latin1Write(this.#value, 0);
  }

  /** Whether the value is the quoted one. */
  atTarget(): boolean {
    return this.#value === this.target;
  }

  hex(): string {
    return this.#scratch.toString('hex', 0, this.#size);
  }
}

export const bytesOfHex = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');
