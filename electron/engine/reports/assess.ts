import { NEED_COMMENT } from '../../../shared/contract/assessment-schemas.ts';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ReportChange } from '../../../shared/contract/report-schemas.ts';
import type { Who } from '../../ledger/entry.ts';
import type { Store } from '../../store/store.ts';
import { createRunItems } from './run-items.ts';

const refused = (message: string, nextStep: string): ReportChange => ({ state: 'refused', message, nextStep });

export type AssessOptions = {
  readonly store: Pick<Store, 'reports' | 'assessments'>;
  readonly who: Who;
  readonly nowMs: () => number;
};

/**
 * What a person says of items of the last run of a report. It is bound to that run and to the digest of its file: what is said of a run that is not
 * the last any more would be said of something else than was looked at, and is refused.
 */
export const createAssess = ({ store: { reports, assessments }, who, nowMs }: AssessOptions): Pick<Handlers, 'reports.assess'> => {
  const itemsOf = createRunItems(assessments);
  return {
    'reports.assess': ({ id, assessment: { run, items, state, comment } }) => {
      const report = reports.get(id);
      if (report === null) return refused('There is no such report any more.', 'Look at the list again.');
      if (report.lastRun?.entry !== run)
        return refused('This is not the last run of the report any more.', 'Look at the items of the new run, and say it of those.');
      const found = itemsOf(id);
      if (found === null) return refused('An older version made this run, and nothing can be said of it.', 'Make the report again.');
      if (NEED_COMMENT.includes(state) && comment === '')
        return refused('Flagged and not applicable need a comment.', 'Say why, so that the next one understands it.');
      const wanted = new Set(items.map((item) => `${item.kind} ${item.id}`));
      const judged = found.items.filter((item) => wanted.has(`${item.kind} ${item.id}`));
      if (judged.length !== wanted.size) return refused('Something of this is not in the run.', 'Look at its items again.');
      assessments.assess({ report: id, name: report.definition.name, run, sha256: found.run.sha256 }, judged, state, comment, who, nowMs());
      return { state: 'done', id };
    },
  };
};
