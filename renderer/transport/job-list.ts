import type { Job, JobKind } from '../../shared/contract/job-schemas.ts';

/** Numbers begin anew with each start of the engine; the moment tells two of them apart. */
const isSame = (a: Job, b: Job): boolean => a.id === b.id && a.startedAtMs === b.startedAtMs;

/** Of two pictures of one job the later one: an answer and an event may overtake each other. */
const later = (a: Job, b: Job): Job => {
  if (a.state !== 'running') return a;
  return b.state !== 'running' || b.done >= a.done ? b : a;
};

/** What the list says, and what was told since. */
export const merged = (list: readonly Job[], told: readonly Job[]): readonly Job[] =>
  list.map((job) => told.filter((one) => isSame(one, job)).reduce(later, job));

/** The one of a kind that goes on, and the last one that ended: what is known stays in its place until something newer is. */
export type Standing = { readonly running: Job | undefined; readonly last: Job | undefined };
export const standingOf = (list: readonly Job[] | undefined, kind: JobKind): Standing => ({
  running: list?.find((job) => job.kind === kind && job.state === 'running'),
  last: list?.find((job) => job.kind === kind && job.state !== 'running'),
});
