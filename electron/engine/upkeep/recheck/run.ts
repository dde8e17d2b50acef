import type { RecheckReport } from '../../../../shared/contract/job-schemas.ts';
import type { Result } from '../../../../shared/model/result.ts';
import { examine } from '../../../store/audit/examine.ts';
import { readAsked, type Recheck, type RecheckAsked } from './asked.ts';
import { reportOf } from './report.ts';

type Watch = { readonly onProgress: (done: number, total: number) => void; readonly isStopped: () => boolean };

/** The re-check, in this thread and to its end. */
export const runRecheck = (asked: RecheckAsked, watch: Watch): Result<RecheckReport> => {
  const given = readAsked(asked);
  if (!given.ok) return given;
  const examined = examine(asked.dataFolder, { ...given.value, ...watch, withEvidence: true });
  return examined.ok ? { ok: true, value: reportOf(examined.value, (given.value.held?.length ?? 0) > 0) } : examined;
};

/** Where nothing else needs this thread: it answers nobody until it ends. */
export const recheckHere: Recheck = (asked, onProgress, signal) =>
  Promise.resolve(runRecheck(asked, { onProgress, isStopped: () => signal.aborted }));
