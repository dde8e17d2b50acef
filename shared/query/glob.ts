import { escapeText, isBare, isWildcard } from './characters.ts';

/** A pattern in parts: `*` = any characters or none, `?` = exactly one. A pattern speaks of the whole text. */
export type GlobPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'any' } | { readonly kind: 'one' };
export type Glob = readonly GlobPart[];

const ANY: GlobPart = { kind: 'any' };
const ONE: GlobPart = { kind: 'one' };

/** `wild` are the places of the wildcards in `text`; a star that is escaped is none. Two stars in a row are one. */
export const globOf = (text: string, wild: readonly number[]): Glob => {
  const parts: GlobPart[] = [];
  let from = 0;
  for (const at of wild) {
    if (at > from) parts.push({ kind: 'text', text: text.slice(from, at) });
    const part: GlobPart = text[at] === '*' ? ANY : ONE;
    if (part.kind === 'one' || parts.at(-1)?.kind !== 'any') parts.push(part);
    from = at + 1;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
};

const escapeWildcards = (text: string): string => Array.from(text, (char) => (isWildcard(char) ? `\\${char}` : char)).join('');

const printPart = (part: GlobPart): string => {
  if (part.kind === 'text') return escapeWildcards(escapeText(part.text));
  return part.kind === 'any' ? '*' : '?';
};

/** Without quotes where that reads back as the same pattern. */
export const printGlob = (glob: Glob): string => {
  const printed = glob.map(printPart).join('');
  // An escape contains a backslash, which no text without quotes does.
  return isBare(printed) ? printed : `"${printed}"`;
};
