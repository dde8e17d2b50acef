import { useEffect, useId, useRef, useState } from 'react';
import { FORMATS_OF, type ExportAsk, type ExportFormat, isSignable } from '../../shared/contract/export-schemas.ts';
import { FORMAT_WORDS } from '../../shared/contract/format-words.ts';
import type { Job } from '../../shared/contract/job-schemas.ts';
import { recordHref } from '../app/navigation.ts';
import { type Jobs, type Said, useJobs } from '../transport/jobs.ts';
import { useQuery } from '../transport/query.ts';
import { Button, Choice } from '../ui/button.tsx';
import { Callout } from '../ui/callout.tsx';
import { CopyText } from '../ui/copy-text.tsx';
import { count, plural } from '../ui/words.ts';
import { completed, fieldsOf, NOTHING_TYPED, unfitFor, type Wrong } from './choices.ts';
import { Fields } from './fields.tsx';
import { FORMAT_MEANING, sizeWords } from './format-words.ts';
import { GetExport } from './get-export.tsx';
import { SignChoice } from './sign-choice.tsx';
import styles from './exporting.module.css';

export type Exported = {
  /** “hosts”, “entries of the ledger”. */
  readonly what: string;
  /** As many as the screen shows. */
  readonly total: number;
  /** What is asked, in the words that will be printed on it; empty = all. */
  readonly query: string;
  readonly ask: (format: ExportFormat) => ExportAsk;
};

/** What stands on it, before it is made. */
const Printed = ({ query }: { query: string }) => {
  const info = useQuery('app.info', {}).data;
  const state = useQuery('ledger.state', {}).data;
  return (
    <dl className={styles['printed']}>
      <div>
        <dt>Query</dt>
        <dd>{query === '' ? 'all' : <code>{query}</code>}</dd>
      </div>
      <div>
        <dt>Cut-off</dt>
        <dd>The moment at which it is begun, in UTC. Rows are counted then.</dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>Plumbline {info?.version}</dd>
      </div>
      <div>
        <dt>Checkpoint</dt>
        <dd>
          {state?.checkpoint
            ? `The newest one, of at least ${count(state.checkpoint.size)} entries, with its signature`
            : 'None is signed yet'}
        </dd>
      </div>
      <div>
        <dt>Exported by</dt>
        <dd>{info?.user}, and entered into the ledger</dd>
      </div>
      {info?.demo && (
        <div>
          <dt>Demo data</dt>
          <dd>It says that it contains simulated hosts.</dd>
        </div>
      )}
    </dl>
  );
};

type ReadyProps = { exported: Exported; first: ExportFormat; onStart: (ask: ExportAsk) => void; onLeave: () => void };

