import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist', 'electron', 'cli.js');

const folders: string[] = [];
/** Gone when the specs are through. */
export const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), `plumbline-${name}-`));
  folders.push(folder);
  return folder;
};

export type Running = {
  readonly ready: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  readonly stop: () => Promise<void>;
};

/** A test that fails half-way leaves nothing running. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts a command that serves, and waits for the JSON document that it prints once ready. */
export const startCommand = (
  args: readonly string[],
  before: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  cli = CLI,
): Promise<Running> =>
  new Promise((resolve, reject) => {
    const [first, ...more] = before;
    const command = [cli, ...args, '--json'];
    const child = spawn(first ?? process.execPath, first === undefined ? command : [...more, process.execPath, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    let out = '';
    let problem = '';
    const exited = new Promise<void>((done) => {
      child.once('exit', () => done());
    });
    child.stderr.on('data', (chunk: Buffer) => {
      problem += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const end = out.indexOf('\n');
      if (end === -1) return;
      const ready: unknown = JSON.parse(out.slice(0, end));
      resolve({
        ready: ready as Record<string, unknown>,
        process: child,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
        },
      });
    });
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${problem}`)));
  });

/** Runs a command to its end. */
export const runCommand = (args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });

export type Fleet = {
  readonly endpointsFile: string;
  readonly groundTruthFile: string;
  readonly folder: string;
  readonly stop: () => Promise<void>;
};

/** A simulated fleet of its own, over mTLS on loopback. */
export const startFleet = async (args: readonly string[]): Promise<Fleet> => {
  const folder = temporaryFolder('fleet');
  const simulator = await startCommand(['simulate', '--state', folder, ...args]);
  return {
    endpointsFile: String(simulator.ready['endpointsFile']),
    groundTruthFile: String(simulator.ready['groundTruthFile']),
    folder,
    stop: async () => {
      await simulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type Console = {
  readonly url: string;
  readonly origin: string;
  readonly dataFolder: string;
  readonly process: ChildProcess;
  readonly stop: () => Promise<void>;
};

export const startConsole = async (
  args: readonly string[],
  dataFolder = temporaryFolder('data'),
  before: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  cli = CLI,
): Promise<Console> => {
  const serving = await startCommand(['serve', '--data', dataFolder, ...args], before, environment, cli);
  return consoleOf(serving, dataFolder);
};

/** A console that shows an evidence pack. */
export const startPackConsole = async (pack: string, ...args: readonly string[]): Promise<Console> =>
  consoleOf(await startCommand(['serve', '--pack', pack, ...args]), path.dirname(pack));

const consoleOf = (serving: Awaited<ReturnType<typeof startCommand>>, dataFolder: string): Console => {
  const url = String(serving.ready['url']);
  return { url, origin: new URL(url).origin, dataFolder, process: serving.process, stop: serving.stop };
};

/** A read-only console for which the disk under the folder takes no writes: in a mount namespace of its own, which ends with it. */
export const startReadOnlyMount = (folder: string): Promise<Console> =>
  startConsole(['--read-only'], folder, [
    'unshare',
    '-m',
    'sh',
    '-c',
    `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/a-write" 2>/dev/null && exec "$@"`,
    folder,
  ]);
