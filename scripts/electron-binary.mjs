// Finds the Electron binary, or fetches it where the network allows; never waits on a missing network.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './runtime.mjs';

const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const binaryIn = (folder) => {
  const file = path.join(folder, names[process.platform] ?? 'electron');
  return existsSync(file) ? file : null;
};
const CONNECT_MS = 5_000;
const DOWNLOAD_MS = 10 * 60_000;

const present = () => binaryIn(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(root, 'node_modules', 'electron', 'dist'));

const reachable = async () => {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/';
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_MS) });
    return true;
  } catch {
    return false;
  }
};

/** Path of the binary, or null with the reason in words. */
export const electronBinary = async (node) => {
  const found = present();
  if (found) return { file: found };
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return { reason: 'there is no Electron binary in ELECTRON_OVERRIDE_DIST_PATH' };
  if (!(await reachable())) return { reason: 'the Electron binary is not here and cannot be downloaded (no network)' };
  process.stderr.write('Downloading the desktop runtime (Electron, about 110 MB, once) …\n');
  const run = spawnSync(node, [path.join(root, 'node_modules', 'electron', 'install.js')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: DOWNLOAD_MS,
  });
  const file = run.status === 0 ? present() : null;
  return file ? { file } : { reason: 'the Electron binary could not be downloaded' };
};
