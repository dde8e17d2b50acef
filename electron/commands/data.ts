import path from 'node:path';
import type { JobKind } from '../../shared/contract/job-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { headFile } from '../engine/ledger/head-file.ts';
import { createKeeper } from '../engine/ledger/keeper.ts';
import { keyFile } from '../engine/ledger/key-file.ts';
import { createJobs } from '../engine/upkeep/jobs.ts';
import { whoActs } from '../engine/who.ts';
import { restoreDatabase } from '../store/restore.ts';
import { openStore } from '../store/store.ts';
import { parseCommandLine, refuse, textValue } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { productVersion } from './layout.ts';

const SHARED = `
  --data DIR   the data folder; it must not be in use (a running Plumbline does the same as a job)
  --json       one JSON document on stdout

Exit status: 0 done; 2 bad usage, or it could not be done; then nothing was changed.`;

const HELP = {
  'data backup': `Usage: plumbline data backup --data DIR --out FILE [--json]

Copies the database as it is at one moment. The key of the ledger is not part of it: keep a copy of ledger-key.pem in a safe place of its own.
${SHARED}

Example: plumbline data backup --data ~/.plumbline --out plumbline-2026-11.db
`,
  'data restore': `Usage: plumbline data restore FILE --data DIR [--json]

Puts a backup in the place of the database. The one that was there is kept beside it. The next start enters into the ledger what is not there
any more.
${SHARED}

Example: plumbline data restore plumbline-2026-11.db --data ~/.plumbline
`,
  'data purge': `Usage: plumbline data purge --data DIR [--json]

Deletes what is older than it is kept for; the ledger says so first. The ledger itself, histories, findings and manifests stay.
${SHARED}

Example: plumbline data purge --data ~/.plumbline
`,
  'data compact': `Usage: plumbline data compact --data DIR [--json]

Gives space that the database does not use any more back to the disk.
${SHARED}

Example: plumbline data compact --data ~/.plumbline
`,
} as const;
type Name = keyof typeof HELP;

const at = (given: string): string => path.resolve(process.env['INIT_CWD'] ?? '.', given);

const runJob = async (kind: JobKind, folder: string, file: string | undefined, io: CommandIo) => {
  const store = openStore(folder);
  if (!store.ok) return { ok: false as const, message: `${store.problem.message} ${store.problem.nextStep}` };
  const { value } = store;
  const keeper = createKeeper({
    store: value,
    keys: keyFile(folder),
    head: headFile(folder),
    nowMs: Date.now,
    version: productVersion(),
    shell: 'console',
  });
  const jobs = createJobs({
    store: value,
    dataFolder: folder,
    user: whoActs(),
    nowMs: Date.now,
    onProgress: ({ done, total }) => {
      if (io.isTty && total > 0) io.stderr(`\r\u001b[K${done} of ${total}`);
    },
  });
  const stop = (): void => void jobs.stop();
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const job = await jobs.run(kind, file);
    keeper.seal(true);
    if (io.isTty) io.stderr('\r\u001b[K');
    return job.state === 'done'
      ? { ok: true as const, message: job.sentence }
      : { ok: false as const, message: `${job.sentence} ${job.nextStep ?? ''}` };
  } finally {
    io.signal.removeEventListener('abort', stop);
    value.close();
  }
};

const restore = (file: string, folder: string) => {
  const restored = restoreDatabase(file, folder, Date.now());
  if (!restored.ok) return { ok: false as const, message: `${restored.problem.message} ${restored.problem.nextStep}` };
  const { kept } = restored.value;
  return { ok: true as const, message: `Restored.${kept === null ? '' : ` What was there is kept as ${visibleText(kept, 400)}.`}` };
};

const command = (name: Name, summary: string, takes: 'file' | 'out' | 'nothing'): Command => ({
  name,
  summary,
  help: HELP[name],
  run: async (args, io) => {
    const parsed = parseCommandLine(args, {
      data: { type: 'string' },
      json: { type: 'boolean' },
      ...(takes === 'out' && { out: { type: 'string' } }),
    });
    if (!parsed.ok) return refuse(io, `${name}: ${parsed.message}`);
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(HELP[name]);
      return 0;
    }
    const data = textValue(values['data']);
    const [file, ...others] = files;
    const out = textValue(values['out']);
    if (data === undefined) return refuse(io, `${name}: name the data folder with --data DIR (see --help)`);
    if (others.length > 0 || (file === undefined) === (takes === 'file'))
      return refuse(io, `${name}: takes ${takes === 'file' ? 'one FILE' : 'no FILE'} (see --help)`);
    if (takes === 'out' && out === undefined) return refuse(io, `${name}: name the backup with --out FILE (see --help)`);
    const done =
      file === undefined
        ? await runJob(
            name === 'data backup' ? 'backup' : name === 'data purge' ? 'purge' : 'compact',
            at(data),
            out === undefined ? undefined : at(out),
            io,
          )
        : restore(at(file), at(data));
    if (!done.ok) return refuse(io, `${name}: ${done.message}`);
    io.stdout(values['json'] === true ? `${JSON.stringify({ ok: true, message: done.message })}\n` : `${done.message}\n`);
    return 0;
  },
});

export const dataBackupCommand = command('data backup', 'copy the database while nothing else uses it', 'out');
export const dataRestoreCommand = command('data restore', 'put a backup in its place', 'file');
export const dataPurgeCommand = command('data purge', 'delete what is older than it is kept for', 'nothing');
export const dataCompactCommand = command('data compact', 'give unused space back to the disk', 'nothing');
