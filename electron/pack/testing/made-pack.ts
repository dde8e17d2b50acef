import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExportFormat } from '../../../shared/contract/export-schemas.ts';
import type { ExportAsked } from '../../engine/exports/asked.ts';
import { runExport } from '../../engine/exports/run.ts';
import { headFile } from '../../engine/ledger/head-file.ts';
import { createKeeper } from '../../engine/ledger/keeper.ts';
import { keyFile } from '../../engine/ledger/key-file.ts';
import { recordedFleet } from '../../engine/testing/recorded-fleet.ts';
import { ledgerFile } from '../../store/audit/ledger-file.ts';
import { openForAudit } from '../../store/audit/open.ts';
import type { Db } from '../../store/db.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { IssuerFiles } from '../issuers.ts';
import { withFile } from '../../store/testing/file.ts';

export type MadePack = {
  readonly folder: string;
  /** Line of the key that signed its ledger. */
  readonly key: string;
  /** Changes the database behind its back, as time or somebody may. */
  readonly change: (work: (db: Db) => void) => void;
  /** Makes a pack of all hosts, at the same moment each time. */
  readonly make: (name: string) => Promise<string>;
  /** Makes a report of the same moment; of the hosts of a filter, and signed where that is wanted. */
  readonly report: (name: string, format: ExportFormat, more?: ReportMore) => Promise<string>;
  readonly close: () => Promise<void>;
};

export type ReportMore = { readonly filter?: string; readonly signature?: ExportAsked['signature'] };

const NOBODY: IssuerFiles = { roots: [], issuers: [] };

const packsOf = (store: Store, dataFolder: string, nowMs: () => number, issuers: IssuerFiles, close: () => Promise<void>): MadePack => {
  const keeper = createKeeper({ store, keys: keyFile(dataFolder), head: headFile(dataFolder), nowMs, version: '1', shell: 'console' });
  keeper.begin([], []);
  keeper.seal(true);
  const opened = openForAudit(dataFolder);
  if (!opened.ok) throw new Error(opened.problem.message);
  const key = ledgerFile(opened.value.db).keys().at(-1)?.key.text ?? '';
  opened.value.close();
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-pack-'));
  const atMs = nowMs();
  const make = async (name: string, format: ExportFormat, { filter = '', signature }: ReportMore = {}): Promise<string> => {
    const file = path.join(folder, name);
    const ask = { rows: 'hosts', format, query: {}, filter, sort: { by: 'name', descending: false } } as const;
    const who = { kind: 'os-user', name: 'ann' } as const;
    const asked = {
      dataFolder,
      file,
      ask,
      version: '1.2.3',
      who,
      notRecorded: [],
      issuers: { roots: [...issuers.roots], issuers: [...issuers.issuers] },
      ...(signature !== undefined && { signature }),
    };
    const written = await runExport(asked, { nowMs: () => atMs, onProgress: () => {}, isStopped: () => false });
    if (!written.ok) throw new Error(written.problem.message);
    return file;
  };
  return {
    folder,
    key,
    change: (work) => withFile(dataFolder, false, work),
    make: (name) => make(name, 'pack'),
    report: make,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A simulated fleet that was verified and recorded, and packs that are made of it. */
export const madePack = async (hosts: number, tamper: number, nowMs: () => number = Date.now, sweeps = 1): Promise<MadePack> => {
  const fleet = await recordedFleet({ hosts, tamper, seed: 7 }, nowMs);
  for (let more = 1; more < sweeps; more += 1) await fleet.engine.sweepAll(new AbortController().signal);
  return packsOf(fleet.store, fleet.dataFolder, nowMs, fleet.issuers, fleet.close);
};

/** Packs of whatever is recorded into an empty data folder. */
export const packOfRecords = (record: (store: Store) => void): MadePack => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'plumbline-pack-data-'));
  const opened = openStore(dataFolder);
  if (!opened.ok) throw new Error(opened.problem.message);
  const store = opened.value;
  record(store);
  return packsOf(store, dataFolder, Date.now, NOBODY, () => {
    store.close();
    rmSync(dataFolder, { recursive: true, force: true });
    return Promise.resolve();
  });
};
