import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { MAX_HOSTS, startFleet, type Fleet, type FleetOptions } from '../simulator/fleet.ts';
import { INCIDENT_NAMES, incidentNamed, isIncidentName, type IncidentName } from '../simulator/incidents.ts';
import { refuse } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';

const HELP = `Usage: plumbline simulate --hosts N [--tamper K] [--seed S] [--incident NAME=INDEX …] [--listen HOST:PORT] [--state DIR] [--json]

A fleet of simulated hosts behind a Keylime-compatible API (verifier, registrar, one agent per host) over mutual TLS on this machine.
Demo data: every host, key and place is invented. Writes an endpoints file for poll and serve, and the right answers beside it.

  --hosts N              how many hosts, 1 to ${MAX_HOSTS}
  --tamper K             on K of them something is wrong that a first sweep shows
  --seed S               the same seed makes the same fleet (default 2026)
  --incident NAME=INDEX  this incident on host INDEX (from 0); may be repeated
  --listen HOST:PORT     verifier here, registrar on the next port (default: free ports on 127.0.0.1)
  --state DIR            keeps keys and files; hosts keep their identity over restarts (default: a temporary folder, removed at the end)
  --json                 one JSON document on stdout once ready

Incidents:
${INCIDENT_NAMES.map((name) => `  ${name.padEnd(26)}${incidentNamed(name).sentence}`).join('\n')}

Serves until stopped with Ctrl+C. Exit status: 0 stopped as asked, 2 bad usage or a port or folder that cannot be used.

Example: plumbline simulate --hosts 50 --tamper 3 --json
`;

type Named = { readonly name: IncidentName; readonly index: number };
type Asked = { readonly options: Omit<FleetOptions, 'stateDir'>; readonly state: string | null; readonly json: boolean };

/** Reports a mistake in the arguments as one sentence. */
class Usage extends Error {}

const whole = (text: string, name: string, least: number, most: number): number => {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < least || value > most) throw new Usage(`${name} must be a whole number from ${least} to ${most}`);
  return value;
};

const namedIncident = (text: string, hosts: number): Named => {
  const [name = '', index = ''] = text.split('=');
  if (!isIncidentName(name)) throw new Usage(`no incident is called "${visibleText(name, 40)}"; plumbline simulate --help lists them`);
  return { name, index: whole(index, `--incident ${name}=INDEX`, 0, hosts - 1) };
};

const listenAt = (text: string): { readonly host: string; readonly port: number } => {
  const match = /^([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(text);
  if (match === null) throw new Usage('--listen must be HOST:PORT, for example 127.0.0.1:8881');
  return { host: match[1] ?? '', port: whole(match[2] ?? '', 'the port of --listen', 0, 65_534) };
};

const parse = (args: readonly string[]): Asked | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      hosts: { type: 'string' },
      tamper: { type: 'string', default: '0' },
      seed: { type: 'string' },
      incident: { type: 'string', multiple: true },
      listen: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  if (values.hosts === undefined) throw new Usage('--hosts N is missing; for example: plumbline simulate --hosts 50');
  const hosts = whole(values.hosts, '--hosts', 1, MAX_HOSTS);
  return {
    options: {
      hosts,
      tamper: whole(values.tamper, '--tamper', 0, hosts),
      ...(values.seed === undefined ? {} : { seed: whole(values.seed, '--seed', 0, Number.MAX_SAFE_INTEGER) }),
      ...(values.listen === undefined ? {} : { listen: listenAt(values.listen) }),
      named: (values.incident ?? []).map((text) => namedIncident(text, hosts)),
    },
    state: values.state === undefined ? null : path.resolve(process.env.INIT_CWD ?? '.', values.state),
    json: values.json,
  };
};

const announce = (fleet: Fleet, json: boolean, io: CommandIo): void => {
  const { endpointsFile, groundTruthFile, manifestFile, seed } = fleet;
  const wrong = fleet.hosts.filter((host) => host.incident !== null).length;
  if (json) {
    io.stdout(`${JSON.stringify({ endpointsFile, hosts: fleet.hosts.length, seed, groundTruthFile, manifestFile, demo: true })}\n`);
    return;
  }
  io.stdout(
    `Demo data: ${fleet.hosts.length} simulated hosts (seed ${seed}), ${wrong} with an incident. None of them is a real machine.\n` +
      `Endpoints file: ${endpointsFile}\nRight answers:  ${groundTruthFile}\n\nTry: plumbline poll --endpoints ${endpointsFile} --once\nStop with Ctrl+C.\n`,
  );
};

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return 'the port is in use; choose another with --listen';
  if (code === 'EACCES' || code === 'EPERM') return 'not allowed; choose another folder with --state or a port above 1023';
  return visibleText(error instanceof Error ? error.message : String(error), 300);
};

export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'serve a fleet of simulated hosts (demo data)',
  help: HELP,
  run: async (args, io) => {
    let asked: Asked | 'help';
    try {
      asked = parse(args);
    } catch (error) {
      return refuse(io, visibleText(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'the arguments cannot be read', 300));
    }
    if (asked === 'help') {
      io.stdout(HELP);
      return 0;
    }
    const temporary = asked.state === null ? mkdtempSync(path.join(tmpdir(), 'plumbline-demo-')) : null;
    const removeTemporary = (): void => {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    };
    let fleet: Fleet;
    try {
      fleet = await startFleet({ ...asked.options, stateDir: asked.state ?? temporary ?? '.' });
    } catch (error) {
      removeTemporary();
      return refuse(io, `the fleet cannot start: ${reasonOf(error)}`);
    }
    announce(fleet, asked.json, io);
    await stopped(io.signal);
    await fleet.close();
    removeTemporary();
    return 0;
  },
};
