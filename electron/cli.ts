/** Composition root of the `plumbline` command: a table of commands and nothing else. */
import { visibleText } from '../shared/model/hostile-text.ts';
import { auditCheckpointCommand } from './commands/audit-checkpoint.ts';
import { auditKeyCommand } from './commands/audit-key.ts';
import { auditProofCommand } from './commands/audit-proof.ts';
import { auditRotateKeyCommand } from './commands/audit-rotate-key.ts';
import { auditVerifyCommand } from './commands/audit-verify.ts';
import { benchCommand } from './commands/bench.ts';
import type { ExitStatus } from './commands/arguments.ts';
import type { Command, CommandIo } from './commands/command.ts';
import { dataCommands } from './commands/data.ts';
import { diffCommand } from './commands/diff.ts';
import { createExportCommand } from './commands/export.ts';
import { inspectEventLogCommand } from './commands/inspect-event-log.ts';
import { inspectImaCommand } from './commands/inspect-ima.ts';
import { EXPORT_WORKER } from './commands/layout.ts';
import { manifestCheckCommand, manifestSchemaCommand } from './commands/manifest.ts';
import { pollCommand } from './commands/poll.ts';
import { reportItemsCommand, reportListCommand } from './commands/report.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { verifyEvidenceCommand } from './commands/verify-evidence.ts';
import { exportInThread } from './engine/exports/thread.ts';

const COMMANDS: readonly Command[] = [
  inspectEventLogCommand,
  inspectImaCommand,
  verifyEvidenceCommand,
  diffCommand,
  manifestCheckCommand,
  manifestSchemaCommand,
  auditVerifyCommand,
  auditKeyCommand,
  auditCheckpointCommand,
  auditProofCommand,
  auditRotateKeyCommand,
  pollCommand,
  serveCommand,
  createExportCommand(exportInThread(EXPORT_WORKER)),
  reportListCommand,
  reportItemsCommand,
  ...dataCommands,
  simulateCommand,
  benchCommand,
];

const usage = (): string => {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}   ${command.summary}`);
  return `Usage: plumbline COMMAND [ARGUMENTS]\n\n${lines.join('\n')}\n\nplumbline COMMAND --help explains one command.\n`;
};

/** The command whose words the arguments start with; the longest name wins. */
const find = (args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | null => {
  const matching = COMMANDS.map((command) => ({ command, words: command.name.split(' ') }))
    .filter(({ words }) => words.every((word, i) => args[i] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
  return matching === undefined ? null : { command: matching.command, rest: args.slice(matching.words.length) };
};

const run = async (args: readonly string[], io: CommandIo): Promise<ExitStatus> => {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
    (args.length === 0 ? io.stderr : io.stdout)(usage());
    return args.length === 0 ? 2 : 0;
  }
  const found = find(args);
  if (found === null) {
    const words = args.slice(0, 2).filter((word) => !word.startsWith('-'));
    io.stderr(`plumbline: unknown command "${visibleText(words.join(' '), 80)}"; plumbline --help lists the commands\n`);
    return 2;
  }
  return found.command.run(found.rest, io);
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
