/** Composition root of the `plumbline` command: a table of commands and nothing else. */
import { visibleText } from '../shared/model/hostile-text.ts';
import type { ExitStatus } from './commands/arguments.ts';
import type { Command, CommandIo } from './commands/command.ts';

type Listed = { readonly name: string; readonly load: () => Promise<Command> };

/** The names are those of the commands. What one of them needs is loaded when it is asked for: the console starts without what prints reports. */
const COMMANDS: readonly Listed[] = [
  { name: 'inspect event-log', load: async () => (await import('./commands/inspect-event-log.ts')).inspectEventLogCommand },
  { name: 'inspect ima', load: async () => (await import('./commands/inspect-ima.ts')).inspectImaCommand },
  { name: 'verify-evidence', load: async () => (await import('./commands/verify-evidence.ts')).verifyEvidenceCommand },
  { name: 'diff', load: async () => (await import('./commands/diff.ts')).diffCommand },
  { name: 'manifest check', load: async () => (await import('./commands/manifest.ts')).manifestCheckCommand },
  { name: 'manifest schema', load: async () => (await import('./commands/manifest.ts')).manifestSchemaCommand },
  { name: 'audit verify', load: async () => (await import('./commands/audit-verify.ts')).auditVerifyCommand },
  { name: 'audit key', load: async () => (await import('./commands/audit-key.ts')).auditKeyCommand },
  { name: 'audit checkpoint', load: async () => (await import('./commands/audit-checkpoint.ts')).auditCheckpointCommand },
  { name: 'audit proof', load: async () => (await import('./commands/audit-proof.ts')).auditProofCommand },
  { name: 'audit rotate-key', load: async () => (await import('./commands/audit-rotate-key.ts')).auditRotateKeyCommand },
  { name: 'poll', load: async () => (await import('./commands/poll.ts')).pollCommand },
  { name: 'serve', load: async () => (await import('./commands/serve.ts')).serveCommand },
  { name: 'export', load: async () => (await import('./commands/export-here.ts')).exportCommand },
  { name: 'report list', load: async () => (await import('./commands/report.ts')).reportListCommand },
  { name: 'report items', load: async () => (await import('./commands/report.ts')).reportItemsCommand },
  { name: 'data backup', load: async () => (await import('./commands/data.ts')).dataBackupCommand },
  { name: 'data restore', load: async () => (await import('./commands/data.ts')).dataRestoreCommand },
  { name: 'data purge', load: async () => (await import('./commands/data.ts')).dataPurgeCommand },
  { name: 'data compact', load: async () => (await import('./commands/data.ts')).dataCompactCommand },
  { name: 'simulate', load: async () => (await import('./commands/simulate.ts')).simulateCommand },
  { name: 'bench', load: async () => (await import('./commands/bench.ts')).benchCommand },
];

const usage = async (): Promise<string> => {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}   ${command.summary}`);
  return `Usage: plumbline COMMAND [ARGUMENTS]\n\n${lines.join('\n')}\n\nplumbline COMMAND --help explains one command.\n`;
};

/** The command whose words the arguments start with; the longest name wins. */
const find = (args: readonly string[]): { readonly command: Listed; readonly rest: readonly string[] } | null => {
  const matching = COMMANDS.map((command) => ({ command, words: command.name.split(' ') }))
    .filter(({ words }) => words.every((word, i) => args[i] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
  return matching === undefined ? null : { command: matching.command, rest: args.slice(matching.words.length) };
};

const run = async (args: readonly string[], io: CommandIo): Promise<ExitStatus> => {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
    (args.length === 0 ? io.stderr : io.stdout)(await usage());
    return args.length === 0 ? 2 : 0;
  }
  const found = find(args);
  if (found === null) {
    const words = args.slice(0, 2).filter((word) => !word.startsWith('-'));
    io.stderr(`plumbline: unknown command "${visibleText(words.join(' '), 80)}"; plumbline --help lists the commands\n`);
    return 2;
  }
  const command = await found.command.load();
  return command.run(found.rest, io);
};

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());

// A reader that goes away early (`| head`) is no fault of the command.
process.stdout.on('error', () => process.exit(0));

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTty: process.stderr.isTTY,
  signal: abort.signal,
};

try {
  process.exitCode = await run(process.argv.slice(2), io);
} catch (error) {
  process.stderr.write(`plumbline: internal fault: ${visibleText(error instanceof Error ? error.message : String(error), 300)}\n`);
  process.exitCode = 2;
}
