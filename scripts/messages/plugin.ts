import path from 'node:path';
import type { Plugin } from 'vite';
import type { Language } from './language.ts';
import { rewrite } from './rewrite.ts';
import { FORMS, ROOT, sourceFiles, valuesOfAll } from './sources.ts';

/** The renderer in another language. English needs no plugin: it is what the sources say. */
export const inLanguage = (language: Language): Plugin => {
  const about = { values: valuesOfAll(), formsFrom: FORMS };
  const files = new Map(sourceFiles().map((file) => [path.join(ROOT, file), file]));
  return {
    name: 'plumbline-messages',
    enforce: 'pre',
    transform(source, id) {
      const file = files.get(path.normalize(id.split('?')[0] ?? ''));
      return file === undefined ? null : rewrite(file, source, language, about);
    },
  };
};