const Ready = ({ exported, first, onStart, onLeave }: ReadyProps) => {
  const [format, setFormat] = useState<ExportFormat>(unfitFor(first, exported.total) === undefined ? first : 'csv');
  const [sign, setSign] = useState(false);
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [wrong, setWrong] = useState<Wrong>({});
  const fields = useRef<HTMLDivElement>(null);
  const { rows } = exported.ask('csv');
  const options = FORMATS_OF[rows].map((value) => ({ value, word: FORMAT_WORDS[value].word, unfit: unfitFor(value, exported.total) }));
  const unfit = options.find((option) => option.unfit !== undefined);
  const start = (): void => {
    const found = completed(exported.ask(format), typed);
    setWrong('wrong' in found ? found.wrong : {});
    if ('ask' in found) return onStart(signedAsk(found.ask, sign && isSignable(format)));
    // After they are marked as wrong.
    requestAnimationFrame(() => fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return (
    <>
      <p>
        All rows of this list, and not the page: <strong>{count(exported.total)}</strong> {exported.what}.
      </p>
      <Choice label="Format" options={options} value={format} onChange={setFormat} />
      <p className={styles['quiet']}>{FORMAT_MEANING[format]}</p>
      {unfit !== undefined && (
        <p className={styles['quiet']}>
          {unfit.word}: {unfit.unfit}
        </p>
      )}
      <div ref={fields}>
        <Fields used={fieldsOf(rows, format)} ofHosts={rows === 'hosts'} typed={typed} wrong={wrong} onChange={setTyped} />
      </div>
      <SignChoice format={format} chosen={sign} onChange={setSign} />
      <h3>What is printed on it</h3>
      <Printed query={exported.query} />
      <div className={styles['actions']}>
        <Button kind="primary" onClick={start}>
          Export
        </Button>
        <Button onClick={onLeave}>Cancel</Button>
      </div>
    </>
  );
};

/** The button that was pressed is gone with what it stood in. */
const focusFirst = (place: HTMLElement | null): void => place?.querySelector<HTMLElement>('button, a')?.focus();

/** From its begin to its end, in one place. */
const Going = ({ job, jobs, onAgain, onLeave }: { job: Job | undefined; jobs: Jobs; onAgain: () => void; onLeave: () => void }) => {
  const [stopping, setStopping] = useState(false);
  const running = job === undefined || job.state === 'running';
  const { done = 0, total = 0 } = job ?? {};
  if (running)
    return (
      <div key="running" ref={focusFirst} className={styles['going']}>
        <progress {...(total > 0 && { max: total, value: Math.min(done, total) })} aria-label="How far it is" />
        <span>{stopping ? 'Stopping…' : total === 0 ? 'Beginning…' : `${count(done)} of ${plural(total, 'row', 'rows')}`}</span>
        <Button
          aria-disabled={stopping}
          onClick={() => {
            if (job === undefined || stopping) return;
            setStopping(true);
            void jobs.cancel(job.id);
          }}
        >
          Stop
        </Button>
      </div>
    );
  const { made } = job;
  return (
    <div key="ended" ref={focusFirst}>
      {made === null ? (
        <Callout problem={{ message: job.sentence, nextStep: job.nextStep ?? '' }} />
      ) : (
        <>
          <p aria-live="polite">
            <strong>{plural(made.count, 'row', 'rows')}</strong> in {made.name}, {sizeWords(made.bytes)}, entered into the ledger as entry{' '}
            {count(made.id)}.
          </p>
          {made.sample !== undefined && (
            <p>
              A sample of {plural(made.sample.population, 'host', 'hosts')} by the seed <code>{made.sample.seed}</code>. It stands on the
              export and in its entry.
            </p>
          )}
          <div className={styles['actions']}>
            <GetExport kept={made} />
          </div>
          <h3>SHA-256 of the file</h3>
          <CopyText text={made.sha256} label="SHA-256" />
          <p className={styles['quiet']}>
            It is kept in the data folder until it is deleted: <a href={recordHref({ tab: 'exports' })}>all exports</a>.
          </p>
        </>
      )}
      <div className={styles['actions']}>
        <Button onClick={onAgain}>Export again…</Button>
        <Button onClick={onLeave}>Close</Button>
      </div>
    </div>
  );
};

const signedAsk = (ask: ExportAsk, sign: boolean): ExportAsk => (ask.rows === 'hosts' && sign ? { ...ask, sign } : ask);

const Dialog = ({ exported, first, onClose }: { exported: Exported; first: ExportFormat; onClose: () => void }) => {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const jobs = useJobs();
  const [begun, setBegun] = useState<number | 'asking' | null>(null);
  const [refused, setRefused] = useState<Said | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const start = async (ask: ExportAsk): Promise<void> => {
    setRefused(null);
    setBegun('asking');
    const answer = await jobs.begin({ kind: 'export', export: ask });
    setBegun(typeof answer === 'number' ? answer : null);
    if (typeof answer !== 'number') setRefused(answer);
  };
  const leave = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={styles['dialog']} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>Export {exported.what}</h2>
      {refused !== null && <Callout problem={refused} />}
      {begun === null ? (
        <Ready exported={exported} first={first} onStart={(ask) => void start(ask)} onLeave={leave} />
      ) : (
        <Going job={jobs.list?.find((job) => job.id === begun)} jobs={jobs} onAgain={() => setBegun(null)} onLeave={leave} />
      )}
    </dialog>
  );
};

type ExportButtonProps = {
  exported: Exported | null;
  label?: string;
  look?: 'plain' | 'word';
  /** What is chosen when the dialog opens. */
  first?: ExportFormat;
};

/** Exports what the list on screen has. One that is left while it runs goes on: it is among the exports of the record afterwards. */
export const ExportButton = ({ exported, label = 'Export…', look = 'plain', first = 'csv' }: ExportButtonProps) => {
  const [open, setOpen] = useState<Exported | null>(null);
  return (
    <>
      <Button writes kind={look} aria-disabled={exported === null} onClick={() => setOpen(exported)}>
        {label}
      </Button>
      {/* A modal dialog gives the focus back to what opened it. */}
      {open !== null && <Dialog exported={open} first={first} onClose={() => setOpen(null)} />}
    </>
  );
};
