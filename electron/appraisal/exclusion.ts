import type { RE2JS } from 're2js';

/** No file has this path: a pattern that it fits, beginning at the start, fits whatever there is. */
const NO_PATH = '/\u0001\u0002/\u0003';

/** Whether an exclusion, which is matched from the start of a path, excuses every file. */
export const excusesAll = (pattern: RE2JS): boolean => ['', '/', NO_PATH].some((path) => pattern.matcher(path).lookingAt());
