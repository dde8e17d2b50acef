/**
 * The three answers of a condition, as numbers so that `and` is the least, `or` the greatest and `not` the mirror image (Kleene's
 * strong logic). A comparison with a value that is missing is neither true nor false, and `not` does not make it true.
 */
export type Truth = 0 | 1 | 2;
export const NO = 0;
export const UNKNOWN = 1;
export const YES = 2;

export const ANSWERS = ['no', 'unknown', 'yes'] as const;
export type Answer = (typeof ANSWERS)[number];

export const opposite = (truth: Truth): Truth => {
  if (truth === UNKNOWN) return UNKNOWN;
  return truth === YES ? NO : YES;
};
