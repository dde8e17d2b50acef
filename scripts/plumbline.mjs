// `npm run -s plumbline -- <args>`: the command, built when needed. Prints nothing of its own on stdout; passes the exit status on.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { fittingNode, root } from './runtime.mjs';

/** Starts a built entry with the fitting Node and resolves with its exit code; signals are passed on. */
export const runBuilt = (node, file, args, env = process.env) =>
  new Promise((resolve) => {
    const child = spawn(node, [path.join(root, 'dist', 'electron', file), ...args], { stdio: 'inherit', env });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', () => {}); // the terminal sends it to the child as well
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    // npm that is stopped by a signal leaves its children behind; whoever is left alone stops.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000);
    watch.unref();
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });

export const prepare = () => {
  if (!ensureInstalled()) return null;
  const node = fittingNode();
  return node && ensureBuilt(node) ? node : null;
};

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith(`${path.sep}plumbline.mjs`)) {
  const node = prepare();
  process.exitCode = node ? await runBuilt(node, 'cli.js', process.argv.slice(2)) : 2;
}
