import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { RawQuote } from '../store/records.ts';

const signedSchema = z.looseObject({ attest: z.base64(), signature: z.base64() });
const bundleSchema = z.looseObject({ nonce: z.hex(), quote: signedSchema, geo: signedSchema.optional() });
type Signed = z.infer<typeof signedSchema>;

/** Bytes of a P-256 coordinate; what is longer than two of them with their sizes is an RSA signature. */
const COORDINATE = 32;
/** TPMT_SIGNATURE: algorithm, hash, then sizes and values (TPM 2.0 Part 2, §11.3). */
const HEAD = 4;
const SIZE = 2;

const newSignature = (signature: Buffer): void => {
  if (signature.length > HEAD + 2 * (SIZE + COORDINATE)) randomBytes(signature.length - HEAD - SIZE).copy(signature, HEAD + SIZE);
  else
    for (const at of [HEAD + SIZE, HEAD + SIZE + COORDINATE + SIZE]) {
      if (at + COORDINATE > signature.length) throw new Error('a signature of the sample is of another form');
      randomBytes(COORDINATE).copy(signature, at);
    }
};

/** TPMS_ATTEST: the clock, in milliseconds, follows the nonce (TPM 2.0 Part 2, §10.12.12). */
const renewed = <T extends Signed>(signed: T, before: Buffer, nonce: Buffer, atMs: number): T => {
  const attest = Buffer.from(signed.attest, 'base64');
  const signature = Buffer.from(signed.signature, 'base64');
  const place = attest.indexOf(before);
  if (place < 0) throw new Error('a quote of the sample has no nonce');
  nonce.copy(attest, place);
  attest.writeBigUInt64BE(BigInt(atMs), place + nonce.length);
  newSignature(signature);
  return { ...signed, attest: attest.toString('base64'), signature: signature.toString('base64') };
};

/** The quote of the next time: another nonce, clock and signatures, all else the same. It is as large as a real one, and packs no better. */
export const freshQuote = (quote: RawQuote, atMs: number): RawQuote => {
  const { nonce: old, quote: signed, geo, ...rest } = bundleSchema.parse(JSON.parse(inflateRawSync(quote.packed).toString()));
  const before = Buffer.from(old, 'hex');
  const nonce = randomBytes(before.length);
  const text = Buffer.from(
    JSON.stringify({
      ...rest,
      nonce: nonce.toString('hex'),
      quote: renewed(signed, before, nonce, atMs),
      ...(geo !== undefined && { geo: renewed(geo, before, nonce, atMs) }),
    }),
  );
  return { sha256: createHash('sha256').update(text).digest('hex'), packed: deflateRawSync(text) };
};
