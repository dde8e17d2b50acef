import { useRef, useState } from 'react';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Instant } from '../../ui/time.tsx';
import { WorkMark } from '../../ui/work-mark.tsx';
import { progressWords, STATE_WORD } from '../../transport/job-words.ts';
import styles from './parts.module.css';
import type { Standing } from '../../transport/job-list.ts';
import type { Begun, Jobs, Said } from '../../transport/jobs.ts';

const Running = ({ job, onCancel }: { job: Job; onCancel: () => void }) => {
  const [stopping, setStopping] = useState(false);
  const { done, total } = job;
  return (
    <>
      <progress {...(total > 0 && { max: total, value: Math.min(done, total) })} aria-label="How far it is" />
      <span className={styles['far']}>{stopping ? 'Stopping…' : progressWords(job)}</span>
      <Button
        aria-disabled={stopping}
        onClick={() => {
          if (stopping) return;
          setStopping(true);
          onCancel();
        }}
      >
        Stop
      </Button>
    </>
  );
};

/** How the last one ended, in the place where the next one runs. */
const Ended = ({ job }: { job: Job }) => (
  <span className={styles['ended']}>
    {/* Beside what a re-check found, a tick would look like a verdict. */}
    {job.report === null ? <WorkMark state={job.state} word={STATE_WORD[job.state]} /> : 'The last one ended'}{' '}
    <Instant atMs={job.endedAtMs} />
  </span>
);

type JobControlProps = {
  jobs: Jobs;
  standing: Standing;
  word: string;
  ask: Begun | (() => Begun);
  /** Whether it changes something; a re-check does not. */
  writes: boolean;
  /** Asked before: gives false where something else comes first, such as a confirmation. */
  onStart?: () => boolean;
  button?: React.RefObject<HTMLButtonElement | null>;
  children?: React.ReactNode;
};

/** Begins a job, shows how far it is, stops it, and says how the last one ended. */
export const JobControl = ({ jobs, standing: { running, last }, word, ask, writes, onStart, button, children }: JobControlProps) => {
  const [refused, setRefused] = useState<Said | null>(null);
  const own = useRef<HTMLButtonElement>(null);
  const start = button ?? own;
  const begin = (): void => {
    if (running !== undefined || jobs.list === undefined || onStart?.() === false) return;
    setRefused(null);
    void jobs.start(typeof ask === 'function' ? ask() : ask).then(setRefused);
  };
  const cancel = (id: number): void => {
    // The button that was pressed goes away with the job.
    start.current?.focus();
    void jobs.cancel(id).then(setRefused);
  };
  return (
    <>
      <div className={styles['control']}>
        <Button ref={start} writes={writes} aria-disabled={running !== undefined || jobs.list === undefined} onClick={begin}>
          {word}
        </Button>
        {running !== undefined && <Running key={running.id} job={running} onCancel={() => cancel(running.id)} />}
        {running === undefined && last !== undefined && <Ended job={last} />}
      </div>
      {children}
      {refused !== null && <Callout problem={refused} />}
      {last?.state === 'failed' && running === undefined && <Callout problem={{ message: last.sentence, nextStep: last.nextStep ?? '' }} />}
      {last !== undefined && last.report === null && (last.state !== 'failed' || running !== undefined) && (
        <p className={styles['result']}>
          {running !== undefined && 'The one before: '}
          {last.sentence} {last.nextStep}
        </p>
      )}
    </>
  );
};
