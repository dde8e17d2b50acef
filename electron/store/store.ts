import { ok, type Result } from '../../shared/model/result.ts';
import { type AsOf, createAsOf } from './as-of.ts';
import { createFindingReaders, type FindingReaders } from './finding-readers.ts';
import { createFindingSteps, type FindingSteps } from './finding-steps.ts';
import { createFleetReaders, type FleetReaders } from './fleet-readers.ts';
import { createFreshHosts, type Freshness } from './freshness.ts';
import { createHostReaders, type HostReaders } from './host-readers.ts';
import { type AnchorStore, createAnchorStore } from './ledger-anchors.ts';
import { createLedgerReader, type LedgerReader } from './ledger-reader.ts';
import { createLedgerSeal, type LedgerSeal } from './ledger-seal.ts';
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts';
import { openDatabase } from './open.ts';
import { createPolicyStore, type PolicyStore } from './policy-store.ts';
import { addQueryFunctions } from './query-functions.ts';
import { createReferenceStore, type ReferenceStore } from './reference-store.ts';
import { createPurge, type Purge } from './retention.ts';
import { createSavedViews, type SavedViews } from './saved-views.ts';
import { addSearchText } from './search-text.ts';
import { createSettings, type Settings } from './settings.ts';
import { createStandingReader, type StandingReader } from './standing-reader.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createWriter, type Writer } from './writer.ts';

export type Store = {
  readonly write: Writer;
  readonly hosts: HostReaders;
  readonly fleet: FleetReaders;
  readonly findings: FindingReaders & { readonly steps: FindingSteps };
  readonly policy: PolicyStore;
  readonly references: ReferenceStore;
  readonly standings: StandingReader;
  readonly asOf: AsOf;
  readonly purge: Purge;
  readonly upkeep: Upkeep;
  readonly settings: Settings;
  readonly views: SavedViews;
  readonly ledger: LedgerWriter & LedgerReader & LedgerSeal;
  readonly anchors: AnchorStore;
  /** From now on, trust is read as fresh or stale by this rule. */
  readonly judgeFreshness: (freshness: Freshness) => void;
  readonly close: () => void;
};

const CACHE_KIB = 128 * 1024;

/** The memory of one data folder. One process at a time; see openDatabase for what can go wrong. */
export const openStore = (folder: string): Result<Store> => {
  const opened = openDatabase(folder);
  if (!opened.ok) return opened;
  const { db, close } = opened.value;
  // What reading puts aside needs no disk: a full one must not stop anybody from reading.
  db.pragma('temp_store = MEMORY');
  // As much as a list of 100,000 hosts passes over; taken only as it is read. A pass over pages that are here costs a third less.
  db.pragma(`cache_size = -${CACHE_KIB}`);
  addQueryFunctions(db);
  addSearchText(db);
  const fresh = createFreshHosts(db);
  const ledger = createLedgerWriter(db);
  return ok({
    judgeFreshness: fresh.use,
    write: createWriter(db, ledger),
    hosts: createHostReaders(db, fresh.source),
    fleet: createFleetReaders(db, fresh.source),
    findings: { ...createFindingReaders(db), steps: createFindingSteps(db, ledger) },
    policy: createPolicyStore(db, ledger),
    references: createReferenceStore(db),
    standings: createStandingReader(db),
    asOf: createAsOf(db),
    purge: createPurge(db, ledger),
    upkeep: createUpkeep(db),
    settings: createSettings(db),
    views: createSavedViews(db),
    ledger: { ...ledger, ...createLedgerReader(db), ...createLedgerSeal(db, ledger) },
    anchors: createAnchorStore(db, ledger),
    close,
  });
};
