import type { EndpointStatus } from '../../../shared/contract/schemas.ts';
import { hostsHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Ago, Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { Alerts } from './alerts.tsx';
import { LeaveDemo } from './leave-demo.tsx';
import { NoEndpoint } from './no-endpoint.tsx';
import styles from './endpoints.module.css';

const STATE_WORD: Readonly<Record<EndpointStatus['state'], string>> = {
  'never-asked': 'Never asked',
  asking: 'Being asked now',
  answering: 'Answering',
  silent: 'Silent',
};

const Still = ({ endpoint }: { endpoint: EndpointStatus }) =>
  endpoint.lastSuccessAtMs === null ? (
    <>It has never answered, so nothing is known of its hosts.</>
  ) : (
    <>
      It last answered <Ago atMs={endpoint.lastSuccessAtMs} />. What was verified then stays on record; its hosts turn stale as their
      evidence ages.
    </>
  );

const Endpoint = ({ endpoint }: { endpoint: EndpointStatus }) => (
  <li className={styles['endpoint']}>
    <div className={styles['name']}>
      <h2>{endpoint.name}</h2>
      <p>
        <strong data-state={endpoint.state}>{STATE_WORD[endpoint.state]}</strong>
      </p>
      <p>
        {endpoint.kind}
        {endpoint.demo && ', says of itself that it is a simulator'}
      </p>
    </div>
    <div className={styles['facts']}>
      {endpoint.problem !== null && <Callout problem={endpoint.problem} still={<Still endpoint={endpoint} />} />}
      <KeyValue
        pairs={[
          { key: 'Address', value: <code>{endpoint.url}</code> },
          {
            key: 'Hosts',
            value:
              endpoint.hosts === 0 ? (
                'none yet'
              ) : (
                <a href={hostsHref({ endpoint: endpoint.name })}>{plural(endpoint.hosts, 'host', 'hosts')}</a>
              ),
          },
          {
            key: 'Last asked',
            value: <Instant atMs={endpoint.lastSweepAtMs} />,
            note: endpoint.lastDurationMs === null ? undefined : `took ${count(endpoint.lastDurationMs)} ms`,
          },
          { key: 'Last answer', value: <Instant atMs={endpoint.lastSuccessAtMs} /> },
          { key: 'Asked every', value: formatDuration(endpoint.intervalMs) },
          { key: 'Asked next', value: <Instant atMs={endpoint.nextSweepAtMs} none="not planned" /> },
        ]}
      />
    </div>
  </li>
);

export const Endpoints = () => {
  const { data, problem } = useQuery('endpoints.list', {});
  const readOnly = useReadOnly();
  return (
    <div className={styles['page']}>
      <h1>Endpoints</h1>
      <LeaveDemo />
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {readOnly && data !== undefined && (
        <p>
          {data.length === 0
            ? 'None is recorded in this data folder.'
            : 'As the Plumbline that keeps this data folder recorded them last. What it is asking now, and what next, is not known here.'}
        </p>
      )}
      {data?.length === 0 && !readOnly && <NoEndpoint />}
      <ul>
        {data?.map((endpoint) => (
          <Endpoint key={endpoint.name} endpoint={endpoint} />
        ))}
      </ul>
      <Alerts />
    </div>
  );
};
