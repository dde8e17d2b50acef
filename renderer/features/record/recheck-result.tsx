import { useState } from 'react';
import type { Job, RecheckFound, RecheckReport } from '../../../shared/contract/job-schemas.ts';
import { Button } from '../../ui/button.tsx';
import { Instant } from '../../ui/time.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './parts.module.css';
import { OUTCOME, whatWords, whereWords } from './recheck-words.ts';

const FIRST = 12;
const keyOf = ({ code, sentence }: RecheckFound): string => `${code} ${sentence}`;

/** Each with where it is, what it is, and what to do about it. */
const Found = ({ title, list }: { title: string; list: readonly RecheckFound[] }) => {
  const [all, setAll] = useState(false);
  if (list.length === 0) return null;
  const shown = all ? list : list.slice(0, FIRST);
  const places = list.some((one) => whereWords(one) !== null);
  return (
    <>
      <table className={styles['found']} data-places={places}>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            {places && <th scope="col">Where</th>}
            <th scope="col">In words, and what to do</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={keyOf(one)}>
              <th scope="row">{whatWords(one)}</th>
              {places && <td>{whereWords(one) ?? '–'}</td>}
              <td>
                {one.sentence} <span className={styles['next']}>{one.nextStep}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < list.length && <Button onClick={() => setAll(true)}>Show all {count(list.length)}</Button>}
    </>
  );
};

const looked = ({ entries, checkpoints, signed, records, confirmations }: RecheckReport): string =>
  `${plural(entries, 'entry', 'entries')}, ${signed === entries ? 'all of them' : `the first ${count(signed)}`} signed; ` +
  `${plural(checkpoints, 'checkpoint', 'checkpoints')}, ${plural(records, 'span', 'spans')} of history and ` +
  `${plural(confirmations, 'confirmation', 'confirmations')} were held against them.`;

/** What a re-check found: never as good where something could not be evaluated. */
export const RecheckResult = ({ job, report, isBefore }: { job: Job; report: RecheckReport; isBefore: boolean }) => {
  const { mark, word } = OUTCOME[report.outcome];
  return (
    <section aria-label="Result of the re-check" className={styles['outcome']} data-outcome={report.outcome}>
      <p className={styles['verdict']}>
        <OutcomeWord kind={mark} word={word} />
        {isBefore && (
          <span className={styles['quiet']}>
            {' '}
            the one before, <Instant atMs={job.endedAtMs} />
          </span>
        )}
      </p>
      <p>
        <strong>{job.sentence}</strong> {job.nextStep}
      </p>
      <p className={styles['quiet']}>{looked(report)}</p>
      <Found title="Wrong" list={report.wrong} />
      <Found title="Not evaluated" list={report.notEvaluated} />
      <Found title="Worth knowing" list={report.remarks} />
    </section>
  );
};
