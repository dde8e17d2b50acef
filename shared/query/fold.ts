const ASCII = /^[\0-\x7f]*$/u;
/**
 * Putting combining marks in order costs the square of their number in a row, and a host may call itself what it likes: a text with more
 * of them in a row than any writing has (the limit is that of Unicode's stream-safe format, UAX #15) is compared without normalising.
 */
const TOO_MANY_MARKS = /\p{M}{31}/u;
const normal = (text: string): string => (TOO_MANY_MARKS.test(text) ? text : text.normalize('NFC'));

/**
 * The form in which texts are compared: NFC, lower case by Unicode's rules without a language, and one sigma.
 * So `Ä` written with one or two code points is one letter, and `I` is `i` in Turkey too, but `İ` and `ı` are not. Not done: `ß` is not `ss`,
 * `é` is not `e`, a letter of another width or script is another letter.
 */
export const fold = (text: string): string => {
  if (ASCII.test(text)) return text.toLowerCase();
  return normal(normal(text).toLowerCase()).replaceAll('ς', 'σ');
};
