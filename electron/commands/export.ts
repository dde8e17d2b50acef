import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Problem, type Result } from '../../shared/model/result.ts';
import type { ExportAsked, ExportWritten, RunExport } from '../engine/exports/asked.ts';
import { enterAndPlace, exportEntry, partialOf } from '../engine/exports/kept.ts';
import { headFile } from '../engine/ledger/head-file.ts';
import { createKeeper, type Keeper } from '../engine/ledger/keeper.ts';
import { keyFile } from '../engine/ledger/key-file.ts';
import { whoActs } from '../engine/who.ts';
import { openStore, type Store } from '../store/store.ts';
import { refuse } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { type ExportArguments, readExportArguments } from './export-arguments.ts';
import { productVersion } from './layout.ts';
import { readBounded } from './read-file.ts';

const HELP = `Usage: plumbline export --format csv|json|oscal|pdf|pack --out FILE [--report board|detailed|dossier]
                        [--sign FILE.p12 --password-env NAME]
                        [--rows hosts|findings|ledger] [--query QUERY] [--kind KIND] [--from TIME] [--to TIME]
                        [--sample N [--seed SEED]] [--logo FILE] [--data DIR] [--force] [--json]

Writes all rows of a list as they are at one moment, the cut-off. What was asked, the cut-off, this version and the newest checkpoint of the
ledger stand at the beginning of the file.

  --format FORMAT   csv for spreadsheets; json is JSON Lines, which lose nothing (docs/exports.md).
                    oscal is assessment results of hosts (docs/controls.md), pdf a report of hosts,
                    pack a zip of hosts with their evidence and proofs, checked without us (docs/evidence-pack.md)
  --report REPORT   of --format pdf: detailed (default), board for a summary of two pages, or dossier for exactly one host
  --out FILE        a new file; it gets its name when it is whole
  --rows ROWS       hosts (default), findings, or ledger: entries of the audit trail
  --query QUERY     which hosts, in the filter language (docs/query.md); default: all
  --kind KIND       which entries, by the beginning of their kind, such as finding or manifest
  --from TIME       of --format pdf: since when it says what changed (default: 30 days before)
  --from, --to      findings that held, or entries that were entered, in this time, UTC: 2026-01-05, 2026-01-05T12:30Z. A day is meant
                    to its end
  --sample N        N of these hosts, drawn so that anybody can draw them again with sha256sum and sort (docs/exports.md)
  --seed SEED       what they are drawn by, one word; default: made at random. It stands on the export and in the ledger
  --controls FILE   of oscal, pdf and pack: a mapping of controls of your own, beside that of Plumbline (docs/controls.md)
  --sign FILE       of pdf: signs it with the key and certificate of this PKCS#12 file (PAdES baseline B); at most 1 MiB are read
  --password-env NAME
                    the variable of the environment that has the password of that file
  --logo FILE       of pdf and pack: a PNG or JPEG that stands on each page of the report (at most 2 MiB and 4,096 pixels a side)
  --data DIR        data folder (default: $PLUMBLINE_DATA or ~/.local/share/plumbline)
  --force           writes over FILE
  --json            {"file", "sha256", "bytes", "rows", "entry", "signedBy"} on stdout, and "sample" where there is one; entry is null where the
                    ledger could not be told, signedBy where it is not signed

The export is an entry of the ledger. While Plumbline runs on the same folder only it can add entries: then the file is made all the same, and
it is said that it is not entered; export on the screen to have it entered.

Exit status: 0 done; 2 bad usage, or it could not be done: then nothing is left of the file.
Bounds: memory does not grow with the number of rows; a sample has at most 100,000 hosts; a pack has at most 10,000 hosts. Ctrl+C stops it.

Example: plumbline export --format csv --out failed.csv --query 'verdict = failed and country in (DE, FR)'
`;

type Asked = Extract<ExportArguments, { kind: 'export' }>;
type Done = { readonly written: ExportWritten /** The number of its entry. */; readonly entry: number | null };

const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);

/** The name, once the file is whole. Without --force never that of a file that came meanwhile. */
const place = (partial: string, out: string, force: boolean): void => {
  if (force) return renameSync(partial, out);
  try {
    linkSync(partial, out);
  } catch (error) {
    // Not every file system has links.
    if (existsSync(out)) throw error;
    return renameSync(partial, out);
  }
  rmSync(partial);
};

const keeperOf = (store: Store, folder: string): Keeper =>
  createKeeper({
    store,
    keys: keyFile(folder),
    head: headFile(folder),
    nowMs: Date.now,
    version: productVersion(),
    shell: 'console',
  });

