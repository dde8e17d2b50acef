import { diffEventLogs, diffEvidence, diffIma } from '../evidence/difference/index.ts';
import { MAX_IMA_BYTES, MAX_IMA_ENTRIES, MAX_LOG_BYTES, MAX_LOG_EVENTS } from '../evidence/index.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type ExitStatus, parseCommandLine, refuse } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { type DiffInput, KIND_WORDS, MAX_BUNDLE_BYTES, readDiffInput } from './diff-input.ts';
import { type Shown, readable, shownOf } from './diff-text.ts';

const MIB = 1024 * 1024;

const HELP = `Usage: plumbline diff A B [--json]

What was measured differently in two evidence bundles, two event logs or two IMA lists (told apart by content; both of one kind).
Event logs are aligned within each PCR, because the order across PCRs is not evidence; IMA lists by path, in any order.
It says what differs, what that looks like, and where it first diverges. Whether either of the two is good is for "verify evidence".

  --json   one JSON document on stdout: identical, firstDivergence, changes; and pcrs, counts, causes, notCompared

Exit status: 0 identical; 1 different, or not everything could be compared; 2 bad usage, unreadable, or of different kinds.
Bounds: bundle ${MAX_BUNDLE_BYTES / MIB} MiB; event log ${MAX_LOG_BYTES / MIB} MiB, ${MAX_LOG_EVENTS} events; IMA list ${MAX_IMA_BYTES / MIB} MiB, ${MAX_IMA_ENTRIES} entries;
1000 changes are listed, all are counted; beyond 1500 edits in one PCR the alignment is approximate, never wrong about what is equal.

Example: plumbline diff before.bin after.bin
`;

/** Equal bytes are equal in everything, also in what neither side could verify. */
const SAME_BYTES: Shown = { identical: true, firstDivergence: null, changes: [], causes: [], notCompared: [], log: null, ima: null };

const compare = (a: DiffInput, b: DiffInput): Shown | null => {
  if (a.kind !== b.kind) return null;
  if (a.bytes.equals(b.bytes)) return SAME_BYTES;
  if (a.kind === 'event-log' && b.kind === 'event-log') return shownOf(diffEventLogs(a.log, b.log, { raw: { a: a.bytes, b: b.bytes } }));
  if (a.kind === 'ima' && b.kind === 'ima') return shownOf(diffIma(a.ima, b.ima));
  if (a.kind === 'bundle' && b.kind === 'bundle') {
    const [logA, logB] = [a.input.eventLog, b.input.eventLog];
    return shownOf(diffEvidence(a.result, b.result, logA === undefined || logB === undefined ? {} : { raw: { a: logA, b: logB } }));
  }
  return null;
};

const document = ({ identical, firstDivergence, changes, causes, notCompared, log, ima }: Shown): string =>
  `${JSON.stringify({ identical, firstDivergence, changes, pcrs: log?.pcrs ?? [], counts: ima?.counts ?? null, causes, notCompared })}\n`;

const diff = async (fileA: string, fileB: string, json: boolean, io: CommandIo): Promise<ExitStatus> => {
  const a = await readDiffInput(fileA);
  if (!a.ok) return refuse(io, a.problem.message);
  const b = await readDiffInput(fileB);
  if (!b.ok) return refuse(io, b.problem.message);
  const shown = compare(a.value, b.value);
  if (shown === null) {
    const [nameA, nameB] = [visibleText(fileA, 200), visibleText(fileB, 200)];
    return refuse(io, `${nameA} is ${KIND_WORDS[a.value.kind]} and ${nameB} is ${KIND_WORDS[b.value.kind]}; give two files of one kind`);
  }
  io.stdout(json ? document(shown) : readable(shown));
  return shown.identical ? 0 : 1;
};

export const diffCommand: Command = {
  name: 'diff',
  summary: 'what was measured differently in two bundles, event logs or IMA lists',
  help: HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `diff: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(HELP);
      return 0;
    }
    const [fileA, fileB, ...others] = parsed.files;
    if (fileA === undefined || fileB === undefined || others.length > 0)
      return refuse(io, 'diff: give exactly two files, A and B (see --help)');
    return diff(fileA, fileB, parsed.values['json'] === true, io);
  },
};
