import type { Job } from '../../../shared/contract/job-schemas.ts';
import { recordHref } from '../../app/navigation.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Instant } from '../../ui/time.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { WorkMark } from '../../ui/work-mark.tsx';
import { KIND_WORD, progressWords, STATE_WORD } from '../../transport/job-words.ts';
import styles from './parts.module.css';
import { OUTCOME } from './recheck-words.ts';
import { Section } from './section.tsx';
import type { Jobs } from '../../transport/jobs.ts';

const State = ({ job: { state, report } }: { job: Job }) =>
  report === null ? (
    <WorkMark state={state} word={STATE_WORD[state]} />
  ) : (
    <OutcomeWord kind={OUTCOME[report.outcome].mark} word={OUTCOME[report.outcome].word} />
  );

const Row = ({ job }: { job: Job }) => (
  <tr>
    <th scope="row">{KIND_WORD[job.kind]}</th>
    <td>
      <State job={job} />
    </td>
    <td>
      <Instant atMs={job.startedAtMs} />
      <span className={styles['by']}>{job.who}</span>
    </td>
    <td>
      {job.state === 'running' ? progressWords(job) : job.sentence} <span className={styles['next']}>{job.nextStep}</span>
      {job.report !== null && (
        <>
          {' '}
          <a href={recordHref({ tab: 'proof' })}>What was found</a>
        </>
      )}
    </td>
  </tr>
);

/** Every job of this start, newest first; what they did before is in the ledger. */
export const JobsList = ({ jobs: { list, problem } }: { jobs: Jobs }) => (
  <Section
    title="Jobs since the start"
    about={
      <p>
        Newest first, the last 50. What was done before is in the ledger:{' '}
        <a href={recordHref({ kind: 'store' })}>entries about the database</a>.
      </p>
    }
  >
    {problem !== undefined && <Callout problem={problem} />}
    {list === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
    {list?.length === 0 && <p className={styles['quiet']}>Nothing yet. What is begun here or by the clock is listed with how it ended.</p>}
    {list !== undefined && list.length > 0 && (
      <table className={styles['found']} data-jobs="true">
        <caption className="visually-hidden">Jobs since the start</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">Begun, by</th>
            <th scope="col">What came of it</th>
          </tr>
        </thead>
        <tbody>
          {list.map((job) => (
            <Row key={`${job.startedAtMs} ${job.id}`} job={job} />
          ))}
        </tbody>
      </table>
    )}
  </Section>
);