/** The key, before anything else is done: a wrong password is said at once. */
const signatureOf = async ({ sign }: Asked): Promise<Result<Pick<ExportAsked, 'signature'>>> => {
  if (sign === undefined) return ok({});
  const { MOST_PKCS12_BYTES, openIdentity } = await import('../signing/identity.ts');
  const file = await readBounded(sign.file, MOST_PKCS12_BYTES);
  if (!file.ok) return file;
  const opened = openIdentity(file.value, sign.password);
  if (!opened.ok) return fail(opened.problem.code, `${visibleText(sign.file, 200)}: ${opened.problem.message}`, opened.problem.nextStep);
  return ok({ signature: { pkcs12: file.value, password: sign.password, reason: null, location: null } });
};

const write = async (asked: Asked, store: Store | null, run: RunExport, io: CommandIo): Promise<Result<Done>> => {
  const { ask, out, dataFolder, force, controls, logo } = asked;
  const own = { ...(controls !== undefined && { controls }), ...(logo !== undefined && { organisation: { name: null, logo } }) };
  const signature = await signatureOf(asked);
  if (!signature.ok) return signature;
  const partial = partialOf(`${out}.${randomBytes(4).toString('hex')}`);
  const who = { kind: 'os-user', name: whoActs() } as const;
  const keeper = store === null ? null : keeperOf(store, dataFolder);
  keeper?.seal(true);
  const onProgress = (done: number, total: number): void => {
    if (io.isTty && total > 0) io.stderr(`\r\u001b[K${done} of ${total} rows`);
  };
  const written = await run(
    { dataFolder, file: partial, ask, version: productVersion(), ...own, ...signature.value, who, notRecorded: null },
    onProgress,
    io.signal,
  );
  if (io.isTty) io.stderr('\r\u001b[K');
  if (!written.ok) return written;
  try {
    const give = (): void => place(partial, out, force);
    if (store === null) give();
    const draft = exportEntry(path.basename(out), ask, who, written.value);
    const entry = store === null ? null : enterAndPlace(store.ledger, draft, give);
    keeper?.seal(true);
    return ok({ written: written.value, entry });
  } catch (error) {
    rmSync(partial, { force: true });
    return fail(
      'export-disk',
      `${visibleText(out, 300)} could not be made: ${words(error)}.`,
      'Check the disk and the rights of its folder.',
    );
  }
};

const NOT_ENTERED =
  'Plumbline runs on this data folder, and only it can add to the ledger: this export is not entered. Export on the screen to have it entered.';

const say = ({ out, json }: Asked, { written, entry }: Done, io: CommandIo): void => {
  const { sha256, bytes, count, sample, signedBy } = written;
  if (entry === null) io.stderr(`plumbline: export: ${NOT_ENTERED}\n`);
  if (json)
    io.stdout(`${JSON.stringify({ file: out, sha256, bytes, rows: count, entry, signedBy, ...(sample !== undefined && { sample }) })}\n`);
  else {
    const drawn = sample === undefined ? '' : `, a sample of ${sample.population} by the seed ${sample.seed}`;
    const signed = signedBy === null ? '' : `, signed by ${signedBy.subject}`;
    io.stdout(
      `${visibleText(out, 1_000)}: ${count} rows${drawn}, ${bytes} bytes, SHA-256 ${sha256}${entry === null ? '' : `, entry ${entry} of the ledger`}${signed}\n`,
    );
  }
};

/** `run`: where the export is written; in a thread of its own, so that this one hears when it is to stop. */
export const createExportCommand = (run: RunExport): Command => ({
  name: 'export',
  summary: 'write hosts, findings or the ledger to a file: CSV, JSON Lines, OSCAL or PDF reports',
  help: HELP,
  run: async (args, io) => {
    const asked = readExportArguments(args);
    if (asked.kind === 'help') {
      io.stdout(HELP);
      return 0;
    }
    const no = ({ message, nextStep }: Pick<Problem, 'message' | 'nextStep'>): 2 => refuse(io, `export: ${message} ${nextStep}`.trim());
    if (asked.kind === 'refused') return no({ message: asked.message, nextStep: '' });
    const { dataFolder } = asked;
    // Opening makes a folder that is not there.
    if (!existsSync(path.join(dataFolder, 'plumbline.db')))
      return no({ message: `there is nothing recorded in ${visibleText(dataFolder, 300)};`, nextStep: 'name the data folder with --data' });
    const opened = openStore(dataFolder);
    if (!opened.ok && opened.problem.code !== 'data-in-use') return no(opened.problem);
    const store = opened.ok ? opened.value : null;
    try {
      const done = await write(asked, store, run, io);
      if (!done.ok) return no(done.problem);
      say(asked, done.value, io);
      return 0;
    } finally {
      store?.close();
    }
  },
});
