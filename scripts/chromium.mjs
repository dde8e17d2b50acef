// Finds a Chromium for the end-to-end tests, or installs one where this machine allows it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const candidates = () => [
  process.env.PLUMBLINE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
export const findChromium = () => candidates().find((file) => file && existsSync(file)) ?? null;

const run = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;

/** Path of a Chromium, or null after saying why not. */
export const ensureChromium = () => {
  const found = findChromium();
  if (found) return found;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing Chromium for the end-to-end tests (once) …\n');
    const root = process.getuid?.() === 0;
    const apt = (...args) => (root ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
    if (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'))
      return findChromium();
  }
  process.stderr.write('No Chromium: install it (Debian: apt-get install chromium) or name one in PLUMBLINE_CHROMIUM.\n');
  return null;
};
