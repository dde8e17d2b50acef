import { type AssessmentReader, createAssessmentReader } from './assessment-store.ts';
import { type AsOf, createAsOf } from './as-of.ts';
import { createReadAll, type ReadAll } from './export-rows.ts';
import { createFindingReaders, type FindingReaders } from './finding-readers.ts';
import { createFleetReaders, type FleetReaders } from './fleet-readers.ts';
import { createFreshHosts, type Freshness } from './freshness.ts';
import { createEvidenceReaders, type EvidenceReaders } from './host-evidence.ts';
import { createHostReaders, type HostReaders } from './host-readers.ts';
import { createLedgerReader, type LedgerReader } from './ledger-reader.ts';
import { createPastEvidence, type PastEvidence } from './past-evidence.ts';
import { createPostureReader, type PostureReader } from './posture-reader.ts';
import { createPolicyReader, type PolicyReader } from './policy-store.ts';
import { createMovements, type ReadMovements } from './movements.ts';
import { type CountPlaces, createPlaceCounts } from './place-counts.ts';
import { addQueryFunctions } from './query-functions.ts';
import { addSearchText } from './search-text.ts';
import type { Db } from './db.ts';

/** All that is read of a data folder to be shown, and nothing that changes it. */
export type Readers = {
  readonly hosts: HostReaders;
  /** Evidence by digest, and what earlier observations had. */
  readonly evidence: EvidenceReaders;
  readonly past: PastEvidence;
  readonly fleet: FleetReaders;
  /** Where hosts are said to be, and where they were said to go. */
  readonly places: CountPlaces;
  readonly movements: ReadMovements;
  readonly findings: FindingReaders;
  readonly policy: PolicyReader;
  readonly asOf: AsOf;
  readonly posture: PostureReader;
  readonly ledger: LedgerReader;
  readonly assessments: AssessmentReader;
  /** Lists from end to end; see there which connection may be asked. */
  readonly all: ReadAll;
  /** From now on, trust is read as fresh or stale by this rule. */
  readonly judgeFreshness: (freshness: Freshness) => void;
};

/** As much as a list of 100,000 hosts passes over; taken only as it is read. A pass over pages that are here costs a third less. */
export const LISTS_CACHE_KIB = 128 * 1024;
/** Enough where lists are read by another connection: what is recorded is a few pages of each host. */
export const WRITER_CACHE_KIB = 32 * 1024;

/** Makes a connection one that can be read from; whatever else is prepared on it may use what is added here. */
export const createReaders = (db: Db, cacheKib: number, aside: 'MEMORY' | 'FILE' = 'MEMORY'): Readers => {
  // What reading puts aside needs no disk: a full one must not stop anybody from reading. Only who reads everything has too much for memory.
  db.pragma(`temp_store = ${aside}`);
  db.pragma(`cache_size = -${cacheKib}`);
  addQueryFunctions(db);
  addSearchText(db);
  const fresh = createFreshHosts(db);
  return {
    judgeFreshness: fresh.use,
    hosts: createHostReaders(db, fresh.source),
    evidence: createEvidenceReaders(db),
    past: createPastEvidence(db),
    fleet: createFleetReaders(db, fresh.source),
    places: createPlaceCounts(db, fresh.source),
    movements: createMovements(db),
    findings: createFindingReaders(db),
    policy: createPolicyReader(db),
    asOf: createAsOf(db),
    posture: createPostureReader(db, fresh.source),
    ledger: createLedgerReader(db),
    assessments: createAssessmentReader(db),
    all: createReadAll(db, fresh.source),
  };
};
