export type PngHead = {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 8, or 1, 2 or 4 of grey and of palettes. */
  readonly depth: number;
  readonly samples: 1 | 2 | 3 | 4;
  readonly isPalette: boolean;
};

const paeth = (left: number, up: number, corner: number): number => {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
};

/** Takes the filters of rows away, in place (PNG, 9.2); false where a filter is none. `step`: bytes of a pixel, at least 1. */
const unfilter = (rows: Buffer, rowBytes: number, step: number): boolean => {
  for (let row = 0; row < rows.length; row += rowBytes) {
    const filter = rows[row] ?? 0;
    if (filter > 4) return false;
    for (let at = row + 1; at < row + rowBytes; at += 1) {
      const left = at - step > row ? (rows[at - step] ?? 0) : 0;
      const up = row === 0 ? 0 : (rows[at - rowBytes] ?? 0);
      const corner = row === 0 || at - step <= row ? 0 : (rows[at - rowBytes - step] ?? 0);
      const add = filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      rows[at] = ((rows[at] ?? 0) + add) & 0xff;
    }
  }
  return true;
};

const onPaper = (colour: number, alpha: number): number => Math.round((colour * alpha + 255 * (255 - alpha)) / 255);

/**
 * Pixels in red, green and blue on white paper, 3 bytes each. `rows`: inflated, each with its filter before it; they are changed. `transparency`:
 * of the colours of a palette. A colour that a palette does not have is black. Null where a filter is none.
 */
export const pixelsOf = (
  { width, height, depth, samples, isPalette }: PngHead,
  rows: Buffer,
  palette: Buffer,
  transparency: Buffer,
): Uint8Array | null => {
  const rowBytes = rows.length / height;
  if (!unfilter(rows, rowBytes, Math.max(1, (samples * depth) >> 3))) return null;
  const pixels = new Uint8Array(width * height * 3);
  const most = 2 ** depth - 1;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 3;
      const begin = y * rowBytes + 1;
      if (depth < 8 || samples === 1) {
        const bit = x * depth;
        const value = ((rows[begin + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & most;
        const alpha = isPalette ? (transparency[value] ?? 255) : 255;
        for (let part = 0; part < 3; part += 1)
          pixels[to + part] = onPaper(isPalette ? (palette[value * 3 + part] ?? 0) : Math.round((value * 255) / most), alpha);
        continue;
      }
      const at = begin + x * samples;
      const alpha = samples === 4 ? (rows[at + 3] ?? 0) : samples === 2 ? (rows[at + 1] ?? 0) : 255;
      for (let part = 0; part < 3; part += 1) pixels[to + part] = onPaper(rows[samples < 3 ? at : at + part] ?? 0, alpha);
    }
  return pixels;
};
