/**
 * Ranges of characters that are not shown, or that change how others are shown: controls, marks of direction, joiners, selectors of a
 * variant, lone surrogates. Apart from the code under test.
 */
const UNSAFE: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
];
const PLAIN = /^[\x20-\x7e]*$/u;

const isUnsafe = (point: number): boolean => UNSAFE.some(([first, last]) => point >= first && point <= last);

/** 4096 characters, each perhaps shown as an escape of ten. */
const MAX_TEXT = 41_000;

const isList = (value: object): value is Iterable<unknown> => Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';

/** Everything in an output as lines of text, in order, so that two outputs can be compared and each text looked at. */
export const textsOf = (output: unknown): readonly string[] => {
  const texts: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 8 || value === null || value === undefined) texts.push(String(value));
    else if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString('hex'));
    else if (typeof value === 'object') {
      if (value instanceof Map || isList(value)) {
        for (const item of value) walk(item, depth + 1);
        return;
      }
      for (const [key, item] of Object.entries(value)) {
        if (typeof item === 'function') continue;
        texts.push(key);
        walk(item, depth + 1);
      }
    } else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') texts.push(String(value));
  };
  walk(output, 0);
  return texts;
};

/** The first thing in the output that breaks a promise of every parser, in words. */
export const brokenText = (texts: readonly string[]): string | null => {
  for (const text of texts) {
    if (text.length > MAX_TEXT && !/^[0-9a-f]*$/.test(text)) return `a text of ${text.length} characters`;
    if (PLAIN.test(text)) continue;
    for (const character of text) {
      const point = character.codePointAt(0) ?? 0;
      if (isUnsafe(point)) return `a text with an unsafe character U+${point.toString(16).padStart(4, '0')}`;
    }
  }
  return null;
};
