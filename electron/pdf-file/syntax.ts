/**
 * The part of PDF's syntax (ISO 32000-1, 7.3) that our own documents use. Whatever else stands there ends the reading: a document of ours that
 * says anything in another way is not one of ours any more.
 */
export type PdfDict = ReadonlyMap<string, PdfValue>;
export type PdfValue =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** Bytes of a literal or hexadecimal string, as latin1. */
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly PdfValue[] }
  | { readonly kind: 'dict'; readonly entries: PdfDict }
  | { readonly kind: 'ref'; readonly number: number }
  | { readonly kind: 'word'; readonly text: 'true' | 'false' | 'null' };

/** Thrown where the text is no such syntax; the message completes “it is not as it was written: …”. */
export class PdfFault extends Error {}

const MOST_DEPTH = 12;
const SPACE = /[ \n\r\t]*/uy;
const NAME = /\/([!-$&'*-.0-;=?-Z\\^-z|~#]*)/uy;
const REF = /(\d{1,9}) 0 R\b/uy;
const NUMBER = /-?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})/uy;
const HEX = /<([0-9A-Fa-f]*)>/uy;
const WORD = /(true|false|null)\b/uy;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['(', '('],
  [')', ')'],
  ['\\', '\\'],
]);

const wordOf = (text: string): 'true' | 'false' | 'null' => (text === 'true' || text === 'false' ? text : 'null');

/** Reads one value at `start`; gives it and where it ends. `text` is latin1. Throws PdfFault. */
export const readValue = (text: string, start: number): { readonly value: PdfValue; readonly end: number } => {
  let at = start;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const literal = (): PdfValue => {
    let out = '';
    for (at += 1; at < text.length; at += 1) {
      const char = text.charAt(at);
      if (char === ')') {
        at += 1;
        return { kind: 'string', text: out };
      }
      if (char === '(') throw new PdfFault('a string holds a bracket that is not escaped');
      if (char !== '\\') {
        out += char;
        continue;
      }
      at += 1;
      const escaped = ESCAPES.get(text.charAt(at));
      if (escaped === undefined) throw new PdfFault('a string holds an unknown escape');
      out += escaped;
    }
    throw new PdfFault('a string has no end');
  };
  const dict = (depth: number): PdfValue => {
    const entries = new Map<string, PdfValue>();
    at += 2;
    for (;;) {
      take(SPACE);
      if (text.startsWith('>>', at)) {
        at += 2;
        return { kind: 'dict', entries };
      }
      const [, key] = take(NAME) ?? [];
      if (key === undefined || entries.has(key)) throw new PdfFault('a dictionary holds no name, or one twice');
      entries.set(key, one(depth + 1));
    }
  };
  const array = (depth: number): PdfValue => {
    const items: PdfValue[] = [];
    at += 1;
    for (;;) {
      take(SPACE);
      if (text.startsWith(']', at)) {
        at += 1;
        return { kind: 'array', items };
      }
      items.push(one(depth + 1));
    }
  };
  const one = (depth: number): PdfValue => {
    if (depth > MOST_DEPTH) throw new PdfFault('values are nested too deep');
    take(SPACE);
    if (text.startsWith('<<', at)) return dict(depth);
    if (text.startsWith('[', at)) return array(depth);
    if (text.startsWith('(', at)) return literal();
    const [, name] = take(NAME) ?? [];
    if (name !== undefined) return { kind: 'name', text: name };
    const [, ref] = take(REF) ?? [];
    if (ref !== undefined) return { kind: 'ref', number: Number(ref) };
    const [number] = take(NUMBER) ?? [];
    if (number !== undefined) return { kind: 'number', value: Number(number) };
    const [, hex] = take(HEX) ?? [];
    if (hex !== undefined && hex.length % 2 === 0) return { kind: 'string', text: Buffer.from(hex, 'hex').toString('latin1') };
    const [, word] = take(WORD) ?? [];
    if (word !== undefined) return { kind: 'word', text: wordOf(word) };
    throw new PdfFault('something stands where a value belongs');
  };
  const value = one(0);
  return { value, end: at };
};

/** Throws PdfFault where it is none. */
export const dictOf = (value: PdfValue | undefined, what: string): PdfDict => {
  if (value?.kind === 'dict') return value.entries;
  throw new PdfFault(`${what} is no dictionary`);
};
export const arrayOf = (value: PdfValue | undefined, what: string): readonly PdfValue[] => {
  if (value?.kind === 'array') return value.items;
  throw new PdfFault(`${what} is no array`);
};
export const refOf = (value: PdfValue | undefined, what: string): number => {
  if (value?.kind === 'ref') return value.number;
  throw new PdfFault(`${what} is no reference`);
};
export const numberOf = (value: PdfValue | undefined, what: string): number => {
  if (value?.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 0) return value.value;
  throw new PdfFault(`${what} is no number`);
};
export const stringOf = (value: PdfValue | undefined, what: string): string => {
  if (value?.kind === 'string') return value.text;
  throw new PdfFault(`${what} is no string`);
};
export const isName = (value: PdfValue | undefined, text: string): boolean => value?.kind === 'name' && value.text === text;
