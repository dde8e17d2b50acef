import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Problem } from '../../shared/model/result.ts';
import { DEMO_HOSTS, startDemoFleet } from '../engine/demo-fleet.ts';
import { startEngine } from '../engine/host.ts';
import type { EngineStart } from '../engine/messages.ts';
import { shownEngine } from '../shells/leave-demo.ts';
import { readKeys } from './audit-input.ts';
import type { Command, CommandIo } from './command.ts';
import { fromCaller } from './read-file.ts';
import { dataFolderOf, ENGINE_WORKER, productVersion, RENDERER_ROOT, SIMULATOR_WORKER } from './layout.ts';

const HELP = `plumbline serve [--endpoints FILE] [--manifest FILE] [--data DIR] [--port N] [--demo] [--open] [--json]
       plumbline serve --read-only --data DIR [--port N] [--open] [--json]
       plumbline serve --pack FILE [--key KEY] [--port N] [--open] [--json]

Console shell and headless collector: asks the endpoints at their interval, verifies, records, and serves the screens on
http://127.0.0.1:PORT (loopback only). Prints a link with a one-time token; on a terminal, Enter prints a fresh one.

  --endpoints FILE   endpoints file (YAML)
  --manifest FILE    trust manifest (YAML); wins over the one that the endpoints file names
  --data DIR         data folder (default: $PLUMBLINE_DATA or ~/.local/share/plumbline)
  --port N           port (default 0: any free one)
  --demo             start a simulated fleet of ${DEMO_HOSTS} hosts and watch it; everything shown is marked "Demo data".
                     It has a data folder of its own. On the page Endpoints it is left for $PLUMBLINE_DATA or the usual folder, in the same window
  --read-only        for an auditor: shows the data folder and changes nothing of it. Asks no endpoint, enters nothing into the ledger, and
                     has no call that writes. The folder may be in use by another Plumbline, or on a read-only disk (then a copy of the
                     database is read, in the folder for temporary files, and is gone with the end)
  --pack FILE        for an auditor: checks an evidence pack, and shows its hosts as of its cut-off, with their evidence. One that does not hold
                     is refused. Nothing of it is kept: it is laid out in the folder for temporary files until the end
  --key KEY          with --pack: the verifier key to trust (name+hex+base64), or a file with one a line
  --open             open the link where there is a display
  --json             print {"url": …} once ready

Example: plumbline serve --endpoints endpoints.yaml --port 8870
Bounds: request bodies up to 256 KB; one data folder is used by one process at a time.
`;

const openLink = (url: string): void => {
  if (process.platform === 'linux' && process.env.DISPLAY === undefined && process.env.WAYLAND_DISPLAY === undefined) return;
  const [command, args] =
    process.platform === 'darwin' ? ['open', [url]] : process.platform === 'win32' ? ['explorer', [url]] : ['xdg-open', [url]];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
};

const untilStopped = (io: CommandIo, crashed: Promise<string>): Promise<string | null> =>
  Promise.race([
    new Promise<null>((done) => {
      if (io.signal.aborted) done(null);
      io.signal.addEventListener('abort', () => done(null), { once: true });
    }),
    crashed,
  ]);

