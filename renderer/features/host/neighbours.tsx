import { useLayoutEffect, useMemo, useRef } from 'react';
import { go, hostHref, type HostTab } from '../../app/navigation.ts';
import { type HostPath, setHostPath, useHostPath } from '../../transport/host-path.ts';
import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { count } from '../../ui/words.ts';
import styles from './host-head.module.css';

type NeighboursProps = { id: string; tab: HostTab };

const Steps = ({ id, tab, path }: NeighboursProps & { path: HostPath }) => {
  const first = Math.max(0, path.index - 1);
  const { data } = useQuery('hosts.list', { ...path.ask, offset: first, limit: 3 });
  const rows = data?.rows ?? [];
  const place = rows.findIndex((row) => row.id === id);
  // Where the list changed meanwhile, its neighbours are not those of this host.
  const [before, after] = place < 0 ? [undefined, undefined] : [rows[place - 1], rows[place + 1]];
  const step = (to: typeof before, by: number): void => {
    if (to === undefined) return;
    setHostPath({ ...path, index: first + place + by });
    go(hostHref(to.id, tab === 'checks' ? undefined : tab));
  };
  const now = useRef({ previous: () => {}, next: () => {} });
  useLayoutEffect(() => {
    now.current = { previous: () => step(before, -1), next: () => step(after, 1) };
  });
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        { id: 'host.next', word: 'Next host of the list', group: 'This page', keys: ']', run: () => now.current.next() },
        { id: 'host.previous', word: 'Previous host of the list', group: 'This page', keys: '[', run: () => now.current.previous() },
      ],
      [],
    ),
  );
  return (
    <span className={styles['steps']}>
      <Button kind="word" aria-disabled={before === undefined} onClick={() => step(before, -1)}>
        Previous host
      </Button>
      <span>{data === undefined || place < 0 ? 'not in the list any more' : `${count(first + place + 1)} of ${count(data.total)}`}</span>
      <Button kind="word" aria-disabled={after === undefined} onClick={() => step(after, 1)}>
        Next host
      </Button>
    </span>
  );
};

/** The hosts before and after this one, in the list that one came from; nothing where one did not come from a list. */
export const Neighbours = ({ id, tab }: NeighboursProps) => {
  const path = useHostPath((state) => state.path);
  return path === null ? null : <Steps id={id} tab={tab} path={path} />;
};
