import { ok, type Result } from '../../shared/model/result.ts';
import { createFindingSteps, type FindingSteps } from './finding-steps.ts';
import { type AlertStore, createAlertStore } from './alert-store.ts';
import { type AnchorStore, createAnchorStore } from './ledger-anchors.ts';
import { createLedgerSeal, type LedgerSeal } from './ledger-seal.ts';
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts';
import { openDatabase } from './open.ts';
import { createPolicyStore, type PolicyStore } from './policy-store.ts';
import { createReaders, LISTS_CACHE_KIB, type Readers } from './readers.ts';
import { createReferenceStore, type ReferenceStore } from './reference-store.ts';
import { createPurge, type Purge } from './retention.ts';
import { createSavedViews, type SavedViews } from './saved-views.ts';
import { createSettings, type Settings } from './settings.ts';
import { createStandingReader, type StandingReader } from './standing-reader.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createWriter, type Writer } from './writer.ts';

export type Store = Readers & {
  readonly write: Writer;
  readonly findings: { readonly steps: FindingSteps };
  readonly policy: PolicyStore;
  readonly references: ReferenceStore;
  readonly standings: StandingReader;
  readonly purge: Purge;
  readonly upkeep: Upkeep;
  readonly settings: Settings;
  readonly views: SavedViews;
  readonly ledger: LedgerWriter & LedgerSeal;
  readonly anchors: AnchorStore;
  readonly alerts: AlertStore;
  readonly close: () => void;
};

/** The memory of one data folder. One process at a time; see openDatabase for what can go wrong. */
export const openStore = (folder: string, cacheKib = LISTS_CACHE_KIB): Result<Store> => {
  const opened = openDatabase(folder);
  if (!opened.ok) return opened;
  const { db, close } = opened.value;
  const readers = createReaders(db, cacheKib);
  const ledger = createLedgerWriter(db);
  const seal = createLedgerSeal(db, ledger);
  const { endConfirmations, ...write } = createWriter(db, ledger);
  return ok({
    ...readers,
    write,
    findings: { ...readers.findings, steps: createFindingSteps(db, ledger) },
    policy: createPolicyStore(db, ledger),
    references: createReferenceStore(db),
    standings: createStandingReader(db),
    purge: createPurge(db, ledger),
    upkeep: createUpkeep(db),
    settings: createSettings(db, ledger),
    views: createSavedViews(db, ledger),
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
  });
};
