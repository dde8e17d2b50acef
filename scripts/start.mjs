// `npm start`: installs and builds what is missing, then opens Plumbline on the demo fleet, or on the endpoints given.
//   npm start -- --console | --desktop | --endpoints FILE [--manifest FILE] [--data DIR] [--port N]
import { spawn } from 'node:child_process';
import { root } from './runtime.mjs';
import { prepare, runBuilt } from './plumbline.mjs';
import { electronBinary } from './electron-binary.mjs';

const given = process.argv.slice(2);
const args = given.filter((arg) => arg !== '--console' && arg !== '--desktop');
const wants = given.includes('--console') ? 'console' : given.includes('--desktop') ? 'desktop' : 'best';
const demo = args.some((arg) => arg === '--endpoints' || arg.startsWith('--endpoints=')) ? [] : ['--demo'];

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Electron reads switches only in the form --name=value. */
const asSwitches = (list) => {
  const out = [];
  for (const arg of list) {
    if (out.length > 0 && !arg.startsWith('--') && !out.at(-1).includes('=')) out.push(`${out.pop()}=${arg}`);
    else out.push(arg);
  }
  return out;
};

const openDesktop = (file) =>
  new Promise((resolve) => {
    const child = spawn(file, [root, ...asSwitches([...demo, ...args])], { stdio: 'inherit' });
    process.on('SIGINT', () => {});
    process.on('SIGTERM', (signal) => child.kill(signal));
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });

const choose = async (node) => {
  if (wants === 'console') return { shell: 'console' };
  if (wants === 'best' && !hasDisplay()) return { shell: 'console', reason: 'there is no display' };
  if (wants === 'best' && process.getuid?.() === 0) return { shell: 'console', reason: 'Electron does not run as root' };
  const electron = await electronBinary(node);
  return electron.file ? { shell: 'desktop', file: electron.file } : { shell: 'console', reason: electron.reason };
};

const main = async () => {
  const node = prepare();
  if (!node) return 2;
  const choice = await choose(node);
  if (choice.shell === 'desktop') return openDesktop(choice.file);
  if (wants === 'desktop') {
    process.stderr.write(`The desktop app cannot start: ${choice.reason}. Use npm start -- --console for the browser.\n`);
    return 2;
  }
  if (choice.reason)
    process.stderr.write(`No desktop window: ${choice.reason}. Serving the same app to a browser on this machine instead.\n`);
  return runBuilt(node, 'cli.js', ['serve', ...demo, '--open', ...args]);
};

process.exitCode = await main();
