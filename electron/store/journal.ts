import { BY_ITSELF, type LedgerWriter } from './ledger-writer.ts';

/** What somebody did, in a sentence. `who`: the operating system's user; null where nobody did, but the clock or the evidence. */
export type JournalStep = {
  readonly who: string | null;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  /** Digest of what was decided on, where it is kept. */
  readonly sha256?: string;
  /** The entry of the step for many things that this one is a part of. */
  readonly of?: number;
};

/** Adds one step to the ledger; inside the caller's transaction where there is one. */
export type WriteJournal = (step: JournalStep) => void;

export const createJournalWriter =
  (ledger: LedgerWriter): WriteJournal =>
  ({ who, kind, subject, detail, sha256, of }) => {
    const body = { detail, ...(sha256 !== undefined && { sha256 }), ...(of !== undefined && { of }) };
    ledger.append({ who: who === null ? BY_ITSELF : { kind: 'os-user', name: who }, kind, subject, body });
  };

/** How a finding is named in the ledger. */
export const findingSubject = (id: number): string => `finding ${id}`;
