import path from 'node:path';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { z } from 'zod';

/** Where the built parts lie, from any bundle in dist/electron (chunks included). */
const dist = ((): string => {
  const here = import.meta.dirname;
  return path.basename(here) === 'chunks' ? path.join(here, '../..') : path.join(here, '..');
})();

export const RENDERER_ROOT = path.join(dist, 'renderer');
export const ENGINE_WORKER = new URL(`file://${path.join(dist, 'electron', 'engine-worker.js')}`);
export const EXPORT_WORKER = new URL(`file://${path.join(dist, 'electron', 'export-worker.js')}`);
export const SIMULATOR_WORKER = new URL(`file://${path.join(dist, 'electron', 'simulator-worker.js')}`);

const packageSchema = z.object({ version: z.string() });
export const productVersion = (): string =>
  packageSchema.parse(JSON.parse(readFileSync(path.join(dist, '..', 'package.json'), 'utf8'))).version;

/** `--data`, else $PLUMBLINE_DATA, else the platform's place for application data. */
export const dataFolderOf = (given: string | undefined, kind: 'data' | 'demo' = 'data'): string => {
  if (given !== undefined) return path.resolve(process.env.INIT_CWD ?? '.', given);
  const base = process.env.PLUMBLINE_DATA ?? path.join(process.env.XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'plumbline');
  return kind === 'demo' ? path.join(base, 'demo') : base;
};
