/**
 * Text that came from a host or an endpoint is hostile. These two functions are the only way such text
 * enters a sentence, a terminal or a screen. The original bytes stay in the evidence.
 *
 * Escaped: C0 and C1 controls, DEL, bidirectional controls, zero-width and other invisible formatting
 * characters, selectors of variants and whatever else Unicode has ignored by default, line and paragraph
 * separators, lone surrogates, tags and private-use characters.
 * Not solved: homoglyphs (a Cyrillic "а" still looks like "a").
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Whether visibleText would escape something in it. `search` starts at the beginning whatever was asked before. */
export const hasInvisible = (text: string): boolean => text.search(INVISIBLE) >= 0;

const escapeOne = (char: string): string => {
  const point = char.codePointAt(0) ?? 0xfffd;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
};

/** Makes every invisible or direction-changing character visible as an escape, and bounds the length (UTF-16 units). */
export const visibleText = (text: string, maxLength = 300): string => {
  // Bound before the regular expression so that a huge string costs no more than its bound.
  const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
  const escaped = cut.replace(INVISIBLE, escapeOne);
  return text.length > maxLength ? `${escaped}… (${text.length} characters)` : escaped;
};

/** Decodes bytes as UTF-8 with every invalid sequence shown, then makes the text visible. */
export const visibleBytes = (bytes: Uint8Array, maxLength = 300): string =>
  visibleText(new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, maxLength * 4)), maxLength);
