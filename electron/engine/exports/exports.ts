import type { IssuerFiles } from '../../pack/issuers.ts';
import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ExportAsk, KeptExport } from '../../../shared/contract/export-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { Who } from '../../ledger/entry.ts';
import type { Store } from '../../store/store.ts';
import type { SigningFile } from '../load-config.ts';
import type { ExportAsked, ExportWritten, RunExport } from './asked.ts';
import {
  deletedEntry,
  dropPartials,
  enterAndPlace,
  exportEntry,
  exportsFolder,
  freeName,
  keptExports,
  partialOf,
  prepareFolder,
} from './kept.ts';

export type ExportsOptions = {
  readonly store: Pick<Store, 'ledger'>;
  readonly dataFolder: string;
  readonly version: string;
  /** As in `ExportAsked`. */
  readonly controls?: string;
  /** As in `ExportAsked`; null = nothing can be signed. */
  readonly signature: SigningFile | null;
  readonly issuers?: IssuerFiles;
  /** Whose reports they are; the logo as its file. */
  readonly organisation?: NonNullable<ExportAsked['organisation']>;
  readonly nowMs: () => number;
  readonly who: Who;
  /** Endpoints of which something newer could not be recorded. */
  readonly notRecorded: () => readonly string[];
  readonly run: RunExport;
};

/** The report that it is a run of. */
export type FromReport = {
  readonly id: number;
  readonly name: string;
  /** The cut-off of the run before and the rows that were kept of it; null where there was none. */
  readonly sinceMs: number | null;
  readonly rows: Uint8Array | null;
  readonly onMade: (kept: KeptExport, stood: ExportWritten['stood']) => void;
};

export type MakeExport = (
  ask: ExportAsk,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
  by?: Who,
  from?: FromReport,
) => Promise<Result<KeptExport>>;

export type Exports = {
  readonly handlers: Pick<Handlers, 'exports.list' | 'exports.get' | 'exports.save' | 'exports.signing' | 'exports.delete'>;
  /** Writes one into the folder `exports` of the data folder. Problems: those of `RunExport`, and export-kept. */
  readonly make: MakeExport;
};

const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);
const notThere = { state: 'refused', message: 'This export is not there any more.', nextStep: 'Look at the list again.' } as const;

/** Files that were exported, kept in the data folder until somebody deletes them. */
export const createExports = ({
  store,
  dataFolder,
  version,
  controls,
  signature,
  issuers,
  organisation,
  nowMs,
  who,
  notRecorded,
  run,
}: ExportsOptions): Exports => {
  const folder = exportsFolder(dataFolder);
  dropPartials(folder);
  const list = (): readonly KeptExport[] => keptExports(folder, store.ledger);
  const get = (id: number): KeptExport | null => list().find((kept) => kept.id === id) ?? null;

  const keep = (name: string, ask: ExportAsk, written: ExportWritten, by: Who, from?: FromReport): Result<KeptExport> => {
    const file = path.join(folder, name);
    try {
      const id = enterAndPlace(store.ledger, exportEntry(name, ask, by, written, from), () => renameSync(partialOf(file), file));
      const kept = get(id);
      if (kept !== null) return ok(kept);
    } catch (error) {
      rmSync(partialOf(file), { force: true });
      return fail(
        'export-kept',
        `The export could not be entered into the ledger and kept: ${words(error)}. Nothing is left of the file.`,
        'Free space on the disk or check the rights of the data folder, then begin again.',
      );
    }
    return fail('export-kept', 'The export is not where it was put.', 'Begin it again.');
  };

  return {
    make: async (ask, onProgress, signal, by = who, from) => {
      const signs = ask.rows === 'hosts' && ask.sign === true;
      if (signs && signature === null)
        return fail(
          'signature-none',
          'No certificate is configured that a report could be signed with.',
          'Name one under signature: in the endpoints file, or leave the signature out.',
        );
      let name: string;
      try {
        prepareFolder(folder);
        name = freeName(folder, ask, nowMs());
      } catch (error) {
        return fail(
          'export-disk',
          `The folder of exports cannot be made: ${words(error)}.`,
          'Check the rights of the data folder, then begin again.',
        );
      }
      const file = partialOf(path.join(folder, name));
      const asked = {
        dataFolder,
        file,
        ask,
        version,
        ...(controls !== undefined && { controls }),
        ...(signs && signature !== null && { signature: { ...signature } }),
        ...(organisation !== undefined && { organisation }),
        ...(issuers !== undefined && { issuers: { roots: [...issuers.roots], issuers: [...issuers.issuers] } }),
        who: by,
        notRecorded: [...notRecorded()],
      };
      const against = from === undefined ? {} : { against: { report: from.id, rows: from.rows, sinceMs: from.sinceMs } };
      const written = await run({ ...asked, ...against }, onProgress, signal);
      if (!written.ok) return written;
      const kept = keep(name, ask, written.value, by, from);
      if (kept.ok) from?.onMade(kept.value, written.value.stood);
      return kept;
    },
    handlers: {
      'exports.list': () => [...list()],
      'exports.get': ({ id }) => get(id),
      'exports.save': () => ({
        state: 'refused',
        message: 'There is no dialog here.',
        nextStep: 'Download it by its link, or take it from the folder exports of the data folder.',
      }),
      'exports.signing': async () => (signature === null ? null : (await import('./sign-export.ts')).signingState(signature, nowMs())),
      'exports.delete': ({ id }) => {
        const kept = get(id);
        if (kept === null) return notThere;
        store.ledger.append(deletedEntry(kept, who));
        try {
          rmSync(path.join(folder, kept.name));
        } catch (error) {
          const nextStep = 'Check the rights of the data folder, then try again.';
          return { state: 'refused', message: `The file could not be deleted: ${words(error)}.`, nextStep };
        }
        return { state: 'done' };
      },
    },
  };
};
