import { cpus } from 'node:os';
import { type ExitStatus, parseCommandLine, refuse, textValue } from './arguments.ts';
import { appraisalSuite } from './bench-appraisal.ts';
import { evidenceSuite } from './bench-evidence/suite.ts';
import { ledgerStoreSuite } from './bench-ledger-store.ts';
import { ledgerSuite } from './bench-ledger.ts';
import { reportsSuite } from './bench-reports.ts';
import { startSuite } from './bench-start.ts';
import { storeSuite } from './bench-store.ts';
import { uiSuite } from './bench-ui.ts';
import type { BenchResult } from './bench-result.ts';
import type { Command, CommandIo } from './command.ts';

type Suite = (signal: AbortSignal) => readonly BenchResult[] | Promise<readonly BenchResult[]>;

const SUITES: ReadonlyMap<string, Suite> = new Map<string, Suite>([
  ['evidence', evidenceSuite],
  ['appraisal', appraisalSuite],
  ['store', storeSuite],
  ['ledger', (signal) => [...ledgerSuite(signal), ...ledgerStoreSuite(signal)]],
  ['reports', reportsSuite],
  ['start', startSuite],
  ['ui', uiSuite],
]);

const HELP = `Usage: plumbline bench [--suite NAME] [--json]

Measures this machine: each figure beside the bare limit of the same work, in the same run; ratio = share of the bare speed.
Suites: ${[...SUITES.keys()].join(', ')}.
Figures are the best of several rounds; other load on the machine shows as noise, so trust the ratios.

  --json   one JSON document on stdout

Example: plumbline bench --suite evidence
`;

const machine = (): string => {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${process.platform} ${process.arch}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`;
};

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 10 ? 2 : 1));

const readable = (results: readonly BenchResult[]): string =>
  results
    .map(
      ({ name, value, unit, limit, ratio }) =>
        `${name.padEnd(92)} ${rounded(value).padStart(9)} ${unit.padEnd(4)} limit ${rounded(limit).padStart(9)}  ratio ${rounded(ratio)}`,
    )
    .join('\n');

const run = async (suites: readonly Suite[], json: boolean, io: CommandIo): Promise<ExitStatus> => {
  io.stderr(`${machine()}\n`);
  const results: BenchResult[] = [];
  for (const suite of suites) if (!io.signal.aborted) results.push(...(await suite(io.signal)));
  io.stdout(json ? `${JSON.stringify({ machine: machine(), results })}\n` : `${readable(results)}\n`);
  return 0;
};

export const benchCommand: Command = {
  name: 'bench',
  summary: 'measure this machine, each figure beside its bare limit',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { json: { type: 'boolean' }, suite: { type: 'string' } });
    if (!parsed.ok) return refuse(io, `bench: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    if (parsed.files.length > 0) return refuse(io, 'bench: takes no FILE (see --help)');
    const wanted = textValue(parsed.values['suite']);
    const suite = wanted === undefined ? undefined : SUITES.get(wanted);
    if (wanted !== undefined && suite === undefined) return refuse(io, `bench: no such suite; there are: ${[...SUITES.keys()].join(', ')}`);
    return run(suite === undefined ? [...SUITES.values()] : [suite], parsed.values['json'] === true, io);
  },
};
