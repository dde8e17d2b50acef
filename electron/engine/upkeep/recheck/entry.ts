import type { RecheckReport } from '../../../../shared/contract/job-schemas.ts';
import type { Result } from '../../../../shared/model/result.ts';
import type { Who } from '../../../ledger/entry.ts';
import type { Store } from '../../../store/store.ts';
import { sentenceOf } from './report.ts';

const NAMED = 20;

/**
 * A re-check that came to its end is an entry: who checked, when, how much and with what result. That somebody looks at regular times can be
 * shown by it, and what was found wrong cannot be unseen later. It is no proof that the ledger holds, because the ledger says it of itself, and
 * the entry says so. One that was stopped found out nothing, and is none.
 *
 * Gives what is to be said of a disk that does not take it: the result counts all the same.
 */
export const enterRecheck = (ledger: Pick<Store['ledger'], 'append'>, who: Who, found: Result<RecheckReport>): string => {
  const said = found.ok ? sentenceOf(found.value) : found.problem.message;
  const detail = `Re-checked by Plumbline itself, which proves nothing to anyone else. ${said}`;
  const body = found.ok
    ? {
        outcome: found.value.outcome,
        entries: found.value.entries,
        signed: found.value.signed,
        wrong: found.value.wrong.length,
        notEvaluated: found.value.notEvaluated.map(({ code }) => code),
        first: found.value.wrong.slice(0, NAMED).map(({ sentence }) => sentence),
        detail,
      }
    : { outcome: 'unreadable', why: found.problem.code, detail };
  try {
    ledger.append({ who, kind: 'ledger.rechecked', subject: 'ledger', body });
    return '';
  } catch {
    return ' This result could not be entered into the ledger.';
  }
};
