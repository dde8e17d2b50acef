import { DIGEST_SIZE, asBuffer, byteStringDigest } from '../hashing.ts';
import type { Bank } from '../types.ts';

/** PCR 10 of one bank while entries are extended into it. */
export type Pcr10 = {
  readonly bank: Bank;
  /** Extends the digest of one entry; `null` = a violation, which extends all ones. */
  readonly extend: (digest: string | null) => void;
  /** The running value as bytes in a string. */
  readonly value: () => string;
  readonly hex: () => string;
};

export const pcr10Of = (bank: Bank): Pcr10 => {
  const size = DIGEST_SIZE[bank];
  const scratch = Buffer.alloc(size * 2);
  let value = scratch.toString('latin1', 0, size);
  return {
    bank,
    extend: (digest) => {
      if (digest === null) scratch.fill(0xff, size);
      else {
        const written = scratch.write(digest, size, 'latin1');
        // Old kernels extend the SHA-1 template hash, padded with zeros, into every larger bank.
        if (written < size) scratch.fill(0, size + written);
      }
      value = byteStringDigest(bank, scratch);
      scratch.write(value, 0, 'latin1');
    },
    value: () => value,
    hex: () => scratch.toString('hex', 0, size),
  };
};

export const bytesOfHex = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');

/** Digest of template data in a bank, as bytes in a string. */
export const templateDigest = (bank: Bank, data: Uint8Array): string => byteStringDigest(bank, asBuffer(data));
