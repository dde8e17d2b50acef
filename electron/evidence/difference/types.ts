import type { Bank } from '../types.ts';

export type ChangeKind = 'changed' | 'added' | 'removed' | 'moved';

/** Where else a digest was seen, told by whoever remembers other hosts. */
export type Sighting = { readonly hosts: number; readonly sinceMs: number };

export type DifferenceOptions = {
  readonly seenOn?: (digest: string) => Sighting | null;
  /** The bytes of both logs: then data that no digest covers is compared as well. */
  readonly raw?: { readonly a: Uint8Array; readonly b: Uint8Array };
  /** What the two are called in sentences; "A" and "B" unless said. */
  readonly names?: { readonly a: string; readonly b: string };
  /** How many changes are listed at most; counts are always whole. */
  readonly limit?: number;
};

/** One event of both logs, or of one of them. */
export type EventChange = {
  readonly what: 'event';
  readonly change: ChangeKind;
  readonly pcr: number;
  /** Index in A and in B; null where it is not there. */
  readonly indexA: number | null;
  readonly indexB: number | null;
  /** A claim, as in the log. */
  readonly claimedType: string;
  readonly subject: string;
  /** One sentence in plain words. */
  readonly reason: string;
  readonly details: readonly string[];
};

export type FileChange = {
  readonly what: 'file';
  readonly change: Exclude<ChangeKind, 'moved'>;
  readonly pcr: number;
  readonly indexA: number | null;
  readonly indexB: number | null;
  readonly path: string;
  /** Path in A, where another kernel version has the file elsewhere. */
  readonly formerPath: string | null;
  readonly digestsA: readonly string[];
  readonly digestsB: readonly string[];
  readonly violation: boolean;
  readonly reason: string;
};

export type PcrChange = {
  readonly what: 'pcr';
  readonly change: ChangeKind;
  readonly pcr: number;
  readonly bank: Bank;
  readonly a: string | null;
  readonly b: string | null;
  readonly reason: string;
};

export type Change = EventChange | FileChange | PcrChange;

/** One line of the two logs side by side; `same` runs are not changes. Order: within a PCR as measured. */
export type AlignedEvent = {
  readonly status: 'same' | ChangeKind;
  readonly pcr: number;
  readonly indexA: number | null;
  readonly indexB: number | null;
};

export type PcrSummary = {
  readonly pcr: number;
  readonly same: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  readonly moved: number;
  /** Whether the replayed values differ in a bank that both have; null where they cannot be compared. */
  readonly valueDiffers: boolean | null;
  readonly firstDivergence: string | null;
};

/** Why the two may differ. Always a likelihood: whoever can change a boot can make it look like an update. */
export type Cause = {
  readonly cause: string;
  readonly judgement: 'likely-benign' | 'look' | 'not-benign';
  readonly reasons: readonly string[];
};

export type LogDifference = {
  readonly identical: boolean;
  readonly firstDivergence: EventChange | null;
  readonly changes: readonly EventChange[];
  readonly aligned: readonly AlignedEvent[];
  readonly pcrs: readonly PcrSummary[];
  readonly causes: readonly Cause[];
  /** What could not be compared, each a sentence; nothing is identical while this is not empty. */
  readonly notCompared: readonly string[];
};

export type ImaDifference = {
  readonly identical: boolean;
  readonly firstDivergence: FileChange | null;
  /** At most `limit`; `counts` are whole. */
  readonly changes: readonly FileChange[];
  readonly counts: {
    readonly same: number;
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly violations: number;
  };
  readonly causes: readonly Cause[];
  readonly notCompared: readonly string[];
};

export type EvidenceDifference = {
  readonly identical: boolean;
  readonly firstDivergence: Change | null;
  readonly changes: readonly Change[];
  readonly log: LogDifference | null;
  readonly ima: ImaDifference | null;
  readonly causes: readonly Cause[];
  readonly notCompared: readonly string[];
};
