import { crc32, inflateSync } from 'node:zlib';
import { ok, type Result } from '../../../shared/model/result.ts';
import { AGAIN, type Logo, refuseLogo, sizeProblem } from './limits.ts';
import { type PngHead, pixelsOf } from './png-pixels.ts';

const damaged = (why: string): Result<never> => refuseLogo('logo-damaged', `The logo is no whole PNG: ${why}.`, AGAIN);

const SIGNATURE_BYTES = 8;
const HEAD_BYTES = 13;
/** Samples of a pixel, by colour type (PNG, 11.2.1). */
const SAMPLES: ReadonlyMap<number, 1 | 2 | 3 | 4> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

const headOf = (data: Buffer): Result<PngHead> => {
  if (data.length !== HEAD_BYTES) return damaged('its head has another size');
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth, colour, compression, filter, interlace] = [
    data.readUInt8(8),
    data.readUInt8(9),
    data.readUInt8(10),
    data.readUInt8(11),
    data.readUInt8(12),
  ];
  const size = sizeProblem(width, height);
  if (size !== null) return size;
  const samples = SAMPLES.get(colour);
  if (samples === undefined || compression !== 0 || filter !== 0) return damaged('its head says what no PNG has');
  if (interlace !== 0) return refuseLogo('logo-form', 'The logo is an interlaced PNG.', AGAIN);
  const isPalette = colour === 3;
  if (depth !== 8 && !((isPalette || colour === 0) && (depth === 1 || depth === 2 || depth === 4)))
    return refuseLogo('logo-form', `The logo has ${depth} bits a colour; 8 are read.`, AGAIN);
  return ok({ width, height, depth, samples, isPalette });
};

type Chunk = { readonly type: string; readonly data: Buffer };

/** The chunks up to the end, each with its checksum compared (PNG, 5.3). */
const chunksOf = (file: Buffer): Result<readonly Chunk[]> => {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + 12 > file.length) return damaged('it has no end');
    const length = file.readUInt32BE(at);
    if (length > file.length - at - 12) return damaged('one of its parts is cut');
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (crc32(file.subarray(at + 4, at + 8 + length)) !== file.readUInt32BE(at + 8 + length)) return damaged('a checksum does not fit');
    chunks.push({ type, data });
    at += 12 + length;
    if (type !== 'IEND') continue;
    return at === file.length ? ok(chunks) : damaged('something follows its end');
  }
};

/** At most as many bytes as its head asks for; whatever would become more is no picture. */
const inflated = (packed: Buffer, expected: number): Buffer | null => {
  try {
    const bytes = inflateSync(packed, { maxOutputLength: expected });
    return bytes.length === expected ? bytes : null;
  } catch {
    return null;
  }
};

const joined = (chunks: readonly Chunk[], type: string): Buffer =>
  Buffer.concat(chunks.filter((one) => one.type === type).map(({ data }) => data));

/** A PNG (W3C PNG, third edition) as pixels on white paper: what is transparent shows the paper. */
export const readPng = (file: Buffer): Result<Logo> => {
  const chunks = chunksOf(file);
  if (!chunks.ok) {
    // The head first: whoever made the picture too large is told that, however else it is wrong.
    const first =
      file.length >= SIGNATURE_BYTES + 8 + HEAD_BYTES ? headOf(file.subarray(SIGNATURE_BYTES + 8, SIGNATURE_BYTES + 8 + HEAD_BYTES)) : null;
    return first !== null && !first.ok && first.problem.code === 'logo-pixels' ? first : chunks;
  }
  const [first] = chunks.value;
  if (first?.type !== 'IHDR') return damaged('it does not begin with its head');
  const head = headOf(first.data);
  if (!head.ok) return head;
  const { width, height, depth, samples, isPalette } = head.value;
  const palette = joined(chunks.value, 'PLTE');
  if (isPalette && (palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768))
    return damaged('its palette is missing or cut');
  const rowBytes = 1 + Math.ceil((width * samples * depth) / 8);
  const rows = inflated(joined(chunks.value, 'IDAT'), rowBytes * height);
  if (rows === null) return damaged('its pixels are not as many as its head says');
  const pixels = pixelsOf(head.value, rows, palette, isPalette ? joined(chunks.value, 'tRNS') : Buffer.alloc(0));
  return pixels === null
    ? damaged('a row has a filter that there is not')
    : ok({ width, height, components: 3, packing: 'pixels', bytes: pixels });
};
