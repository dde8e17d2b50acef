import { useEffect, useState } from 'react';
import { useConnection } from '../transport/connection.ts';
import { useProgress } from '../transport/progress.ts';
import { useQuery } from '../transport/query.ts';
import { call } from '../transport/transport.ts';
import { Button } from '../ui/button.tsx';
import { useReadOnly } from '../ui/read-only.ts';
import { Ago } from '../ui/time.tsx';
import { count, plural } from '../ui/words.ts';
import { endpointsHref } from './navigation.ts';
import styles from './engine-status.module.css';

const Line = () => {
  const connection = useConnection((state) => state.connection);
  const running = Object.values(useProgress((state) => state.running));
  const endpoints = useQuery('endpoints.list', {});
  const readOnly = useReadOnly();
  if (connection.state === 'reconnecting') return <span data-tone="off">Reconnecting to the engine…</span>;
  if (connection.state === 'lost')
    return (
      <span data-tone="off">
        Engine lost <Ago atMs={connection.sinceMs} />; what you see is from then
      </span>
    );
  const [first, ...more] = running;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` and ${plural(more.length, 'other', 'others')}`;
    return (
      <>
        <progress max={Math.max(1, first.total)} value={first.done} aria-label={`Asking ${first.endpoint}`} />
        <span className={styles['asked']}>
          asking {first.endpoint}
          {others}
        </span>
        <span>
          {count(first.done)} of {count(first.total)}
        </span>
      </>
    );
  }
  const list = endpoints.data;
  if (list === undefined) return endpoints.problem === undefined ? null : <span data-tone="off">The engine does not answer</span>;
  if (list.length === 0) return <a href={endpointsHref}>{readOnly ? 'No endpoint recorded' : 'No endpoint yet'}</a>;
  const silent = list.filter((endpoint) => endpoint.state === 'silent').length;
  const last = list.reduce<number | null>(
    (newest, { lastSweepAtMs }) => (lastSweepAtMs === null ? newest : Math.max(newest ?? 0, lastSweepAtMs)),
    null,
  );
  return (
    <span>
      {silent > 0 && (
        <>
          <a href={endpointsHref}>
            {silent === list.length ? 'every endpoint is silent' : `${silent} of ${plural(list.length, 'endpoint', 'endpoints')} silent`}
          </a>
          {' · '}
        </>
      )}
      {last === null ? 'never asked yet' : 'asked '}
      {last !== null && <Ago atMs={last} />}
    </span>
  );
};

/** How long an answer to a press stays true enough to stand there. */
const SAID_MS = 6000;

export const EngineStatus = () => {
  const [said, setSaid] = useState('');
  const busy = useProgress((state) => Object.keys(state.running).length > 0);
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const ask = async (): Promise<void> => {
    if (busy) {
      setSaid('A sweep is already under way.');
      return;
    }
    const answer = await call('poll.now', {});
    setSaid(answer.ok ? (answer.value.started ? '' : 'A sweep is already under way.') : answer.problem.message);
  };
  return (
    <>
      <div className={styles['line']}>
        <Line />
      </div>
      <output className={styles['said']}>{said}</output>
      <Button writes onClick={() => void ask()} aria-disabled={busy}>
        Ask now
      </Button>
    </>
  );
};
