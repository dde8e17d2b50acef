import { useCallback, useEffect, useState } from 'react';
import type { Job, JobAsk, RecheckAsk } from '../../shared/contract/job-schemas.ts';
import type { Problem } from '../../shared/model/result.ts';
import { merged } from './job-list.ts';
import { useQuery } from './query.ts';
import { call, subscribe } from './transport.ts';

export type Said = Pick<Problem, 'message' | 'nextStep'>;

/** A re-check is a call of its own, because it is made also where nothing may be changed. */
export type Begun = JobAsk | ({ readonly kind: 'recheck' } & RecheckAsk);

export type Jobs = {
  /** Newest first; undefined while nothing is known. */
  readonly list: readonly Job[] | undefined;
  readonly problem: Problem | undefined;
  /** Gives its number, or why it was not begun. */
  readonly begin: (ask: Begun) => Promise<number | Said>;
  /** Gives why it was not begun; null where it was. */
  readonly start: (ask: Begun) => Promise<Said | null>;
  readonly cancel: (id: number) => Promise<Said | null>;
};

const asked = (ask: Begun): ReturnType<typeof call<'jobs.start'>> => {
  if (ask.kind !== 'recheck') return call('jobs.start', ask);
  const { kind: _, ...given } = ask;
  return call('ledger.recheck', given);
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
  const begin = useCallback(
    async (ask: Begun): Promise<number | Said> => {
      const answer = await asked(ask);
      refetch();
      if (!answer.ok) return answer.problem;
      return answer.value.state === 'refused' ? answer.value : answer.value.id;
    },
    [refetch],
  );
  const start = useCallback(
    async (ask: Begun): Promise<Said | null> => {
      const begun = await begin(ask);
      return typeof begun === 'number' ? null : begun;
    },
    [begin],
  );
  const cancel = useCallback(async (id: number): Promise<Said | null> => {
    const answer = await call('jobs.cancel', { id });
    return answer.ok ? null : answer.problem;
  }, []);
  return { list: data === undefined ? undefined : merged(data, told), problem, begin, start, cancel };
};
