import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { recheck, type RecheckReport } from '../../ledger/recheck/recheck.ts';
import type { LedgerSource, RecheckOptions } from '../../ledger/recheck/source.ts';
import type { Db } from '../db.ts';
import { auditEvidence } from './evidence.ts';
import { ledgerFile } from './ledger-file.ts';
import { openForAudit } from './open.ts';
import { auditRecords, type RecordReport } from './records.ts';
import { auditSource } from './source.ts';

export type Examined = { readonly ledger: RecheckReport; readonly records: RecordReport };

export type Examination = Pick<RecheckOptions, 'keys' | 'held' | 'witnessKeys' | 'verifyTimeStamp'> & {
  /** Whether kept evidence is unpacked and hashed. */
  readonly withEvidence: boolean;
  /** Told between entries. All entries being read is not the end: what hosts are shown as is held against them after that. */
  readonly onProgress: (entries: number, of: number) => void;
  readonly isStopped: () => boolean;
};

class Stopped extends Error {}

/** Entries with large evidence take their time: whoever waits hears of it, and may stop it, before a whole block of them is read. */
const AT_A_TIME = 100;
const inSteps = (source: LedgerSource): LedgerSource => ({
  ...source,
  *entries() {
    for (const block of source.entries())
      for (let from = 0; from < block.length; from += AT_A_TIME) yield block.slice(from, from + AT_A_TIME);
  },
});

const examineDb = (db: Db, { withEvidence, onProgress, isStopped, ...given }: Examination): Examined => {
  // One moment of the database, however long this takes and whatever is recorded meanwhile: otherwise what was entered while the entries
  // were read would look as if it had been changed behind them. Nothing waits for it; what is written meanwhile stays in the journal.
  db.exec('BEGIN');
  // A ledger that was tampered with may say anything of its size. It is only for whoever waits.
  const total = Math.max(0, Math.min(ledgerFile(db).size(), Number.MAX_SAFE_INTEGER));
  onProgress(0, total);
  const stopHere = (): void => {
    if (isStopped()) throw new Stopped();
  };
  const state = withEvidence ? auditEvidence(db) : null;
  const evidence: RecheckOptions['evidence'] =
    state === null
      ? undefined
      : (sha256) => {
          stopHere();
          return state(sha256);
        };
  const shouldStop = (entries: number): boolean => {
    stopHere();
    onProgress(Math.min(entries, total), total);
    return false;
  };
  const ledger = recheck(inSteps(auditSource(db)), { ...given, shouldStop, ...(evidence !== undefined && { evidence }) });
  const steps = auditRecords(db);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { ledger, records: step.value };
    stopHere();
  }
};

/**
 * The independent re-check of a whole data folder: the ledger from its entries alone, and what screens read against it. Nothing is written;
 * the folder may be in use. Problems: those of opening it, data-damaged, stopped.
 */
export const examine = (folder: string, examination: Examination): Result<Examined> => {
  const opened = openForAudit(folder);
  if (!opened.ok) return opened;
  try {
    return ok(examineDb(opened.value.db, examination));
  } catch (error) {
    if (error instanceof Stopped) return fail('stopped', 'The check was stopped before its end.', 'Run it again.');
    const why = visibleText(error instanceof Error ? error.message : String(error), 300);
    return fail('data-damaged', `The database in ${visibleText(folder, 300)} cannot be read to its end: ${why}.`, 'Get it from a backup.');
  } finally {
    opened.value.close();
  }
};
