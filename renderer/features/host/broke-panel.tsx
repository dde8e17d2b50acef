import type { EventRow, HostDetail, ImaRow } from '../../../shared/contract/schemas.ts';
import { hostHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { count, LINK_WORD, plural } from '../../ui/words.ts';
import { Measured } from './measured.tsx';
import styles from './broke-panel.module.css';

const FEW = 20;

const Event = ({ host, event }: { host: HostDetail; event: EventRow }) => (
  <>
    <p className={styles['reason']}>{event.broke?.reason}</p>
    <p className={styles['what']}>
      {event.broke !== null && <span>{LINK_WORD[event.broke.link]}</span>}
      <a href={hostHref(host.row.id, 'boot-events', event.index)}>Boot event {count(event.index)}</a>
      <span>PCR {event.pcr}</span>
      <span>
        <code>{event.claimedType}</code> (claimed)
      </span>
      <span className={styles['summary']}>{event.summary}</span>
    </p>
    <Measured digest={event.digest} bank={event.bank} expected={event.broke?.expected ?? []} />
  </>
);

const File = ({ host, file }: { host: HostDetail; file: ImaRow }) => (
  <>
    <p className={styles['reason']}>{file.broke?.reason}</p>
    <p className={styles['what']}>
      {file.broke !== null && <span>{LINK_WORD[file.broke.link]}</span>}
      <a href={hostHref(host.row.id, 'runtime', file.index)}>Measured file {count(file.index)}</a>
      <code className={styles['summary']}>{file.path}</code>
    </p>
    <Measured digest={file.fileDigest} bank={null} expected={file.broke?.expected ?? []} />
  </>
);

/** Which single measurement broke trust, in words first and then in digests. Where there is none, the checks that failed. */
export const BrokePanel = ({ host }: { host: HostDetail }) => {
  const { id } = host.row;
  const events = useQuery('hosts.events', { id, offset: 0, limit: FEW, onlyBroken: true });
  const files = useQuery('hosts.ima', { id, offset: 0, limit: FEW, onlyBroken: true });
  if (events.data === undefined && files.data === undefined) return null;
  const event = events.data?.rows[0];
  const file = files.data?.rows[0];
  const more = (events.data?.total ?? 0) + (files.data?.total ?? 0) - 1;
  const failed = host.checks.filter((check) => check.outcome === 'fail');
  if (event === undefined && file === undefined && failed.length === 0) return null;
  return (
    <section className={styles['panel']} aria-labelledby="broke">
      <h2 id="broke">{event === undefined && file === undefined ? 'The checks that failed' : 'The event that broke trust'}</h2>
      {event !== undefined && <Event host={host} event={event} />}
      {event === undefined && file !== undefined && <File host={host} file={file} />}
      {event === undefined && file === undefined && (
        <ul className={styles['reason']}>
          {failed.map((check) => (
            <li key={check.code}>{check.message}</li>
          ))}
        </ul>
      )}
      {more > 0 && (
        <p className={styles['more']}>
          It was the first. {plural(more, 'more measurement differs', 'more measurements differ')}:{' '}
          {(events.data?.total ?? 0) > 0 && <a href={hostHref(id, 'boot-events')}>boot events</a>}{' '}
          {(files.data?.total ?? 0) > 0 && <a href={hostHref(id, 'runtime')}>files</a>}
        </p>
      )}
    </section>
  );
};
