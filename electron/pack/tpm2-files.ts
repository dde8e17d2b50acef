import { z } from 'zod';
import { akPemOf } from '../evidence/index.ts';
import type { QuoteFile } from './layout.ts';

/** The parts of a quote's text that tpm2-tools need; what else it has is for `electron/evidence`, which judges all of it. */
const quoteSchema = z.object({
  nonce: z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u),
  quote: z.object({ attest: z.base64(), signature: z.base64() }),
  pcrs: z.record(z.string(), z.record(z.string(), z.string())),
  akTpm2bPublic: z.base64(),
});

const HASH_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0004, 'sha1'],
  [0x000b, 'sha256'],
  [0x000c, 'sha384'],
  [0x000d, 'sha512'],
]);

type Selection = { readonly bank: string; readonly hashId: number; readonly mask: Buffer; readonly pcrs: readonly number[] };

const BANKS_IN_FILE = 16;
const BANK_BYTES = 8;
const VALUES_TOGETHER = 8;
const VALUE_BYTES = 2 + 64;

/**
 * PCR values as tpm2_quote writes them and tpm2_checkquote reads them by default: TPML_PCR_SELECTION as it lies in memory, the number of lists,
 * and lists (TPML_DIGEST) of up to eight values; numbers are little-endian. tpm2-tools, lib/pcr.c, pcr_fwrite_serialized.
 */
const pcrFile = (selections: readonly Selection[], values: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(4 + BANKS_IN_FILE * BANK_BYTES);
  head.writeUInt32LE(selections.length);
  selections.forEach(({ hashId, mask }, at) => {
    head.writeUInt16LE(hashId, 4 + at * BANK_BYTES);
    head.writeUInt8(mask.length, 6 + at * BANK_BYTES);
    mask.copy(head, 7 + at * BANK_BYTES);
  });
  const lists: Buffer[] = [];
  for (let from = 0; from < values.length; from += VALUES_TOGETHER) {
    const list = Buffer.alloc(4 + VALUES_TOGETHER * VALUE_BYTES);
    const some = values.slice(from, from + VALUES_TOGETHER);
    list.writeUInt32LE(some.length);
    some.forEach((value, at) => {
      list.writeUInt16LE(value.length, 4 + at * VALUE_BYTES);
      value.copy(list, 6 + at * VALUE_BYTES);
    });
    lists.push(list);
  }
  const count = Buffer.alloc(4);
  count.writeUInt32LE(lists.length);
  return Buffer.concat([head, count, ...lists]);
};

/** TPMS_ATTEST (TPM 2.0 Part 2, 10.12.12) up to the PCR selection; null where it is not laid out like a quote. */
const selectionsOf = (attest: Buffer): readonly Selection[] | null => {
  let at = 6;
  const sized = (): void => void (at += 2 + attest.readUInt16BE(at));
  try {
    sized();
    sized();
    at += 17 + 8;
    const banks = attest.readUInt32BE(at);
    at += 4;
    if (banks === 0 || banks > 16) return null;
    const found: Selection[] = [];
    for (let bank = 0; bank < banks; bank += 1) {
      const hashId = attest.readUInt16BE(at);
      const name = HASH_NAMES.get(hashId);
      const size = attest.readUInt8(at + 2);
      if (name === undefined || size > 4) return null;
      const pcrs: number[] = [];
      for (let bit = 0; bit < size * 8; bit += 1) if ((attest.readUInt8(at + 3 + (bit >> 3)) >> (bit & 7)) & 1) pcrs.push(bit);
      found.push({ bank: name, hashId, mask: attest.subarray(at + 3, at + 3 + size), pcrs });
      at += 3 + size;
    }
    return found;
  } catch {
    // It ends before its end.
    return null;
  }
};

/** TPMT_SIGNATURE begins with the scheme and the hash (TPM 2.0 Part 2, 11.3.4). */
const hashOf = (signature: Buffer): string | null => (signature.length < 4 ? null : (HASH_NAMES.get(signature.readUInt16BE(2)) ?? null));

const read = (text: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(text).toString('utf8'));
  } catch {
    return null;
  }
};

/**
 * The files of a quote that `tpm2_checkquote` takes: message, signature, PCR values in the order of the signed selection, key, nonce. All of
 * them follow from the quote's own text, so that they can be made again and compared. Null where they cannot be made: then the quote is one
 * that only `quote.json` shows as it came. Nothing is verified here.
 */
export const tpm2FilesOf = (quoteText: Uint8Array): ReadonlyMap<Exclude<QuoteFile, 'quote.json'>, Buffer> | null => {
  const parsed = quoteSchema.safeParse(read(quoteText));
  if (!parsed.success) return null;
  const { nonce, quote, pcrs, akTpm2bPublic } = parsed.data;
  const attest = Buffer.from(quote.attest, 'base64');
  const signature = Buffer.from(quote.signature, 'base64');
  const selections = selectionsOf(attest);
  const hash = hashOf(signature);
  const pem = akPemOf(Buffer.from(akTpm2bPublic, 'base64'));
  if (selections === null || hash === null || !pem.ok) return null;
  const values: Buffer[] = [];
  for (const { bank, pcrs: selected } of selections)
    for (const pcr of selected) {
      const value = pcrs[bank]?.[String(pcr)];
      if (value === undefined || !/^(?:[0-9a-f]{2}){20,64}$/u.test(value)) return null;
      values.push(Buffer.from(value, 'hex'));
    }
  return new Map([
    ['quote.msg', attest],
    ['quote.sig', signature],
    ['quote.alg', Buffer.from(`${hash}\n`)],
    ['pcrs.bin', pcrFile(selections, values)],
    ['ak.pem', Buffer.from(pem.value)],
    ['nonce.hex', Buffer.from(`${nonce}\n`)],
  ]);
};
