import type { AllowedPlaces } from '../../shared/map/standing.ts';
import type { SaidItem } from '../../shared/contract/assessment-schemas.ts';
import type { ExportFormat } from '../../shared/contract/export-schemas.ts';
import type { Finding } from '../../shared/contract/finding-schemas.ts';
import type { HostRow } from '../../shared/contract/schemas.ts';
import type { Problem } from '../../shared/model/result.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import type { EntryBytes } from '../store/export-rows.ts';
import type { ExportStore } from '../store/export-store.ts';
import type { IssuerFiles } from '../pack/issuers.ts';
import type { ControlMapping } from './controls/mapping.ts';
import type { Logo } from './logo/limits.ts';
import type { ExportHead } from './export-head.ts';

/** Where a format writes: bytes, or text that becomes UTF-8. Throws where the disk takes no more. */
export type Sink = { readonly write: (part: string | Uint8Array) => void };

/** An entry of the ledger; `entry` is null where its bytes cannot be read, which is no reason to leave it out. */
export type EntryRow = EntryBytes & { readonly entry: LedgerEntry | null; readonly sentence: string };

/** The rows of an export, each once and in the order of the list. Going through them tells how far it is, and throws when it is stopped. */
export type Rows =
  | { readonly of: 'hosts'; readonly each: Iterable<HostRow> }
  | { readonly of: 'findings'; readonly each: Iterable<Finding> }
  | { readonly of: 'ledger'; readonly each: Iterable<EntryRow> };

/** Whose name and picture stand on each page of a report. */
export type Organisation = { readonly name: string | null; readonly logo: Logo | null };

export type ExportSource = {
  readonly head: ExportHead;
  readonly rows: Rows;
  /** The same rows once more, from their beginning, where a format needs to go through them twice. */
  readonly again: () => Rows;
  /** Which evidence supports which control. */
  readonly controls: ControlMapping;
  /** What else is recorded, of the same moment. */
  readonly store: ExportStore;
  /** What people said of the runs before, where it is the run of a report: judgements, and no measurements. */
  readonly said: readonly SaidItem[];
  /** Since when a report says what changed; absent = a format's own choice. */
  readonly sinceMs?: number;
  /** Whose report it is; null = nobody said. The name may hold anything. */
  readonly organisation: Organisation | null;
  /** To be called now and then by what goes on without rows: throws when the export is stopped. */
  readonly goOn: () => void;
  /** Text of a file that is installed with the program. */
  readonly resources: (name: 'check.sh' | 'check.html' | 'world.json') => string;
  /** Certificates of makers of TPMs that are trusted, and those between, as files (DER or PEM); none where none are named. */
  readonly issuers: IssuerFiles;
  /** Where the manifest in force lets hosts be; null where none of our own is in force. */
  readonly allowed: AllowedPlaces | null;
};

/**
 * One way to write an export. It reads the moment that it is given and writes into the sink, and knows neither files nor threads. It may never
 * hold all rows at once, and whatever it writes of hosts is hostile text.
 */
export type Format = {
  readonly id: ExportFormat;
  /** Why it cannot be written of such an export; asked before anything is written. */
  readonly refusal?: (head: ExportHead) => Problem | null;
  readonly write: (source: ExportSource, sink: Sink) => void | Promise<void>;
};
