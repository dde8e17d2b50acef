import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The newest checkpoint, beside the database and not in it: an older database in its place is then noticed at the next start. It guards
 * against a restored backup and a careless copy, not against somebody who replaces both; that takes a checkpoint kept elsewhere.
 */
export type HeadFile = { readonly read: () => string | null; readonly write: (note: string) => void };

const NAME = 'ledger-head.txt';
const MAX_CHARACTERS = 64 * 1024;

export const headFile = (folder: string): HeadFile => {
  const file = path.join(folder, NAME);
  return {
    read: () => {
      try {
        const text = readFileSync(file, 'utf8');
        return text.length > MAX_CHARACTERS ? null : text;
      } catch {
        return null;
      }
    },
    write: (note) => {
      writeFileSync(`${file}.new`, note, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
};
