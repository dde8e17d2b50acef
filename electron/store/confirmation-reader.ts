import { PREFIX_BYTES } from './confirmation-writer.ts';

/** Who was confirmed when, by which quote: `num` is the host's number in `pulse`, `quotePrefix` the beginning of the quote's SHA-256 in hex. */
export type Confirmation = { readonly num: number; readonly atMs: number; readonly quotePrefix: string };

/** Reads what `createConfirmationWriter` noted. Throws where the bytes are not of that form: then the database is damaged. */
export const readConfirmations = (rows: Uint8Array, count: number, atMs: number): readonly Confirmation[] => {
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = rows[offset];
      if (byte === undefined || scale > 2 ** 49) throw new Error(`confirmations end within a number at byte ${offset}`);
      offset += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  const found: Confirmation[] = [];
  let last = { num: 0, atMs };
  while (offset < rows.length) {
    last = { num: last.num + varint(), atMs: last.atMs + varint() };
    if (offset + PREFIX_BYTES > rows.length) throw new Error(`confirmations end within a digest at byte ${offset}`);
    found.push({ ...last, quotePrefix: Buffer.from(rows.subarray(offset, offset + PREFIX_BYTES)).toString('hex') });
    offset += PREFIX_BYTES;
  }
  if (found.length !== count) throw new Error(`${count} confirmations should be here, and there are ${found.length}`);
  return found;
};
