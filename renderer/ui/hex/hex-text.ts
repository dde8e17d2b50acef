/** Bytes in one row of a hex view. */
export const ROW_BYTES = 16;

/** "000001a0". */
export const offsetText = (offset: number): string => offset.toString(16).padStart(8, '0');
export const byteText = (byte: number): string => byte.toString(16).padStart(2, '0');
/** A byte as ASCII prints it; a dot for everything that has no shape or another meaning. */
export const characterOf = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·');

export type Span = { readonly start: number; readonly length: number };
export const covers = ({ start, length }: Span, offset: number): boolean => offset >= start && offset < start + length;

/** The innermost field that a byte belongs to: the shortest, and of equal ones the last. -1 where none is. */
export const fieldAt = (fields: readonly Span[], offset: number): number => {
  let best = -1;
  fields.forEach((field, index) => {
    if (covers(field, offset) && (best < 0 || field.length <= (fields[best]?.length ?? 0))) best = index;
  });
  return best;
};

export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length >> 1 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
