import { hostHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Digest } from '../../ui/digest.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './findings.module.css';

type Measured = { readonly digest: string; readonly expected: readonly string[]; readonly where: React.ReactNode; readonly what: string };

const SHOWN = 2;

const Pairs = ({ digest, expected, where, what }: Measured) => (
  <div className={styles['measured']}>
    <KeyValue
      pairs={[
        { key: 'Where', value: where },
        { key: 'What', value: what },
        { key: 'Got', value: <Digest value={digest} label="measured digest" keep={10} /> },
        {
          key: 'Expected',
          value:
            expected.length === 0 ? (
              'Nothing of the kind is in the reference.'
            ) : (
              <>
                {expected.slice(0, SHOWN).map((value) => (
                  <div key={value}>
                    <Digest value={value} label="expected digest" keep={10} />
                  </div>
                ))}
                {expected.length > SHOWN && `or ${plural(expected.length - SHOWN, 'other', 'others')}`}
              </>
            ),
        },
      ]}
    />
  </div>
);

/** What the host measures now beside what was expected. Only of a finding that holds: afterwards it is something else. */
export const Broke = ({ hostId }: { hostId: string }) => {
  const ask = { id: hostId, offset: 0, limit: 1, onlyBroken: true };
  const events = useQuery('hosts.events', ask);
  const files = useQuery('hosts.ima', ask);
  const event = events.data?.rows[0];
  const file = files.data?.rows[0];
  const total = (events.data?.total ?? 0) + (files.data?.total ?? 0);
  if (event === undefined && file === undefined)
    return events.data === undefined || files.data === undefined ? null : (
      <p className={styles['quiet']}>
        No single measurement is to blame. <a href={hostHref(hostId)}>The checks of the host</a> say what failed.
      </p>
    );
  return (
    <>
      {event !== undefined && (
        <Pairs
          digest={event.digest}
          expected={event.broke?.expected ?? []}
          where={
            <>
              <a href={hostHref(hostId, 'boot-events', event.index)}>Boot event {count(event.index)}</a>, PCR {event.pcr}
            </>
          }
          what={event.summary}
        />
      )}
      {event === undefined && file !== undefined && (
        <Pairs
          digest={file.fileDigest}
          expected={file.broke?.expected ?? []}
          where={<a href={hostHref(hostId, 'runtime', file.index)}>Measured file {count(file.index)}</a>}
          what={file.path}
        />
      )}
      {total > 1 && <p className={styles['quiet']}>It is the first of {plural(total, 'measurement', 'measurements')} that differ.</p>}
    </>
  );
};
