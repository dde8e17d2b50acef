import { visibleText } from '../../shared/model/hostile-text.ts';

/** A spreadsheet shows no more than 32,767 characters in a cell. The whole text is in an export as JSON Lines. */
const MOST = 32_000;

/** Most cells: letters, digits and what is harmless anywhere behind the first character. */
const PLAIN = /^[\w.:/()[\]{}#!?*&%$][\w.:/()[\]{}#!?*&%$ '+=@-]*$/u;

/**
 * What a spreadsheet takes for the beginning of a formula, its full-width forms, which some make narrow, and what goes unseen before it.
 * Behind a semicolon as well: where the comma is the decimal sign a spreadsheet may split lines there.
 */
const FORMULA = /(^|;)(?=[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212\uFE62\uFE63\uFE66\uFE6B])/gu;

/** For a column whose texts come again: of many hosts one after the other have the same endpoint, class and country. */
export const repeatingCell = (): ((text: string | null) => string) => {
  let [before, made] = ['', ''];
  return (text) => {
    if (text === null) return '';
    if (text !== before) [before, made] = [text, cell(text)];
    return made;
  };
};

/**
 * One cell of a line (RFC 4180): what cannot be seen is shown as an escape, so that one row is one line; what would be a formula has an
 * apostrophe before it; quotation marks where the text needs them.
 */
export const cell = (text: string | null): string => {
  if (text === null || text === '' || (text.length <= MOST && PLAIN.test(text))) return text ?? '';
  const safe = visibleText(text, MOST).replace(FORMULA, "$1'");
  return /[",;]|^\s|\s$/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
