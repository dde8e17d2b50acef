import type { Result } from '../../../shared/model/result.ts';
import { readJpeg } from './jpeg.ts';
import { AGAIN, type Logo, LOGO_LIMITS, refuseLogo } from './limits.ts';
import { readPng } from './png.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEAD_BYTES = 1_024;

/**
 * Reads a logo, PNG or JPEG. Nothing is decoded before its header is known to be of a picture that is read, and never more than the header
 * says. SVG is refused: it is a program of its own. Problems: logo-large, logo-kind, logo-pixels, logo-form, logo-damaged.
 */
export const readLogo = (bytes: Uint8Array): Result<Logo> => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length > LOGO_LIMITS.bytes)
    return refuseLogo(
      'logo-large',
      `The logo has ${file.length} bytes; at most ${LOGO_LIMITS.bytes} are read.`,
      'Save it smaller: 500 pixels are enough.',
    );
  if (file.subarray(0, PNG.length).equals(PNG)) return readPng(file);
  if (file[0] === 0xff && file[1] === 0xd8) return readJpeg(file);
  const isSvg = /<svg[\s>]/iu.test(file.subarray(0, HEAD_BYTES).toString('latin1'));
  return isSvg
    ? refuseLogo('logo-kind', 'The logo is an SVG, which is not read: it can hold scripts and files of others.', 'Save it as a PNG.')
    : refuseLogo('logo-kind', 'The logo is neither a PNG nor a JPEG.', AGAIN);
};
