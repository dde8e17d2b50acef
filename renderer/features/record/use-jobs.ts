import { useCallback, useEffect, useState } from 'react';
import type { Job, JobAsk, JobKind } from '../../../shared/contract/job-schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { useQuery } from '../../transport/query.ts';
import { call, subscribe } from '../../transport/transport.ts';
import { merged } from './job-words.ts';

export type Said = Pick<Problem, 'message' | 'nextStep'>;

export type Jobs = {
  /** Newest first; undefined while nothing is known. */
  readonly list: readonly Job[] | undefined;
  readonly problem: Problem | undefined;
  /** Gives why it was not begun; null where it was. */
  readonly start: (ask: JobAsk) => Promise<Said | null>;
  readonly cancel: (id: number) => Promise<Said | null>;
};

/** The jobs of this start, as they go on. */
export const useJobs = (): Jobs => {
  const { data, problem, refetch } = useQuery('jobs.list', {});
  const [told, setTold] = useState<readonly Job[]>([]);
  useEffect(
    () =>
      subscribe('jobs.progress', (job) => {
        setTold((before) => [...before.filter((one) => one.id !== job.id), job]);
        // The list knows it from its first word on, and keeps how it ended.
        if (job.done === 0 || job.state !== 'running') refetch();
      }),
    [refetch],
  );
  const start = useCallback(
    async (ask: JobAsk): Promise<Said | null> => {
      const answer = await call('jobs.start', ask);
      refetch();
      if (!answer.ok) return answer.problem;
      return answer.value.state === 'refused' ? answer.value : null;
    },
    [refetch],
  );
  const cancel = useCallback(async (id: number): Promise<Said | null> => {
    const answer = await call('jobs.cancel', { id });
    return answer.ok ? null : answer.problem;
  }, []);
  return { list: data === undefined ? undefined : merged(data, told), problem, start, cancel };
};

/** The one of a kind that goes on, and the last one that ended: what is known stays in its place until something newer is. */
export type Standing = { readonly running: Job | undefined; readonly last: Job | undefined };
export const standingOf = (list: readonly Job[] | undefined, kind: JobKind): Standing => ({
  running: list?.find((job) => job.kind === kind && job.state === 'running'),
  last: list?.find((job) => job.kind === kind && job.state !== 'running'),
});
