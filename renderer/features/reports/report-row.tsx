import type { Job } from '../../../shared/contract/job-schemas.ts';
import type { Report } from '../../../shared/contract/report-schemas.ts';
import { recordHref, reportItemsHref } from '../../app/navigation.ts';
import { formatWord } from '../../exporting/format-words.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { differenceWords, flaggedWords, periodWords, ROWS_WORD, scheduleWords } from './report-words.ts';
import listing from '../../ui/listing.module.css';
import styles from './reports.module.css';

const queryOf = ({ definition: { of } }: Report): string =>
  of.rows === 'hosts' ? (of.filter ?? '') : of.rows === 'ledger' ? (of.kind ?? '') : '';

const FLAGGED_SHOWN = 5;

const LastRun = ({ report: { lastRun, definition } }: { report: Report }) => {
  if (lastRun === null) return <>never yet</>;
  const { difference, flagged } = lastRun;
  const drawnAnew = definition.of.rows === 'hosts' && definition.of.sample !== undefined && definition.of.sample.seed === undefined;
  const words = difference === null ? [] : differenceWords(difference);
  return (
    <>
      <Instant atMs={lastRun.cutOffMs} />
      <span className={listing['more']}>
        {plural(lastRun.count, 'row', 'rows')}, <a href={recordHref({ kind: 'export' })}>entry {count(lastRun.entry)}</a>
      </span>
      {definition.of.rows === 'hosts' && (
        <div className={styles['difference']}>
          {difference === null ? (
            drawnAnew ? (
              'Each run is of another sample, so they are not held against each other.'
            ) : (
              'There is no run before it to hold it against.'
            )
          ) : (
            <>
              Since the run of <Instant atMs={difference.sinceMs} />:{words.length === 0 && ' no host came, went, or has another verdict.'}
              {words.length > 0 && (
                <ul>
                  {words.map((sentence) => (
                    <li key={sentence}>{sentence}</li>
                  ))}
                </ul>
              )}
            </>
          )}
        </div>
      )}
      {flagged.count > 0 && (
        <div className={styles['difference']}>
          Flagged before:
          <ul>
            {flagged.first.slice(0, FLAGGED_SHOWN).map((one) => (
              <li key={`${one.kind} ${one.name}`}>{flaggedWords(one)}</li>
            ))}
            {flagged.count > FLAGGED_SHOWN && <li>{count(flagged.count - FLAGGED_SHOWN)} more</li>}
          </ul>
        </div>
      )}
    </>
  );
};

type RowProps = {
  report: Report;
  /** The job that makes it now. */
  running: Job | undefined;
  busy: boolean;
  onRun: () => void;
  onStop: () => void;
  onEdit: (button: HTMLButtonElement) => void;
  onDelete: (button: HTMLButtonElement) => void;
};

export const ReportRow = ({ report, running, busy, onRun, onStop, onEdit, onDelete }: RowProps) => {
  const { definition } = report;
  const { name, note, of, format, schedule } = definition;
  const query = queryOf(report);
  return (
    <tr>
      <th scope="row">
        {name}
        <span className={listing['more']}>
          {ROWS_WORD[of.rows]} {periodWords(definition)}, {formatWord(format)}
          {query !== '' && (
            <>
              : <code>{query}</code>
            </>
          )}
        </span>
        {note !== '' && <span className={listing['more']}>{note}</span>}
      </th>
      <td>
        <LastRun report={report} />
        {report.problem !== null && <Callout problem={report.problem} />}
      </td>
      <td>
        {scheduleWords(schedule)}
        {schedule !== null && (
          <span className={listing['more']}>
            next: <Instant atMs={report.nextRunAtMs} />
          </span>
        )}
      </td>
      <td>
        <span className={listing['acts']}>
          {running === undefined ? (
            <Button writes aria-disabled={busy} aria-label={`Make now: ${name}`} onClick={() => !busy && onRun()}>
              Make now
            </Button>
          ) : (
            <>
              <progress
                {...(running.total > 0 && { max: running.total, value: Math.min(running.done, running.total) })}
                aria-label={`How far ${name} is`}
              />
              <Button aria-label={`Stop ${name}`} onClick={onStop}>
                Stop
              </Button>
            </>
          )}
          {of.rows === 'hosts' && report.lastRun !== null && (
            <a className={styles['items']} href={reportItemsHref(report.id)} aria-label={`Items of ${name}`}>
              Items
            </a>
          )}
          <Button writes aria-label={`Change ${name}…`} onClick={(event) => onEdit(event.currentTarget)}>
            Change…
          </Button>
          <Button writes aria-label={`Delete ${name}…`} onClick={(event) => onDelete(event.currentTarget)}>
            Delete…
          </Button>
        </span>
      </td>
    </tr>
  );
};
