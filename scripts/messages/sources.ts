import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findMessages } from './find.ts';
import { valuesIn } from './rules.ts';
import { parseSource } from './syntax.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const FORMS = path.join(ROOT, 'renderer', 'ui', 'in-form.ts');

/** Where the renderer says something. Its tests and the page of examples are not shown to anybody. */
const RENDERER = 'renderer/{app,exporting,features,saved-views,transport,ui}/**/*.{ts,tsx}';

/**
 * Words that the renderer shares with what is written down elsewhere. A build of the renderer has them in its language; exports, entries of the ledger
 * and answers of the engine have the English of the source.
 */
const SHARED: readonly string[] = [
  'shared/contract/assessment-schemas.ts',
  'shared/contract/format-words.ts',
  'shared/map/standing.ts',
  'shared/model/words.ts',
];

const slashed = (file: string): string => file.split(path.sep).join('/');

/** Paths from the root, with slashes, sorted. */
export const sourceFiles = (): readonly string[] =>
  [...globSync(RENDERER, { cwd: ROOT }).map(slashed), ...SHARED].filter((file) => !/\.test\.tsx?$/u.test(file)).sort();

const readSource = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What `valuesIn` finds in everything that the renderer is made of. */
export const valuesOfAll = (): ReadonlySet<string> =>
  new Set(
    globSync('{renderer,shared}/**/*.{ts,tsx}', { cwd: ROOT })
      .filter((file) => !/\.test\.tsx?$/u.test(file))
      .flatMap((file) => valuesIn(parseSource(file, readSource(file)))),
  );

export type Entry = { readonly id: string; readonly plural: string | null; readonly files: readonly string[] };

/** All messages, each once, sorted by their text: a message that moves within its file changes nothing. */
export const allMessages = (): readonly Entry[] => {
  const found = new Map<string, { id: string; plural: string | null; files: Set<string> }>();
  const values = valuesOfAll();
  for (const file of sourceFiles())
    for (const { id, plural } of findMessages(file, readSource(file), values)) {
      const key = `${id}\0${plural ?? ''}`;
      const entry = found.get(key) ?? { id, plural, files: new Set() };
      entry.files.add(file);
      found.set(key, entry);
    }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { id, plural, files }]) => ({ id, plural, files: [...files] }));
};
