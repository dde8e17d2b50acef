import { z } from 'zod';
import { fold } from '../../shared/query/fold.ts';
import { globMatcher, type Points, pointsOf } from '../../shared/query/glob-match.ts';
import { SQL_FUNCTIONS } from '../../shared/query/to-sql.ts';
import type { Db } from './db.ts';

const textSchema = z.string().nullable();
const globSchema = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('any') }),
    z.object({ kind: z.literal('one') }),
  ]),
);
const KEPT_PATTERNS = 400;

/** What a filter asks of texts that are not plain ASCII, by the same code that answers it in memory. */
export const addQueryFunctions = (db: Db): void => {
  const matchers = new Map<string, (points: Points) => boolean>();
  const matcherOf = (glob: string): ((points: Points) => boolean) => {
    const before = matchers.get(glob);
    if (before !== undefined) return before;
    const matcher = globMatcher(globSchema.parse(JSON.parse(glob)));
    if (matchers.size >= KEPT_PATTERNS) matchers.clear();
    matchers.set(glob, matcher);
    return matcher;
  };
  db.function(SQL_FUNCTIONS.fold, { deterministic: true }, (raw: unknown) => {
    const text = textSchema.parse(raw);
    return text === null ? null : fold(text);
  });
  db.function(SQL_FUNCTIONS.fits, { deterministic: true }, (raw: unknown, glob: unknown) => {
    const text = textSchema.parse(raw);
    if (text === null) return null;
    return matcherOf(z.string().parse(glob))(pointsOf(fold(text))) ? 1 : 0;
  });
};
