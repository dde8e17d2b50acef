import { useState } from 'react';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { go, recordHref, reportsHref } from '../../app/navigation.ts';
import { findingsHref } from '../../app/navigation-findings.ts';
import { endedWords, KIND_WORD, progressWords, remainingMs, STATE_WORD } from '../../transport/job-words.ts';
import { type Begun, type Jobs as JobsOf, type Said, useJobs } from '../../transport/jobs.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { useNow } from '../../ui/clock.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { Instant } from '../../ui/time.tsx';
import { WorkMark } from '../../ui/work-mark.tsx';
import styles from './jobs.module.css';

const Running = ({ job, onCancel }: { job: Job; onCancel: () => void }) => {
  const [stopping, setStopping] = useState(false);
  const left = remainingMs(job, useNow());
  const { done, total } = job;
  return (
    <li className={styles['running']}>
      <p>
        <strong>{KIND_WORD[job.kind]}</strong>, begun <Instant atMs={job.startedAtMs} /> by {job.who}
      </p>
      <div className={styles['progress']}>
        <progress {...(total > 0 && { max: total, value: Math.min(done, total) })} aria-label={`How far ${KIND_WORD[job.kind]} is`} />
        <span>{stopping ? 'Stopping…' : progressWords(job)}</span>
        <span className={styles['quiet']}>{left === null || stopping ? '' : `about ${formatDuration(left)} left`}</span>
        <Button
          aria-disabled={stopping}
          aria-label={`Stop ${KIND_WORD[job.kind]}`}
          onClick={() => {
            if (stopping) return;
            setStopping(true);
            onCancel();
          }}
        >
          Stop
        </Button>
      </div>
    </li>
  );
};

/** What can be begun again with nothing to ask; an export is made again where its rows are. */
const againOf = ({ kind }: Job): Begun | null => (kind === 'backup' || kind === 'compact' || kind === 'recheck' ? { kind } : null);

const WHERE: Readonly<Record<Job['kind'], string>> = {
  backup: recordHref({ tab: 'data' }),
  purge: recordHref({ tab: 'data' }),
  compact: recordHref({ tab: 'data' }),
  recheck: recordHref({ tab: 'proof' }),
  export: recordHref({ tab: 'exports' }),
  findings: findingsHref(),
};

const Ended = ({ job, onAgain }: { job: Job; onAgain: (ask: Begun) => void }) => {
  const again = job.state === 'done' ? null : againOf(job);
  return (
    <tr>
      <th scope="row">
        <a href={WHERE[job.kind]}>{KIND_WORD[job.kind]}</a>
      </th>
      <td>
        <WorkMark state={job.state} word={STATE_WORD[job.state]} />
      </td>
      <td>
        <Instant atMs={job.startedAtMs} />
        <span className={styles['quiet']}>
          {job.who}
          {job.endedAtMs !== null && `, took ${formatDuration(Math.max(0, job.endedAtMs - job.startedAtMs))}`}
        </span>
      </td>
      <td>
        {job.sentence} <span className={styles['quiet']}>{job.nextStep}</span>
      </td>
      <td>
        {again !== null && (
          <Button writes={again.kind !== 'recheck'} aria-label={`Try ${KIND_WORD[job.kind]} again`} onClick={() => onAgain(again)}>
            Try again
          </Button>
        )}
      </td>
    </tr>
  );
};

const EndedList = ({ list, onAgain }: { list: readonly Job[]; onAgain: (ask: Begun) => void }) => (
  <table className={styles['ended']}>
    <caption className="visually-hidden">Jobs that ended</caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">State</th>
        <th scope="col">Begun, by</th>
        <th scope="col">What came of it</th>
        <th scope="col">
          <span className="visually-hidden">Again</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {list.map((job) => (
        <Ended key={`${job.startedAtMs} ${job.id}`} job={job} onAgain={onAgain} />
      ))}
    </tbody>
  </table>
);

const Lists = ({ list, jobs }: { list: readonly Job[]; jobs: JobsOf }) => {
  const [refused, setRefused] = useState<Said | null>(null);
  const running = list.filter(({ state }) => state === 'running');
  const ended = list.filter(({ state }) => state !== 'running');
  const [newest] = list;
  return (
    <>
      <output className="visually-hidden" aria-live="polite">
        {newest === undefined ? '' : endedWords(newest)}
      </output>
      {refused !== null && <Callout problem={refused} />}
      <section aria-labelledby="running">
        <h2 id="running">Running</h2>
        {running.length === 0 && <p className={styles['quiet']}>Nothing is running.</p>}
        <ul>
          {running.map((job) => (
            <Running key={job.id} job={job} onCancel={() => void jobs.cancel(job.id).then(setRefused)} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="ended">
        <h2 id="ended">Ended since the start</h2>
        {ended.length === 0 && (
          <Empty title="Nothing yet.">
            <p>
              Backups, re-checks and exports are listed here with how they ended. Begin one in{' '}
              <a href={recordHref({ tab: 'data' })}>Record</a> or <a href={reportsHref}>Reports</a>.
            </p>
          </Empty>
        )}
        {ended.length > 0 && <EndedList list={ended} onAgain={(ask) => void jobs.start(ask).then(setRefused)} />}
        <p className={styles['quiet']}>
          The last 50 of this start. What was done before is in the ledger:{' '}
          <a href={recordHref({ kind: 'store' })}>entries about the database</a>, <a href={recordHref({ kind: 'export' })}>exports</a>,{' '}
          <a href={recordHref({ kind: 'ledger' })}>re-checks</a>.
        </p>
      </section>
    </>
  );
};

/** Work that takes longer than an answer: how far it is, how it ended, and again where it did not. */
export const Jobs = () => {
  const jobs = useJobs();
  const { list, problem } = jobs;
  return (
    <div className={styles['page']}>
      <h1>Jobs</h1>
      {problem !== undefined && (
        <Callout problem={problem} action={<Button onClick={() => go(recordHref({ kind: 'store' }))}>Look into the ledger</Button>} />
      )}
      {list === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {list !== undefined && <Lists list={list} jobs={jobs} />}
    </div>
  );
};
