import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RawQuote } from './records.ts';

/** A quote larger than this when unpacked is not unpacked. */
const MAX_QUOTE_BYTES = 16 * 1024 * 1024;
/** Packed with another one it must be so much smaller than alone; otherwise it had better be one that others are packed with. */
const WORTH = 0.75;

/** A window of 16 KiB holds two quotes; the default one takes longer to set up than a quote takes to pack. */
const PACKING = { windowBits: 14, memLevel: 5 };

const limits = { maxOutputLength: MAX_QUOTE_BYTES };
const unpack = ({ packed }: RawQuote): Buffer | null => {
  try {
    return inflateRawSync(packed, limits);
  } catch {
    return null;
  }
};

/**
 * Packs a quote as what differs from another one (raw deflate, the other one's text as the dictionary): two quotes of one host mostly have only
 * nonce, clock and signature of their own. Null where that is not worth it, or where the other one is not what its digest says.
 */
export const packWith = (quote: RawQuote, base: RawQuote): Buffer | null => {
  const text = unpack(quote);
  const dictionary = unpack(base);
  if (text === null || dictionary === null) return null;
  if (createHash('sha256').update(dictionary).digest('hex') !== base.sha256) return null;
  const packed = deflateRawSync(text, { ...PACKING, dictionary });
  return packed.length < WORTH * quote.packed.length ? packed : null;
};
