import { useEffect, useRef, useState } from 'react';
import type { Report } from '../../../shared/contract/report-schemas.ts';
import { recordHref } from '../../app/navigation.ts';
import { type Said, useJobs } from '../../transport/jobs.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { ReportForm } from './report-form.tsx';
import { ReportRow } from './report-row.tsx';
import listing from '../../ui/listing.module.css';
import styles from './reports.module.css';

type Open = { readonly what: 'form'; readonly report: Report | null } | { readonly what: 'delete'; readonly report: Report };

/** Exports that are made again: what each is of, when it was made, how it differs from the time before, and when it is made next. */
export const Reports = () => {
  const { data, problem, refetch } = useQuery('reports.list', {});
  const jobs = useJobs();
  const [open, setOpen] = useState<Open | null>(null);
  const [making, setMaking] = useState<{ readonly report: number; readonly job: number } | null>(null);
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState<Said | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  const made = jobs.list?.find(({ id }) => id === making?.job);
  const exporting = jobs.list?.find(({ kind, state }) => kind === 'export' && state === 'running');
  const ended = made !== undefined && made.state !== 'running' ? made.state : null;
  // Also of those that Plumbline makes at their time.
  useEffect(refetch, [exporting?.id, ended, refetch]);

  const close = (): void => {
    setOpen(null);
    (opener.current?.isConnected === true ? opener.current : heading.current)?.focus();
  };
  const show = (next: Open, button: HTMLButtonElement): void => {
    opener.current = button;
    setSaid('');
    setRefused(null);
    setOpen(next);
  };
  const run = async ({ id }: Report): Promise<void> => {
    setSaid('');
    setRefused(null);
    const answer = await call('reports.run', { id });
    if (!answer.ok) setRefused(answer.problem);
    else if (answer.value.state === 'refused') setRefused(answer.value);
    else setMaking({ report: id, job: answer.value.id });
  };
  const remove = async ({ id, definition }: Report): Promise<void> => {
    const answer = await call('reports.delete', { id });
    setOpen(null);
    setRefused(answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem);
    if (answer.ok && answer.value.state === 'done') setSaid(`${definition.name} is deleted, and the ledger says so.`);
    refetch();
    heading.current?.focus();
  };

  return (
    <div className={styles['page']}>
      <h1 ref={heading} tabIndex={-1}>
        Reports
      </h1>
      <p className={listing['lead']}>
        Exports that are made again, when somebody asks for it or at their time, and held against the run before. Each run is a file with an
        entry in the ledger: <a href={recordHref({ tab: 'exports' })}>all exports that are kept</a>.
      </p>
      <p className={styles['begin']}>
        <Button
          writes
          aria-expanded={open?.what === 'form' && open.report === null}
          onClick={(event) => show({ what: 'form', report: null }, event.currentTarget)}
        >
          New report…
        </Button>
      </p>
      <output className={listing['said']}>{said}</output>
      <output className="visually-hidden" aria-live="polite">
        {ended === 'done' ? made?.sentence : ''}
      </output>
      {problem !== undefined && <Callout problem={problem} />}
      {refused !== null && <Callout problem={refused} />}
      {ended === 'failed' && made !== undefined && <Callout problem={{ message: made.sentence, nextStep: made.nextStep ?? '' }} />}
      {open?.what === 'form' && (
        <ReportForm
          key={open.report?.id}
          report={open.report}
          onCancel={close}
          onSaved={(name) => {
            setSaid(`${name} is saved, and the ledger says so.`);
            refetch();
            close();
          }}
        />
      )}
      {open?.what === 'delete' && (
        <Confirm
          title={`Delete ${open.report.definition.name}?`}
          word="Delete it"
          busy={false}
          onCancel={close}
          onConfirm={() => void remove(open.report)}
        >
          <p>It is not made any more, and what its last run is held against goes. Files that it made stay, and so do their entries.</p>
        </Confirm>
      )}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data?.length === 0 && (
        <Empty title="No report is defined.">
          <p>Define one with “New report…”: which rows, as what, and when it is made. For a list once, use “Export…” on that list.</p>
        </Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <table className={`${listing['list']} ${styles['table']}`}>
          <caption className="visually-hidden">Reports, by name</caption>
          <thead>
            <tr>
              <th scope="col">Report</th>
              <th scope="col">Last run, and what differs</th>
              <th scope="col">Made</th>
              <th scope="col">Make it, change it, or delete it</th>
            </tr>
          </thead>
          <tbody>
            {data.map((report) => (
              <ReportRow
                key={report.id}
                report={report}
                running={making?.report === report.id && made?.state === 'running' ? made : undefined}
                busy={exporting !== undefined}
                onRun={() => void run(report)}
                onStop={() => making !== null && void jobs.cancel(making.job)}
                onEdit={(button) => show({ what: 'form', report }, button)}
                onDelete={(button) => show({ what: 'delete', report }, button)}
              />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
};
