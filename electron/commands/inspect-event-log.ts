import { visibleText } from '../../shared/model/hostile-text.ts';
import { type LogKind, MAX_EVENT_DATA_BYTES, MAX_LOG_BYTES, MAX_LOG_EVENTS, REGISTER_NAMES, parseEventLog } from '../evidence/index.ts';
import type { BootEvent, EventLogFacts, LogProblem } from '../evidence/types.ts';
import { type ExitStatus, parseCommandLine, refuse } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { readBounded } from './read-file.ts';

const HELP = `Usage: plumbline inspect event-log FILE [--json]

Parses and replays a TCG event log: UEFI agile, SHA-1 format, WBCL, CCEL (binary; for CCEL the PCR numbers are measurement registers).
Replay says which PCR values the log explains. It proves nothing until a quote covers those values.

  --json   one JSON document on stdout

Exit status: 0 the log was read to its end; 2 it was not, or cannot be read at all.
Bounds: ${MAX_LOG_BYTES / 1024 / 1024} MiB, ${MAX_LOG_EVENTS} events, ${MAX_EVENT_DATA_BYTES / 1024 / 1024} MiB per event.

Example: plumbline inspect event-log /sys/kernel/security/tpm0/binary_bios_measurements
`;

type Shown = Omit<EventLogFacts, 'format' | 'kind'> & { readonly format: EventLogFacts['format'] | null; readonly kind: LogKind | null };

const NOTHING: Shown = { format: null, kind: null, algorithms: [], startupLocality: null, pcrs: {}, events: [], problems: [] };

const document = (facts: Shown): string => {
  const events = facts.events.map(({ index, pcr, claimedType, digests, data, summary, meaning }) => ({
    index,
    pcr,
    claimedType,
    digests,
    data,
    summary,
    meaning,
  }));
  const { format, algorithms, startupLocality, pcrs, problems } = facts;
  return `${JSON.stringify({ format, algorithms, eventCount: events.length, startupLocality, pcrs, events, problems })}\n`;
};

const MARKS = { verified: 'data ok', mismatch: 'DATA CHANGED', 'not-covered': 'claim' } as const;

const KINDS = {
  tpm: 'TPM log',
  ccel: 'Log of a confidential guest (CCEL)',
  wbcl: 'TPM log with the boot records of Windows (WBCL)',
} as const;
const MAX_SHOWN_FACTS = 12;
/** Kinds whose summary already says it all. */
const TERSE: ReadonlySet<string> = new Set([
  'separator',
  'action',
  'boot-command',
  'file-read',
  'startup-locality',
  'log-header',
  'secure-boot-switch',
]);

/** What an event is about, indented below it; `?` marks what its digest does not cover. */
const factLines = ({ meaning }: BootEvent): readonly string[] => {
  if (TERSE.has(meaning.kind)) return [];
  const shown = meaning.facts
    .slice(0, MAX_SHOWN_FACTS)
    .map((fact) => `${' '.repeat(15)}${fact.basis === 'verified' ? ' ' : '?'} ${fact.label}: ${fact.value}`);
  const more = meaning.facts.length - MAX_SHOWN_FACTS;
  return more > 0 ? [...shown, `${' '.repeat(17)}and ${more} more; --json shows them`] : shown;
};

const readable = (facts: Shown): string => {
  const lines: string[] = [];
  const locality = facts.startupLocality === null ? '' : `, startup locality ${facts.startupLocality}`;
  lines.push(
    `${facts.format === 'sha1' ? 'SHA-1 format' : 'Agile format'}, ${facts.events.length} events, banks ${facts.algorithms.join(', ')}${locality}`,
    ...(facts.kind === null ? [] : [`${KINDS[facts.kind.kind]}. ${facts.kind.reason}`]),
    ...(facts.kind?.kind === 'ccel' ? REGISTER_NAMES.map((name, index) => `  “PCR” ${index} is ${name}`) : []),
    'Lines marked ? are claims: no digest covers them.',
    '',
  );
  for (const event of facts.events) {
    const pcr = event.pcr > 23 ? '–' : String(event.pcr);
    lines.push(
      `${String(event.index).padStart(5)}  PCR ${pcr.padEnd(2)}  ${event.claimedType.padEnd(34)} ${MARKS[event.data].padEnd(12)}  ${event.summary}`,
      ...factLines(event),
    );
  }
  for (const bank of facts.algorithms) {
    const values = Object.entries(facts.pcrs[bank] ?? {});
    if (values.length === 0) {
      lines.push('', `The log has ${bank} digests (in --json); this runtime does not replay them.`);
      continue;
    }
    lines.push('', `Replayed ${bank}:`, ...values.map(([pcr, value]) => `  PCR ${pcr.padEnd(2)}  ${value}`));
  }
  if (facts.problems.length > 0)
    lines.push('', 'Problems:', ...facts.problems.map((problem) => `  byte ${problem.offset}: ${problem.message}`));
  return `${lines.join('\n')}\n`;
};

const finish = (io: CommandIo, json: boolean, facts: Shown): void => io.stdout(json ? document(facts) : readable(facts));

const inspect = async (file: string, json: boolean, io: CommandIo): Promise<ExitStatus> => {
  const name = visibleText(file, 200);
  const bytes = await readBounded(file, MAX_LOG_BYTES);
  if (!bytes.ok) return refuse(io, bytes.problem.message);
  const parsed = parseEventLog(bytes.value);
  if (!parsed.ok) {
    const problem: LogProblem = { code: parsed.problem.code, offset: offsetIn(parsed.problem.message), message: parsed.problem.message };
    if (json) finish(io, true, { ...NOTHING, problems: [problem] });
    return refuse(io, `${name}: ${parsed.problem.message} ${parsed.problem.nextStep}`);
  }
  finish(io, json, parsed.value);
  const stop = parsed.value.problems.find((problem) => problem.code === 'log-parse');
  if (stop !== undefined)
    return refuse(
      io,
      `${name}: not readable beyond byte ${stop.offset}: ${stop.message}. What was read before it is shown; fetch the log again.`,
    );
  return 0;
};

const offsetIn = (message: string): number => Number(/at byte (\d+)/u.exec(message)?.[1] ?? 0);

export const inspectEventLogCommand: Command = {
  name: 'inspect event-log',
  summary: 'parse and replay a TCG event log',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `inspect event-log: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    const [file, ...others] = parsed.files;
    if (file === undefined || others.length > 0) return refuse(io, 'inspect event-log: give exactly one FILE (see --help)');
    return inspect(file, parsed.values['json'] === true, io);
  },
};
