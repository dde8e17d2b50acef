import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** From a source file, a bundle and a chunk of one, it is so many folders up. */
const MOST_UP = 4;

const FOLDER = { 'check.sh': 'pack', 'check.html': 'pack', 'world.json': 'map' } as const;

/** What goes into an export as it is, and the map; it lies beside the sources and is installed with them. Throws where it is missing. */
export const readPackResource = (name: keyof typeof FOLDER): string => {
  let folder = import.meta.dirname;
  for (let up = 0; up < MOST_UP; up += 1, folder = path.dirname(folder)) {
    const file = path.join(folder, 'resources', FOLDER[name], name);
    if (existsSync(file)) return readFileSync(file, 'utf8');
  }
  throw new Error(`resources/${FOLDER[name]}/${name} is not installed`);
};
