// Which Node runs Plumbline's own code. better-sqlite3 13 needs Node-API 10 (Node 22.14+); Node 20 would crash on it
// without a message. This file itself runs on any Node from 20 on and uses nothing newer.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const minimum = [22, 19];

const fits = (version) => {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
};

const bundled = () => {
  const name = `node-${process.platform}-${process.arch}`;
  const file = path.join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : null;
};

/** Path of a Node that can load everything, or null with the reason on stderr. */
export const fittingNode = () => {
  const pinned = bundled();
  if (pinned) {
    const probe = spawnSync(pinned, ['--version'], { encoding: 'utf8' });
    if (probe.status === 0 && fits(probe.stdout.trim())) return pinned;
  }
  if (fits(process.version)) return process.execPath;
  process.stderr.write(
    `Plumbline needs Node ${minimum.join('.')} or newer for its database, and this is ${process.version}; ` +
      `there is no pinned runtime for ${process.platform}-${process.arch}. Install a newer Node from your usual source and run the command again.\n`,
  );
  return null;
};

/** Environment in which node_modules/.bin and the fitting Node come first. */
export const runtimeEnv = (node) => ({
  ...process.env,
  PATH: [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(path.delimiter),
});
