import type { Language } from './language.ts';
import { readTranslation, type Token } from './translation.ts';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'áƀçðéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÁƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ';
/** What is added, so that a text is as long as it may be in another language. */
const FILL = 'ļöñĝéŕ ţĥáñ éñĝļîšĥ ';
const LONGER = 0.35;

export const OPEN = '⟦';
export const CLOSE = '⟧';

const accent = (text: string): string =>
  Array.from(text, (letter) => {
    const at = PLAIN.indexOf(letter);
    return at === -1 ? letter : (ACCENTED[at] ?? letter);
  }).join('');

const print = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => {
      if (token.kind === 'words') return accent(token.text);
      if (token.kind === 'value') return `{${token.number}}`;
      return token.inside.length === 0 ? `<${token.number}/>` : `<${token.number}>${print(token.inside)}</${token.number}>`;
    })
    .join('');

const lettersIn = (tokens: readonly Token[]): number =>
  tokens.reduce(
    (sum, token) => sum + (token.kind === 'words' ? token.text.length : token.kind === 'element' ? lettersIn(token.inside) : 0),
    0,
  );

const fill = (letters: number): string =>
  ` ${FILL.repeat(Math.ceil(letters / FILL.length)).slice(0, Math.max(1, letters - 1))}`.replace(/ $/u, 'é');

/** `Filter {0}` as `⟦Ƒîļţéŕ {0} ļö⟧`: no plain letter is left in it, it is a third longer, and where it begins and ends can be seen. */
export const pseudo = (id: string): string => {
  const tokens = readTranslation(id);
  const more = Math.round(lettersIn(tokens) * LONGER);
  return `${OPEN}${print(tokens)}${more === 0 ? '' : fill(more)}${CLOSE}`;
};

/** A language that nobody speaks, made from the English of the sources. It is for tests and is not offered. */
export const PSEUDO: Language = { tag: 'en-GB', say: (id, plural) => [pseudo(id), ...(plural === null ? [] : [pseudo(plural)])] };
