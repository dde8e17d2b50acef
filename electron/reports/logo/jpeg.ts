import { ok, type Result } from '../../../shared/model/result.ts';
import { AGAIN, type Logo, refuseLogo, sizeProblem } from './limits.ts';

const damaged = (why: string): Result<never> => refuseLogo('logo-damaged', `The logo is no whole JPEG: ${why}.`, AGAIN);
const START_OF_SCAN = 0xda;
/** Frames other than baseline and extended sequential with Huffman coding (ITU T.81, table B.1). */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

const frameOf = (file: Buffer, at: number, marker: number, length: number): Result<Logo> => {
  if (marker !== 0xc0 && marker !== 0xc1)
    return refuseLogo('logo-form', 'The logo is a progressive or lossless JPEG, which not every reader of PDF shows.', AGAIN);
  if (length < 8) return damaged('its frame is cut');
  const [precision, height, width, components] = [file[at], file.readUInt16BE(at + 1), file.readUInt16BE(at + 3), file[at + 5]];
  if (precision !== 8) return refuseLogo('logo-form', `The logo has ${precision ?? 0} bits a colour; 8 are read.`, AGAIN);
  if (components !== 1 && components !== 3)
    return refuseLogo('logo-form', `The logo has ${components ?? 0} colours, such as CMYK has for printing; grey and RGB are read.`, AGAIN);
  return sizeProblem(width, height) ?? ok({ width, height, components, packing: 'jpeg', bytes: file });
};

/**
 * The head of a JPEG (ITU T.81, annex B) up to its first scan. What is in the scans is not decoded: it goes into the PDF as it is, and a reader
 * of that decodes no more pixels than the head says.
 */
export const readJpeg = (file: Buffer): Result<Logo> => {
  if (file.length < 4 || file.readUInt16BE(file.length - 2) !== 0xffd9) return damaged('it has no end');
  let found: Logo | null = null;
  for (let at = 2; at + 4 <= file.length; ) {
    const marker = file[at + 1] ?? 0;
    if (file[at] !== 0xff || marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd9))
      return damaged('its parts do not follow each other');
    const length = file.readUInt16BE(at + 2);
    if (length < 2 || at + 2 + length > file.length) return damaged('one of its parts is cut');
    if (marker === START_OF_SCAN) return found === null ? damaged('its frame is missing') : ok(found);
    if (FRAMES.has(marker)) {
      if (found !== null) return damaged('it has two frames');
      const frame = frameOf(file, at + 4, marker, length);
      if (!frame.ok) return frame;
      found = frame.value;
    }
    at += 2 + length;
  }
  return damaged('it has no picture');
};
