import type { AlertPlace } from '../../../shared/contract/alert-schemas.ts';
import { recordHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Instant } from '../../ui/time.tsx';
import { count } from '../../ui/words.ts';
import { WorkMark } from '../../ui/work-mark.tsx';
import styles from './endpoints.module.css';

const KIND: Readonly<Record<AlertPlace['kind'], string>> = { webhook: 'Webhook', syslog: 'Syslog over TLS' };

const EXAMPLE = `alerts:
  - kind: webhook
    name: on-call
    url: https://hooks.example/plumbline
    secret: "\${PLUMBLINE_WEBHOOK_SECRET}"
  - kind: syslog
    name: siem
    host: siem.example
    format: cef`;

const State = ({ place: { problem, sent } }: { place: AlertPlace }) => {
  if (problem !== null) return <WorkMark state="failed" word="Cannot be told" />;
  return sent === 0 ? <WorkMark state="none" word="Nothing told yet" /> : <WorkMark state="done" word="Told" />;
};

const Place = ({ place }: { place: AlertPlace }) => (
  <li className={styles['endpoint']}>
    <div className={styles['name']}>
      <h3>{place.name}</h3>
      <p>
        <State place={place} />
      </p>
      <p>{KIND[place.kind]}</p>
    </div>
    <div className={styles['facts']}>
      {place.problem !== null && (
        <Callout
          problem={place.problem}
          still={
            <>
              Nothing is lost: everything is told in order when it can be, which is tried again{' '}
              {place.triedAgainAtMs === null ? 'by itself' : <Instant atMs={place.triedAgainAtMs} />}.
            </>
          }
        />
      )}
      <KeyValue
        pairs={[
          { key: 'Where', value: <code>{place.place}</code> },
          { key: 'Told of', value: place.kinds === null ? 'what is told by default' : <code>{place.kinds.join(', ')}</code> },
          { key: 'Alerts sent', value: place.sent === 0 ? 'none yet' : <a href={recordHref({ kind: 'alert' })}>{count(place.sent)}</a> },
          { key: 'Last sent', value: <Instant atMs={place.sentAtMs} /> },
        ]}
      />
    </div>
  </li>
);

/** Who is told of what happens. Where alerts go is written in the endpoints file, not here: a click must not send a fleet's state elsewhere. */
export const Alerts = () => {
  const { data, problem } = useQuery('alerts.list', {});
  const readOnly = useReadOnly();
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">Who is told of what happens</h2>
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {readOnly && (
        <p>
          That is written in the endpoints file of the Plumbline that keeps this folder, and not known here. What was told is in the ledger:{' '}
          <a href={recordHref({ kind: 'alert' })}>entries about alerts</a>.
        </p>
      )}
      {data?.length === 0 && !readOnly && (
        <div className={styles['none']}>
          <p>
            <WorkMark state="none" word="Nobody outside is told" />
          </p>
          <p>
            A verdict that changes and a finding that opens are seen only by who looks. Name a webhook or a syslog receiver in the endpoints
            file, and start Plumbline again:
          </p>
          <pre>{EXAMPLE}</pre>
        </div>
      )}
      <ul>
        {data?.map((place) => (
          <Place key={place.name} place={place} />
        ))}
      </ul>
    </section>
  );
};
