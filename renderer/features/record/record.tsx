import type { LedgerState } from '../../../shared/contract/ledger-schemas.ts';
import { go, recordHref, type RecordTab, type RecordView } from '../../app/navigation.ts';
import { AddressViews } from '../../saved-views/address-views.tsx';
import { useQuery } from '../../transport/query.ts';
import { Callout } from '../../ui/callout.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { Anchors } from './anchors.tsx';
import { AsOf } from './as-of.tsx';
import { endedWords } from '../../transport/job-words.ts';
import { Exports } from './exports.tsx';
import { JobsList } from './jobs-list.tsx';
import { Key } from './key.tsx';
import { Ledger } from './ledger.tsx';
import { Recheck } from './recheck.tsx';
import styles from './record.module.css';
import { Retention } from './retention.tsx';
import { Upkeep } from './upkeep.tsx';
import { standingOf } from '../../transport/job-list.ts';
import { type Jobs, useJobs } from '../../transport/jobs.ts';

/** The page's question, answered: how much is recorded, signed, and held outside. */
const Summary = ({ state: { entries, checkpoint, anchors } }: { state: LedgerState }) => {
  const readOnly = useReadOnly();
  const open = entries - (checkpoint?.size ?? 0);
  const made = anchors.filter(({ lastAtMs, problem }) => lastAtMs !== null && problem === null).length;
  return (
    <p className={styles['said']}>
      <strong>{plural(entries, 'entry', 'entries')}</strong>, {open === 0 ? 'all of them signed' : `${count(open)} not signed yet`}.{' '}
      {checkpoint !== null && (
        <>
          Newest checkpoint: <Instant atMs={checkpoint.atMs} />.{' '}
        </>
      )}
      {readOnly
        ? 'Whether it is put outside is not known here.'
        : anchors.length === 0
          ? 'None is put outside of this machine.'
          : `Put outside at ${count(made)} of ${plural(anchors.length, 'place', 'places')}.`}
    </p>
  );
};

/** What a person must know on any tab: nothing here may look calm while the record does not hold. */
const Alarms = ({ state, jobs }: { state: LedgerState | undefined; jobs: Jobs }) => {
  const checked = standingOf(jobs.list, 'recheck').last;
  return (
    <>
      {state?.problem && <Callout problem={state.problem} still="What happens is still entered; it is not signed." />}
      {checked?.report?.outcome === 'broken' && (
        <section aria-label="The last re-check" className={styles['alarm']}>
          <p className={styles['said']}>
            <OutcomeWord kind="failed" word="The record does not hold." />
          </p>
          <p>
            The last re-check, <Instant atMs={checked.endedAtMs} />, found {plural(checked.report.wrong.length, 'thing', 'things')} wrong.{' '}
            {checked.nextStep} <a href={recordHref({ tab: 'proof' })}>What was found</a>
          </p>
        </section>
      )}
      {checked?.state === 'failed' && (
        <Callout
          problem={{ message: 'The last re-check could not come to its end, so nothing is known of the record.', nextStep: '' }}
          action={<a href={recordHref({ tab: 'proof' })}>Why, and what to do</a>}
        />
      )}
      {state !== undefined && state.found.length > 0 && (
        <section aria-label="How this start found the record">
          {state.found.map((sentence) => (
            <p key={sentence} className={styles['lead']}>
              <strong>At this start:</strong> {sentence}
            </p>
          ))}
        </section>
      )}
    </>
  );
};

const tabsOf = (state: LedgerState | undefined, { list = [] }: Jobs) => {
  const wrong = state?.anchors.filter(({ problem }) => problem !== null).length ?? 0;
  const running = list.filter((job) => job.state === 'running').length;
  return [
    { value: 'ledger' as const, word: 'Ledger' },
    { value: 'as-of' as const, word: 'As of a moment' },
    { value: 'proof' as const, word: 'Proof', ...(wrong > 0 && { count: plural(wrong, 'problem', 'problems') }) },
    { value: 'exports' as const, word: 'Exports' },
    { value: 'data' as const, word: 'Data', ...(running > 0 && { count: `${count(running)} running` }) },
  ];
};

type PartProps = { view: RecordView; state: LedgerState | undefined; jobs: Jobs; onChanged: () => void };

const Part = ({ view: { tab, atMs, kind }, state, jobs, onChanged }: PartProps): React.JSX.Element => {
  const { dataFolder } = useQuery('app.info', {}).data ?? {};
  if (tab === 'ledger') return <Ledger atMs={atMs} kind={kind} />;
  if (tab === 'as-of') return <AsOf key={atMs} atMs={atMs} kind={kind} />;
  if (tab === 'exports') return <Exports dataFolder={dataFolder} />;
  if (tab === 'data')
    return (
      <>
        <Upkeep jobs={jobs} dataFolder={dataFolder} />
        <Retention />
        <JobsList jobs={jobs} />
      </>
    );
  return (
    <>
      <Recheck jobs={jobs} dataFolder={dataFolder} />
      {state !== undefined && (
        <>
          <Anchors anchors={state.anchors} entries={state.entries} />
          <Key state={state} onChanged={onChanged} />
        </>
      )}
    </>
  );
};

/** The ledger, what it knew at any moment, what proves it, and the folder that keeps it. */
export const Record = ({ view }: { view: RecordView }) => {
  const { data, problem, refetch } = useQuery('ledger.state', {});
  const jobs = useJobs();
  const [newest] = jobs.list ?? [];
  return (
    <div className={styles['page']}>
      <div className={styles['head']}>
        <h1>Record</h1>
        {/* Only lists have views. */}
        {(view.tab === 'ledger' || view.tab === 'as-of') && <AddressViews list="record" href={recordHref(view)} />}
      </div>
      {problem !== undefined && <Callout problem={problem} />}
      {/* In the place of the sentence that comes, so that nothing moves. */}
      {data === undefined && problem === undefined && (
        <output className={`${styles['said']} ${styles['asking']}`}>Asking the engine…</output>
      )}
      <Alarms state={data} jobs={jobs} />
      {data !== undefined && <Summary state={data} />}
      <output className="visually-hidden" aria-live="polite">
        {newest === undefined ? '' : endedWords(newest)}
      </output>
      <Tabs
        label="Parts of the record"
        tabs={tabsOf(data, jobs)}
        value={view.tab}
        onChange={(tab: RecordTab) => go(recordHref({ ...view, tab }), 'replace')}
      >
        <Part view={view} state={data} jobs={jobs} onChanged={refetch} />
      </Tabs>
    </div>
  );
};
