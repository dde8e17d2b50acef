// Finds the tools that the tests of reports read PDF with, or installs them where this machine allows it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const found = () => ['pdfinfo', 'pdftotext', 'pdfdetach', 'pdfsig', 'certutil', 'qpdf'].every((name) => existsSync(`/usr/bin/${name}`));
const run = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;

/** Whether they are there afterwards; without them those tests are skipped and say so. */
export const ensurePdfTools = () => {
  if (found()) return true;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing what reads PDF for the tests of reports (once) …\n');
    const root = process.getuid?.() === 0;
    const apt = (...args) => (root ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
    if (apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'poppler-utils', 'libnss3-tools', 'qpdf') && found())
      return true;
  }
  process.stderr.write('Nothing to read PDF with: those tests are skipped (Debian: apt-get install poppler-utils libnss3-tools qpdf).\n');
  return false;
};
