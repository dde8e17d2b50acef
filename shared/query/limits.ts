/**
 * Bounds of the language. A query may come from a search box, a saved view, a policy manifest or a command line: all of them are
 * read by the same parser, and none of them may make it slow. Every bound is far above what a person writes.
 */

/** UTF-16 units of a query, as typed and as printed. */
export const MAX_QUERY_LENGTH = 4000;
/** Parentheses and `not` inside one another. */
export const MAX_DEPTH = 32;
/** Comparisons and searches in one query. */
export const MAX_CONDITIONS = 200;
/** Values of one `in (…)`: more than there are countries. */
export const MAX_LIST = 500;
/** UTF-16 units of the text after `~` or `like`, and of a text that is searched for. */
export const MAX_PATTERN = 256;
/** UTF-16 units of the name of a family's member. */
export const MAX_MEMBER = 256;
/** A hundred years: longer is a slip of the finger. */
export const MAX_DURATION_MS = 36_500 * 86_400_000;
