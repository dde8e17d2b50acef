import { visibleText } from '../model/hostile-text.ts';
import { hasInvisible } from '../model/hostile-text.ts';
import { characterAt, isBlank, isWildcard, isWordCharacter } from './characters.ts';
import { type Parsed, reject, type Span } from './problem.ts';

/**
 * A piece of a query. `text` is what it says: the mark, the word, or the inside of the quotes without escapes.
 * `wild` are the places in it where a `*` or `?` stands that was not escaped.
 */
export type Token = Span & { readonly kind: 'mark' | 'word' | 'text' | 'end'; readonly text: string; readonly wild: readonly number[] };

const MARKS = ['!=', '<=', '>=', '(', ')', ',', '=', '<', '>', '~'];

/** What people type out of habit from other languages, or what a text processor made of it. Longest first. */
const HABITS: readonly (readonly [typed: string, meant: string])[] = [
  ['==', '='],
  ['=~', '~'],
  ['=>', '>='],
  ['=<', '<='],
  ['<>', '!='],
  ['&&', 'and'],
  ['||', 'or'],
  ['≠', '!='],
  ['≤', '<='],
  ['≥', '>='],
  ['&', 'and'],
  ['|', 'or'],
  ['!', 'not'],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
];

const invisible = (at: number, char: string, inQuotes: boolean): Parsed<never> => {
  const escape = `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
  const span = { at, length: char.length };
  const message = `There is a character here that cannot be seen: ${visibleText(char)}.`;
  return inQuotes
    ? reject('invisible-character', span, message, `Write it as ${escape}, so that everybody sees it, or delete it.`, escape)
    : reject('invisible-character', span, message, 'Delete it.', '');
};

const unexpected = (source: string, at: number): Parsed<never> => {
  const char = characterAt(source, at);
  if (hasInvisible(char)) return invisible(at, char, false);
  const habit = HABITS.find(([typed]) => source.startsWith(typed, at));
  if (habit) {
    const [typed, meant] = habit;
    const span = { at, length: typed.length };
    return reject('unexpected-character', span, `${typed} has no meaning here.`, `Write ${meant} instead.`, meant);
  }
  return reject(
    'unexpected-character',
    { at, length: char.length },
    `${char} has no meaning here.`,
    'Put text that contains it in double quotes; write a backslash twice.',
  );
};

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['*', '*'],
  ['?', '?'],
]);
const POINT = /^\\u\{([0-9a-f]{1,6})\}/iu;

const readEscape = (source: string, at: number): Parsed<{ readonly text: string; readonly length: number }> => {
  const known = ESCAPES.get(characterAt(source, at + 1));
  if (known !== undefined) return { ok: true, value: { text: known, length: 2 } };
  const [written = '', digits] = POINT.exec(source.slice(at, at + 10)) ?? [];
  const point = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  if (point <= 0xd7ff || (point >= 0xe000 && point <= 0x10ffff)) {
    return { ok: true, value: { text: String.fromCodePoint(point), length: written.length } };
  }
  const length = written.length || 1 + characterAt(source, at + 1).length;
  return reject(
    'unknown-escape',
    { at, length },
    'A backslash in quotes begins an escape, and this one is not known.',
    'Write \\\\ for a backslash; known are \\" \\\' \\n \\r \\t \\* \\? and \\u{20ac}.',
    length === 1 || written ? undefined : `\\\\${source.slice(at + 1, at + length)}`,
  );
};

const readQuoted = (source: string, start: number): Parsed<Token> => {
  const quote = source[start];
  const wild: number[] = [];
  let text = '';
  let at = start + 1;
  while (at < source.length) {
    const char = characterAt(source, at);
    if (char === quote) return { ok: true, value: { kind: 'text', at: start, length: at + 1 - start, text, wild } };
    if (char === '\\') {
      const escape = readEscape(source, at);
      if (!escape.ok) return escape;
      text += escape.value.text;
      at += escape.value.length;
      continue;
    }
    if (hasInvisible(char)) return invisible(at, char, true);
    if (isWildcard(char)) wild.push(text.length);
    text += char;
    at += char.length;
  }
  return reject(
    'unterminated-text',
    { at: start, length: source.length - start },
    'These quotes are never closed.',
    `Close them with ${quote}. An apostrophe inside a text needs double quotes around it.`,
  );
};

const readWord = (source: string, start: number): Token => {
  const wild: number[] = [];
  let at = start;
  while (at < source.length) {
    const char = characterAt(source, at);
    if (!isWordCharacter(char)) break;
    if (isWildcard(char)) wild.push(at - start);
    at += char.length;
  }
  return { kind: 'word', at: start, length: at - start, text: source.slice(start, at), wild };
};

const readToken = (source: string, at: number): Parsed<Token> => {
  const char = characterAt(source, at);
  if (char === '"' || char === "'") return readQuoted(source, at);
  if (isWordCharacter(char)) return { ok: true, value: readWord(source, at) };
  const habit = HABITS.some(([typed]) => typed.length > 1 && source.startsWith(typed, at));
  const mark = habit ? undefined : MARKS.find((text) => source.startsWith(text, at));
  if (mark === undefined) return unexpected(source, at);
  return { ok: true, value: { kind: 'mark', at, length: mark.length, text: mark, wild: [] } };
};

/** The pieces of a query in order, closed by one of kind `end`. Each character is read once. */
export const tokenise = (source: string): Parsed<readonly Token[]> => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    if (isBlank(characterAt(source, at))) {
      at += 1;
      continue;
    }
    const token = readToken(source, at);
    if (!token.ok) return token;
    tokens.push(token.value);
    at += token.value.length;
  }
  return { ok: true, value: [...tokens, { kind: 'end', at: source.length, length: 0, text: '', wild: [] }] };
};