export const serveCommand: Command = {
  name: 'serve',
  summary: 'console shell and headless collector',
  help: HELP,
  run: async (args, io) => {
    if (args.includes('--help')) {
      io.stdout(HELP);
      return 0;
    }
    let options: {
      endpoints?: string;
      manifest?: string;
      data?: string;
      port: string;
      demo: boolean;
      open: boolean;
      json: boolean;
      readOnly: boolean;
      pack?: string;
      key?: string;
    };
    try {
      const { values } = parseArgs({
        args: [...args],
        options: {
          endpoints: { type: 'string' },
          manifest: { type: 'string' },
          data: { type: 'string' },
          port: { type: 'string', default: '0' },
          demo: { type: 'boolean', default: false },
          open: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
          'read-only': { type: 'boolean', default: false },
          pack: { type: 'string' },
          key: { type: 'string' },
        },
      });
      options = { ...values, readOnly: values['read-only'] };
    } catch (error) {
      io.stderr(`plumbline serve: ${error instanceof Error ? error.message : 'bad usage'}\n`);
      return 2;
    }
    const port = Number(options.port);
    const refuse = (problem: Problem): 2 => {
      io.stderr(`plumbline serve: ${problem.message}\n${problem.nextStep}\n`);
      return 2;
    };
    if (!/^\d{1,5}$/.test(options.port) || port > 65_535)
      return refuse({ code: 'usage', message: `--port ${options.port} is not a port.`, nextStep: 'Give a number from 0 to 65535.' });
    if (options.pack === undefined ? options.key !== undefined : options.data !== undefined)
      return refuse({
        code: 'usage',
        message: '--pack and --key go together, and without --data.',
        nextStep: 'See plumbline serve --help.',
      });
    const keys = await readKeys(options.key, 'ed25519');
    if (!keys.ok) return refuse(keys.problem);
    if (
      (options.readOnly || options.pack !== undefined) &&
      (options.demo || options.endpoints !== undefined || options.manifest !== undefined)
    )
      return refuse({
        code: 'usage',
        message: '--read-only asks no endpoint and puts no manifest in force, and neither does --pack.',
        nextStep: 'Leave out --endpoints, --manifest and --demo.',
      });
    const dataFolder = dataFolderOf(options.data, options.demo ? 'demo' : 'data');

    const fleet = options.demo ? await startDemoFleet(SIMULATOR_WORKER, dataFolder) : null;
    if (fleet && !fleet.ok) return refuse(fleet.problem);
    const realFolder = dataFolderOf(undefined);
    const leavesTo = fleet !== null && realFolder !== dataFolder ? realFolder : null;
    const ofData: EngineStart = {
      dataFolder,
      endpointsPath: fleet?.value.endpointsFile ?? options.endpoints ?? null,
      manifestPath: options.manifest ?? null,
      version: productVersion(),
      shell: 'console',
      leavesTo,
      readOnly: options.readOnly,
      pack: options.pack === undefined ? null : { file: fromCaller(options.pack), keys: keys.value.map(({ text }) => text) },
    };
    // The shell is loaded while the engine starts in its thread.
    const [started, { startConsoleServer }] = await Promise.all([
      startEngine(ENGINE_WORKER, ofData),
      import('../shells/console/server.ts'),
    ]);
    if (!started.ok) {
      await fleet?.value.stop();
      return refuse(started.problem);
    }
    const engine = shownEngine(
      started.value,
      dataFolder,
      fleet?.value ?? null,
      leavesTo === null
        ? null
        : {
            dataFolder: realFolder,
            start: () =>
              startEngine(ENGINE_WORKER, { ...ofData, dataFolder: realFolder, endpointsPath: null, manifestPath: null, leavesTo: null }),
            onLeft: () => {
              if (!options.json) io.stdout(`The demo was left. What is shown from now on is in ${realFolder}\n`);
            },
          },
    );
    const crashed = new Promise<string>((done) => {
      engine.onCrash(done);
    });
    const server = await startConsoleServer(engine, { rendererRoot: RENDERER_ROOT, port });
    if (!server.ok) {
      await engine.stop();
      return refuse(server.problem);
    }
    const url = server.value.link();
    if (options.json) io.stdout(`${JSON.stringify({ url })}\n`);
    else {
      if (options.demo) io.stdout('Demo data: a simulated fleet. Nothing on these screens is about a real host.\n');
      if (options.readOnly || options.pack !== undefined) io.stdout('Read-only: nothing can be changed from here.\n');
      io.stdout(
        `Plumbline is open at\n\n  ${url}\n\nThe link works once${io.isTty ? '; press Enter for a fresh one, Ctrl+C to stop' : ''}.\n`,
      );
    }
    if (options.open) openLink(url);
    const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null;
    lines?.on('line', () => io.stdout(`  ${server.value.link()}\n`));

    const reason = await untilStopped(io, crashed);
    lines?.close();
    await server.value.close();
    await engine.stop();
    if (reason === null) return 0;
    return refuse({ code: 'engine', message: `The engine stopped: ${reason}`, nextStep: 'Start again; what was recorded is kept.' });
  },
};
