import path from 'node:path';
import { build } from 'vite';
import type { Language } from './language.ts';
import { inLanguage } from './plugin.ts';
import { ROOT } from './sources.ts';

/** Builds the renderer in a language into a folder; otherwise as it is shipped. */
export const buildRenderer = async (language: Language, outDir: string): Promise<void> => {
  await build({
    configFile: path.join(ROOT, 'vite.config.ts'),
    root: path.join(ROOT, 'renderer'),
    logLevel: 'error',
    plugins: [inLanguage(language)],
    build: { outDir, emptyOutDir: true },
  });
};
