import type { EventRow, HostDetail, ImaRow } from '../../../shared/contract/schemas.ts';
import { differenceHref, hostHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { joinSentences } from '../../ui/sentences.ts';
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
      <a href={differenceHref(host.row.id, { with: 'reference', at: event.index })}>See the difference</a>
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
      <a href={differenceHref(host.row.id, { with: 'reference', log: 'programs', at: file.index })}>See the difference</a>
    </p>
    <Measured digest={file.fileDigest} bank={null} expected={file.broke?.expected ?? []} />
  </>
);

const waiting = (query: { data: unknown; problem: unknown }): boolean => query.data === undefined && query.problem === undefined;

/** Where no single measurement is to blame: the checks that failed, or else what the broken link says. */
const Otherwise = ({ host }: { host: HostDetail }) => {
  const failed = host.checks.filter((check) => check.outcome === 'fail');
  const broken = host.chain.find((part) => part.verdict === 'failed');
  const said = failed.length > 0 ? failed.map((check) => check.message) : [broken?.reason ?? host.row.reason];
  return (
    <>
      <h2 id="broke">{failed.length > 1 ? 'The checks that failed' : 'What broke trust'}</h2>
      <ul className={said.length > 1 ? styles['reasons'] : styles['reason']}>
        {said.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {failed.length === 0 && broken !== undefined && (
        <p className={styles['what']}>
          <span>{LINK_WORD[broken.link]}</span>
          <span>{joinSentences(broken.basis, said.join(' '))}</span>
        </p>
      )}
    </>
  );
};

/** Which single measurement broke trust, in words first and then in digests. */
export const BrokePanel = ({ host }: { host: HostDetail }) => {
  const { id } = host.row;
  const events = useQuery('hosts.events', { id, offset: 0, limit: FEW, onlyBroken: true });
  const files = useQuery('hosts.ima', { id, offset: 0, limit: FEW, onlyBroken: true });
  if (waiting(events) || waiting(files)) return null;
  const event = events.data?.rows[0];
  const file = files.data?.rows[0];
  const more = (events.data?.total ?? 0) + (files.data?.total ?? 0) - 1;
  return (
    <section className={styles['panel']} aria-labelledby="broke" data-tour="broke">
      {event === undefined && file === undefined ? <Otherwise host={host} /> : <h2 id="broke">The event that broke trust</h2>}
      {event !== undefined && <Event host={host} event={event} />}
      {event === undefined && file !== undefined && <File host={host} file={file} />}
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
