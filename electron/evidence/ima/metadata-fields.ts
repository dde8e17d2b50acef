const NO_TEXT = '(null)';
const MOST: Readonly<Record<2 | 4, number>> = { 2: 0xffff, 4: 0xffffffff };

/** Appends a field, `u32 length || bytes`; the new end. */
const writeField = (out: Buffer, at: number, bytes: Buffer): number => {
  out.writeUInt32LE(bytes.length, at);
  bytes.copy(out, at + 4);
  return at + 4 + bytes.length;
};

/**
 * Appends the names of extended attributes, which end with a NUL. The kernel prints `(null)` for an entry without a file, such as
 * boot_aggregate, and the field is then empty.
 */
export const writeNames = (source: Buffer, start: number, end: number, out: Buffer, at: number): number => {
  const text = source.subarray(start, end);
  const isEmpty = text.length === 0 || (text.length === NO_TEXT.length && text.toString('latin1') === NO_TEXT);
  return writeField(out, at, isEmpty ? Buffer.alloc(0) : Buffer.concat([text, Buffer.alloc(1)]));
};

/** Appends a number of 2 or 4 bytes, little-endian, from decimal digits; none for an entry without a file. -1 where the text is no such number. */
export const writeNumber = (source: Buffer, start: number, end: number, out: Buffer, at: number, size: 2 | 4): number => {
  const text = source.toString('latin1', start, Math.min(end, start + 11));
  if (text !== '' && (!/^(?:0|[1-9]\d{0,9})$/u.test(text) || Number(text) > MOST[size])) return -1;
  const bytes = Buffer.alloc(text === '' ? 0 : size);
  if (text !== '') bytes.writeUIntLE(Number(text), 0, size);
  return writeField(out, at, bytes);
};
