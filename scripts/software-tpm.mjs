// Finds the software TPM that the live tests speak to, or installs it where this machine allows it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const found = () => ['/usr/bin/swtpm', '/usr/bin/swtpm_setup', '/usr/bin/tpm2_checkquote'].every((file) => existsSync(file));
const run = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;

/** Whether there is one afterwards; without it the live tests are skipped and say so. */
export const ensureSoftwareTpm = () => {
  if (found()) return true;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing a software TPM for the live tests (once) …\n');
    const root = process.getuid?.() === 0;
    const apt = (...args) => (root ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
    if (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'swtpm', 'swtpm-tools', 'tpm2-tools') && found())
      return true;
  }
  process.stderr.write('No software TPM: the live tests are skipped (Debian: apt-get install swtpm swtpm-tools tpm2-tools).\n');
  return false;
};
