import { crc32, deflateSync } from 'node:zlib';

const u32 = (...values: readonly number[]): Buffer => {
  const made = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => made.writeUInt32BE(value, at * 4));
  return made;
};
const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32(data.length), named, u32(crc32(named))]);
};

export type PngSays = {
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly interlace?: number;
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  /** What is in IDAT, before it is packed; each row with its filter. */
  readonly rows?: Uint8Array;
};

/** A PNG that says and holds what a test wants. By default one red pixel. */
export const png = ({ width = 1, height = 1, depth = 8, colour = 2, interlace = 0, palette, transparency, rows }: PngSays = {}): Buffer =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([u32(width, height), Buffer.of(depth, colour, 0, 0, interlace)])),
    ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
    ...(transparency === undefined ? [] : [chunk('tRNS', transparency)]),
    chunk('IDAT', deflateSync(rows ?? Buffer.of(0, 255, 0, 0))),
    chunk('IEND', Buffer.alloc(0)),
  ]);

const segment = (marker: number, data: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 + marker, 0);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

/** The skeleton of a JPEG: a frame and a scan without a picture. */
export const jpeg = ({ width = 8, height = 8, components = 3, frame = 0xc0, precision = 8 } = {}): Buffer => {
  const parts = Array.from({ length: components }, (_, at) => [at + 1, 0x11, 0]).flat();
  const said = Buffer.from([precision, height >> 8, height & 255, width >> 8, width & 255, components, ...parts]);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(frame, said),
    segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)),
    Buffer.of(0, 0xff, 0xd9),
  ]);
};
