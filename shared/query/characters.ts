import { hasInvisible } from '../model/hostile-text.ts';

/** Words that mean something to the grammar. As text they are put in quotes. `known`, `true` and the like mean something in one place only. */
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'like', 'is']);
export const isKeyword = (word: string): boolean => KEYWORDS.has(word.toLowerCase());

/** Not part of a word without quotes: the grammar's own marks, and some that are kept free so that the language can grow. */
const MARKS: ReadonlySet<string> = new Set('()=!<>~,"\'\\&|;[]{}“”„≠≤≥');

const BLANK = /^[ \t\r\n\p{Zs}]$/u;
/** Between words. A space of another width counts: it comes along when text is pasted from a document. */
export const isBlank = (char: string): boolean => BLANK.test(char);

/** One code point that may stand in a word without quotes. Nothing that cannot be seen may. */
export const isWordCharacter = (char: string): boolean => char !== '' && !MARKS.has(char) && !isBlank(char) && !hasInvisible(char);

export const isWildcard = (char: string): boolean => char === '*' || char === '?';

/** The code point at a place in a text, as text; a lone surrogate comes as it is. */
export const characterAt = (text: string, at: number): string => {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
};

/** Whether a text can be written without quotes as a value. */
export const isBare = (text: string): boolean => text !== '' && !isKeyword(text) && Array.from(text).every(isWordCharacter);
export const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?');

/** Must be written as an escape inside quotes: what cannot be seen, and blanks that look like a space and are none. */
const mustEscape = (char: string): boolean => hasInvisible(char) || (char !== ' ' && isBlank(char));
const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** The inside of a quoted text. */
export const escapeText = (text: string): string =>
  Array.from(text, (char) => SHORT.get(char) ?? (mustEscape(char) ? `\\u{${(char.codePointAt(0) ?? 0xfffd).toString(16)}}` : char)).join(
    '',
  );

export const quote = (text: string): string => `"${escapeText(text)}"`;
