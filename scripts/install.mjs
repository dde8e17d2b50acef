// Installs the packages of the lock file when they are missing or older than it. Messages go to stderr only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './runtime.mjs';

const stampFile = path.join(root, 'node_modules', '.plumbline-install');
const wanted = () =>
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

/** True when node_modules fits the lock file afterwards. */
export const ensureInstalled = () => {
  const digest = wanted();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return true;
  process.stderr.write('Installing packages (once; about a minute) …\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
  // Not `npm ci`: it refuses a lock file that lacks optional packages of other platforms, and some registries serve only some of them.
  // What the lock file names is installed in exactly that version and with that integrity all the same; the file is not written.
  const args = [
    ...first,
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-timeout=60000',
    '--fetch-retries=2',
  ];
  const run = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' && command === 'npm' });
  if (run.status !== 0) {
    process.stderr.write(
      'The packages could not be installed. Check that the npm registry can be reached (npm ping), or copy a node_modules folder made from the same package-lock.json on a connected machine, then run the command again.\n',
    );
    return false;
  }
  writeFileSync(stampFile, digest);
  return true;
};
