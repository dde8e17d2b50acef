import { z } from 'zod';
import { ok, type Result } from '../../shared/model/result.ts';
import type { Db } from './db.ts';
import { createFindingBulk, type FindingBulk } from './finding-bulk.ts';
import { createFindingSteps, type FindingSteps } from './finding-steps.ts';
import { type AssessmentStore, createAssessmentStore } from './assessment-store.ts';
import { type AlertStore, createAlertStore } from './alert-store.ts';
import { type AnchorStore, createAnchorStore } from './ledger-anchors.ts';
import { createLedgerSeal, type LedgerSeal } from './ledger-seal.ts';
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts';
import { openDatabase } from './open.ts';
import { openToRead } from './open-to-read.ts';
import { createPolicyStore, type PolicyStore } from './policy-store.ts';
import { createReaders, LISTS_CACHE_KIB, type Readers } from './readers.ts';
import { createReportStore, type ReportStore } from './report-store.ts';
import { createReferenceStore, type ReferenceStore } from './reference-store.ts';
import { createPurge, type Purge } from './retention.ts';
import { createSavedViews, type SavedViews } from './saved-views.ts';
import { createSettings, type Settings } from './settings.ts';
import { createStandingReader, type StandingReader } from './standing-reader.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createWriter, type Writer } from './writer.ts';

export type Store = Readers & {
  readonly write: Writer;
  readonly findings: { readonly steps: FindingSteps; readonly bulk: FindingBulk };
  readonly policy: PolicyStore;
  readonly references: ReferenceStore;
  readonly standings: StandingReader;
  readonly purge: Purge;
  readonly upkeep: Upkeep;
  readonly settings: Settings;
  readonly views: SavedViews;
  readonly reports: ReportStore;
  readonly assessments: Readers['assessments'] & AssessmentStore;
  readonly ledger: LedgerWriter & LedgerSeal;
  readonly anchors: AnchorStore;
  readonly alerts: AlertStore;
  readonly close: () => void;
};

/** Everything there is over one connection. What writes fails on one that cannot, and nothing does so by being made. */
const storeOver = (db: Db, cacheKib: number, close: () => void): Store => {
  const readers = createReaders(db, cacheKib);
  const ledger = createLedgerWriter(db);
  const seal = createLedgerSeal(db, ledger);
  const { endConfirmations, ...write } = createWriter(db, ledger);
  const steps = createFindingSteps(db, ledger);
  return {
    ...readers,
    write,
    findings: { ...readers.findings, steps, bulk: createFindingBulk(db, ledger, steps) },
    policy: createPolicyStore(db, ledger),
    references: createReferenceStore(db),
    standings: createStandingReader(db),
    purge: createPurge(db, ledger),
    upkeep: createUpkeep(db),
    settings: createSettings(db, ledger),
    views: createSavedViews(db, ledger),
    reports: createReportStore(db, ledger),
    assessments: { ...readers.assessments, ...createAssessmentStore(db, ledger) },
    ledger: {
      ...ledger,
      ...readers.ledger,
      ...seal,
      seal: (atMs, cover, sign) => {
        // What an entry says of confirmations, it says of all that is in their rows.
        if (cover) endConfirmations();
        return seal.seal(atMs, cover, sign);
      },
    },
    anchors: createAnchorStore(db, ledger),
    alerts: createAlertStore(db, ledger),
    close,
  };
};

/** The memory of one data folder. One process at a time; see openDatabase for what can go wrong. */
export const openStore = (folder: string, cacheKib = LISTS_CACHE_KIB): Result<Store> => {
  const opened = openDatabase(folder);
  return opened.ok ? ok(storeOver(opened.value.db, cacheKib, opened.value.close)) : opened;
};

export type ReadOnlyStore = {
  readonly store: Store;
  /** Where the database lies that is read; another one than the data folder where that takes no writes. */
  readonly folder: string;
  /** Another number as soon as another process changed anything. */
  readonly version: () => number;
};

/** The same memory, of which nothing can be changed; another process may have it in use. Problems: those of openToRead. */
export const openReadOnlyStore = (folder: string): Result<ReadOnlyStore> => {
  const opened = openToRead(folder);
  if (!opened.ok) return opened;
  const { db, folder: where, close } = opened.value;
  const version = (): number => z.number().parse(db.pragma('data_version', { simple: true }));
  return ok({ store: storeOver(db, LISTS_CACHE_KIB, close), folder: where, version });
};
