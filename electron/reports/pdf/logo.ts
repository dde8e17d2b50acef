import { deflateSync } from 'node:zlib';
import type { Logo } from '../logo/limits.ts';

/** Points. */
const MOST = { width: 130, height: 26 } as const;
const NAME = 'Logo';

/** The picture once in the document; each page only names it. Drawn with its right upper corner at a place. Null where there is none. */
export const logoOf = (pdf: PDFKit.PDFDocument, logo: Logo | null): { readonly draw: (right: number, top: number) => void } | null => {
  if (logo === null) return null;
  const { width, height, components, packing, bytes } = logo;
  const image = pdf.ref({
    Type: 'XObject',
    Subtype: 'Image',
    Width: width,
    Height: height,
    ColorSpace: components === 3 ? 'DeviceRGB' : 'DeviceGray',
    BitsPerComponent: 8,
    Filter: packing === 'jpeg' ? 'DCTDecode' : 'FlateDecode',
  });
  image.end(Buffer.from(packing === 'jpeg' ? bytes : deflateSync(bytes)));
  const scale = Math.min(MOST.width / width, MOST.height / height);
  const [wide, high] = [width * scale, height * scale];
  return {
    draw: (right, top) => {
      const { xobjects }: { xobjects: unknown } = pdf.page;
      if (typeof xobjects !== 'object' || xobjects === null) throw new Error('a page has no place for drawings');
      Reflect.set(xobjects, NAME, image);
      // Pictures are drawn from their foot up, and pages of ours from their head down.
      const [x, y] = [right - wide, top + (MOST.height + high) / 2];
      pdf.addContent(`q ${wide.toFixed(2)} 0 0 ${(-high).toFixed(2)} ${x.toFixed(2)} ${y.toFixed(2)} cm /${NAME} Do Q`);
    },
  };
};
