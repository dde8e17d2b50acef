import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sfntOfWoff } from './woff.ts';

/** One sans in two weights and one mono, as on the screen. */
export type Face = 'sans' | 'bold' | 'mono';

const FILES: Readonly<Record<Face, readonly [family: string, weight: number]>> = {
  sans: ['sans', 400],
  bold: ['sans', 600],
  mono: ['mono', 400],
};
/** A face comes in parts; what the first does not have is looked for in the others. */
const PARTS = ['latin', 'latin-ext', 'greek', 'cyrillic', 'cyrillic-ext'] as const;
const MONO_PARTS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'] as const;

export type FontName = `${Face}-${(typeof PARTS)[number]}`;
export const fontsOf = (face: Face): readonly FontName[] =>
  (face === 'mono' ? MONO_PARTS : PARTS).map((part): FontName => `${face}-${part}`);

const kept = new Map<FontName, Buffer>();
const require = createRequire(import.meta.url);

/** The bytes of a font, from the packages that are installed beside the program. Read once. */
export const fontBytes = (face: Face, name: FontName): Buffer => {
  const before = kept.get(name);
  if (before !== undefined) return before;
  const [family, weight] = FILES[face];
  const part = name.slice(face.length + 1);
  const file = `@fontsource/ibm-plex-${family}/files/ibm-plex-${family}-${part}-${weight}-normal.woff`;
  const bytes = sfntOfWoff(readFileSync(require.resolve(file)));
  kept.set(name, bytes);
  return bytes;
};
