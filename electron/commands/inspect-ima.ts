import { visibleText } from '../../shared/model/hostile-text.ts';
import { type ImaReplay, MAX_IMA_BYTES, MAX_IMA_ENTRIES, streamIma } from '../evidence/index.ts';
import type { LogProblem } from '../evidence/types.ts';
import { type ExitStatus, parseCommandLine, refuse } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { readPieces } from './read-file.ts';

const HELP = `Usage: plumbline inspect ima FILE [--json]

Parses and replays a Linux IMA measurement list, ascii or binary: ima, ima-ng, ima-ngv2, ima-sig, ima-sigv2, ima-buf, ima-modsig,
evm-sig.
Recomputes every template hash and PCR 10. It proves nothing until a quote covers PCR 10.

  --json   one JSON document on stdout; pcr10.legacyPaddedSha1 holds PCR 10 for kernels that extend the padded SHA-1

Exit status: 0 the list was read to its end and every template hash is right; 1 a template hash is wrong;
2 the list was not read to its end, or cannot be read at all.
Bounds: ${MAX_IMA_BYTES / 1024 / 1024} MiB, ${MAX_IMA_ENTRIES} entries; the list is read in pieces and never held as a whole.

Example: plumbline inspect ima /sys/kernel/security/ima/ascii_runtime_measurements
`;

type Shown = Pick<
  ImaReplay,
  'entryCount' | 'templates' | 'violations' | 'templateHashMismatches' | 'bootAggregates' | 'pcr10' | 'legacyPaddedSha1' | 'problems'
>;

const NOTHING: Shown = {
  entryCount: 0,
  templates: {},
  violations: 0,
  templateHashMismatches: 0,
  bootAggregates: 0,
  pcr10: {},
  legacyPaddedSha1: {},
  problems: [],
};

const document = (facts: Shown): string => {
  const { entryCount, templates, violations, templateHashMismatches, bootAggregates, legacyPaddedSha1, problems } = facts;
  const pcr10 = Object.keys(legacyPaddedSha1).length === 0 ? facts.pcr10 : { ...facts.pcr10, legacyPaddedSha1 };
  return `${JSON.stringify({ entryCount, templates, violations, templateHashMismatches, bootAggregates, pcr10, problems })}\n`;
};

const readable = (facts: Shown): string => {
  const templates = Object.entries(facts.templates).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${facts.entryCount} entries (${templates.join(', ') || 'none'})`,
    `violations                ${facts.violations}`,
    `wrong template hashes     ${facts.templateHashMismatches}`,
    `boot_aggregate entries    ${facts.bootAggregates}`,
    ...Object.entries(facts.pcr10).map(([bank, value]) => `PCR 10 ${bank.padEnd(18)} ${value}`),
    ...Object.entries(facts.legacyPaddedSha1).map(([bank, value]) => `PCR 10 ${`${bank}, old kernels`.padEnd(18)} ${value}`),
  ];
  if (facts.problems.length > 0)
    lines.push('', 'Problems:', ...facts.problems.map((problem) => `  byte ${problem.offset}: ${problem.message}`));
  return `${lines.join('\n')}\n`;
};

const inspect = (file: string, json: boolean, io: CommandIo): ExitStatus => {
  const name = visibleText(file, 200);
  const stream = streamIma();
  const read = readPieces(file, MAX_IMA_BYTES, stream.push);
  if (!read.ok) return refuse(io, read.problem.message);
  const show = json ? document : readable;
  const parsed = stream.end();
  if (!parsed.ok) {
    const problem: LogProblem = {
      code: parsed.problem.code,
      offset: Number(/at byte (\d+)/u.exec(parsed.problem.message)?.[1] ?? 0),
      message: parsed.problem.message,
    };
    if (json) io.stdout(document({ ...NOTHING, problems: [problem] }));
    return refuse(io, `${name}: ${parsed.problem.message} ${parsed.problem.nextStep}`);
  }
  io.stdout(show(parsed.value));
  const stop = parsed.value.problems.find((problem) => problem.code === 'ima-parse');
  if (stop !== undefined)
    return refuse(
      io,
      `${name}: not readable beyond byte ${stop.offset}: ${stop.message}. What was read before it is shown; fetch the list again.`,
    );
  return parsed.value.templateHashMismatches > 0 ? 1 : 0;
};

export const inspectImaCommand: Command = {
  name: 'inspect ima',
  summary: 'parse and replay a Linux IMA measurement list',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `inspect ima: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    const [file, ...others] = parsed.files;
    if (file === undefined || others.length > 0) return refuse(io, 'inspect ima: give exactly one FILE (see --help)');
    return inspect(file, parsed.values['json'] === true, io);
  },
};
