import { useCallback, useState } from 'react';
import type { Difference, DifferenceRow } from '../../../../shared/contract/difference-schemas.ts';
import { MAX_UNFOLDED } from '../../../../shared/contract/difference-schemas.ts';
import { fail, ok } from '../../../../shared/model/result.ts';
import type { DifferenceView } from '../../../app/navigation.ts';
import { usePages } from '../../../transport/pages.ts';
import { call } from '../../../transport/transport.ts';

type Unfolded = 'all' | readonly number[];

/** A comparison as it is looked at: what is said of the whole, and a window of its rows. */
export const useDifference = (id: string, { with: held, peer, log, at }: DifferenceView) => {
  const asked = `${id} ${held} ${peer ?? ''} ${log}`;
  const [fold, setFold] = useState<{ readonly asked: string; readonly unfolded: Unfolded }>({ asked, unfolded: [] });
  const unfolded = fold.asked === asked ? fold.unfolded : [];
  const [whole, setWhole] = useState<{ readonly key: string; readonly difference: Difference | null } | null>(null);
  const key = `${asked} ${unfolded === 'all' ? unfolded : unfolded.join(',')}`;
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const ask = { id, with: held, peer, log, at, unfolded: unfolded === 'all' ? unfolded : [...unfolded] };
      const answer = await call('hosts.difference', { ...ask, offset, limit });
      if (!answer.ok) return answer;
      setWhole({ key, difference: answer.value });
      return answer.value === null ? fail('no-host', 'There is no such host.', 'Look for it among the hosts.') : ok(answer.value);
    },
    // What `unfolded` holds is in the key; a row that is asked for does not make it another list.
    // oxlint-disable-next-line react/exhaustive-deps -- as said
    [key],
  );
  const pages = usePages<DifferenceRow>(key, fetchPage);
  const change = (next: Unfolded): void => setFold({ asked, unfolded: next });
  return {
    ...pages,
    key,
    /** Of the list that is on screen; null = there is no such host. */
    difference: whole?.key.startsWith(asked) === true ? whole.difference : undefined,
    isWhole: whole?.key === key,
    allUnfolded: unfolded === 'all',
    /** Folds a stretch that is unfolded and the other way round; at most MAX_UNFOLDED are. */
    toggle: (start: number): void => {
      if (unfolded === 'all') change([]);
      else if (unfolded.includes(start)) change(unfolded.filter((one) => one !== start));
      else change([...unfolded.slice(-(MAX_UNFOLDED - 1)), start]);
    },
    foldAll: (): void => change([]),
    unfoldAll: (): void => change('all'),
  };
};
