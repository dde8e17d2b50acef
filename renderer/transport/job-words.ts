import type { Job, JobKind } from '../../shared/contract/job-schemas.ts';
import { count, plural } from '../ui/words.ts';

export const KIND_WORD: Readonly<Record<JobKind, string>> = {
  backup: 'Back up',
  purge: 'Delete what is old',
  compact: 'Give space back',
  recheck: 'Re-check',
  export: 'Export',
  findings: 'Findings',
};

export const STATE_WORD: Readonly<Record<Job['state'], string>> = {
  running: 'Running',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** How far a running one is, in its own measure. */
export const progressWords = ({ kind, done, total }: Pick<Job, 'kind' | 'done' | 'total'>): string => {
  if (kind === 'recheck') {
    if (total === 0) return 'Opening the database…';
    return done < total
      ? `${count(done)} of ${plural(total, 'entry', 'entries')}`
      : 'Every entry is read; now hosts, manifests and confirmations…';
  }
  if (kind === 'backup') return total === 0 ? 'Beginning…' : `${count(done)} of ${plural(total, 'page', 'pages')}`;
  if (kind === 'export') return total === 0 ? 'Beginning…' : `${count(done)} of ${plural(total, 'row', 'rows')}`;
  if (kind === 'findings') return total === 0 ? 'Beginning…' : `${count(done)} of ${plural(total, 'finding', 'findings')}`;
  return done === 0 ? 'Beginning…' : plural(done, 'step', 'steps');
};

/** What a live region says of a job that ended; nothing of one that goes on, which would be said all the time. */
export const endedWords = ({ kind, state, sentence, nextStep }: Job): string =>
  state === 'running' ? '' : `${KIND_WORD[kind]}: ${STATE_WORD[state].toLowerCase()}. ${sentence} ${nextStep ?? ''}`.trim();

const LEAST_DONE = 0.02;
const SECOND_MS = 1000;
/** How long it will still take if it goes on as until now, in ms; null where that cannot be told yet. */
export const remainingMs = ({ done, total, startedAtMs }: Pick<Job, 'done' | 'total' | 'startedAtMs'>, nowMs: number): number | null => {
  const share = total === 0 ? 0 : done / total;
  const taken = nowMs - startedAtMs;
  if (share < LEAST_DONE || share >= 1 || taken < SECOND_MS) return null;
  return (taken / share) * (1 - share);
};
