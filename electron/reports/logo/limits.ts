import { fail, type Result } from '../../../shared/model/result.ts';

/** A picture as a PDF takes it: pixels without transparency, or a JPEG as it is. */
export type Logo = {
  readonly width: number;
  readonly height: number;
  /** 8 bits for each: 1 = grey, 3 = red, green and blue. */
  readonly components: 1 | 3;
  readonly packing: 'jpeg' | 'pixels';
  readonly bytes: Uint8Array;
};

/** Far above what a logo on paper needs: at 24 points of height 200 pixels are more than a printer shows. */
export const LOGO_LIMITS = { bytes: 2 * 1024 * 1024, side: 4_096, pixels: 4_000_000 } as const;

export const refuseLogo = (code: `logo-${string}`, message: string, nextStep: string): Result<never> => fail(code, message, nextStep);

export const SMALLER = `Save it with at most ${LOGO_LIMITS.side} pixels a side and ${LOGO_LIMITS.pixels / 1_000_000} million in all.`;
export const AGAIN = 'Save it again as a PNG that is not interlaced, or as a baseline JPEG in RGB.';

/** Asked of a header, before anything is decoded. */
export const sizeProblem = (width: number, height: number): Result<never> | null => {
  if (width === 0 || height === 0) return refuseLogo('logo-damaged', 'The logo says that it has no pixels.', AGAIN);
  return width > LOGO_LIMITS.side || height > LOGO_LIMITS.side || width * height > LOGO_LIMITS.pixels
    ? refuseLogo('logo-pixels', `The logo says that it has ${width} by ${height} pixels, which is more than is read.`, SMALLER)
    : null;
};
