import type { Db } from './open.ts';

/** One step that somebody took. Only ever added to. */
export type JournalEntry = {
  readonly id: number;
  readonly atMs: number;
  readonly who: string;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
};

/** Who acts where nobody does: the clock and the evidence. */
export const BY_ITSELF = 'Plumbline';

/** Adds one step to the journal; inside the caller's transaction where there is one. */
export type WriteJournal = (step: Omit<JournalEntry, 'id'>) => void;

export const createJournalWriter = (db: Db): WriteJournal => {
  const write = db.prepare('INSERT INTO journal (at_ms, who, kind, subject, detail) VALUES (@atMs, @who, @kind, @subject, @detail)');
  return (step) => {
    write.run(step);
  };
};

/** How a finding is named in the journal. */
export const findingSubject = (id: number): string => `finding ${id}`;
