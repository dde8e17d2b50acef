import { useEffect, useId, useRef, useState } from 'react';
import type { FindingAct, FindingPreview } from '../../../shared/contract/finding-bulk-schemas.ts';
import { findingQueryWords } from '../../../shared/contract/finding-query-words.ts';
import type { FindingQuery } from '../../../shared/contract/finding-schemas.ts';
import { type Said, useJobs } from '../../transport/jobs.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { count, plural } from '../../ui/words.ts';
import { ActFields } from './act-form.tsx';
import { actOf, type ActTyped, type ActWrong, NOTHING_TYPED } from './act-words.ts';
import styles from './findings.module.css';

type Kind = FindingAct['kind'];
const KINDS: readonly { readonly value: Kind; readonly word: string }[] = [
  { value: 'acknowledge', word: 'Acknowledge' },
  { value: 'assign', word: 'Assign' },
  { value: 'waive', word: 'Waive' },
  { value: 'unwaive', word: 'End waivers' },
  { value: 'reopen', word: 'Take acknowledgements back' },
];
const DO_WORD: Readonly<Record<Kind, string>> = {
  acknowledge: 'Acknowledge',
  assign: 'Assign',
  waive: 'Waive',
  unwaive: 'End the waivers of',
  reopen: 'Take back the acknowledgement of',
};

type Asked = { readonly act: FindingAct; readonly preview: FindingPreview };

/** What it would change, before it does. The number on the button is the number that is changed, or none. */
const Preview = ({ asked: { act, preview } }: { asked: Asked }) => {
  const { meant, matching, hosts, critical } = preview;
  const others = matching - meant.count;
  return (
    <p>
      <strong>{plural(meant.count, 'finding', 'findings')}</strong> on {plural(hosts, 'host', 'hosts')} would change,{' '}
      {critical === 0 ? 'none' : count(critical)} of {meant.count === 1 ? 'it' : 'them'} critical.
      {others > 0 && ` ${plural(others, 'other matches', 'others match')} and would stay as ${others === 1 ? 'it is' : 'they are'}.`}
      {act.kind === 'waive' && ' Their hosts stay what their evidence says, and are counted so everywhere.'} Each is entered into the
      ledger.
    </p>
  );
};

const FEW = 8;

/** By name, so that nobody has to remember what was ticked further up. */
const Ticked = ({ names }: { names: readonly string[] }) => (
  <>
    <p>{names.length === 1 ? 'This finding, and no other:' : `These ${count(names.length)} findings, and no others:`}</p>
    <ul className={styles['ticked']}>
      {names.slice(0, FEW).map((name, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- two findings can have the same name, and the list does not change
        <li key={index} title={name}>
          {name}
        </li>
      ))}
    </ul>
    {names.length > FEW && <p>and {count(names.length - FEW)} more.</p>}
  </>
);

type BulkDialogProps = {
  query: FindingQuery;
  /** Of those that were ticked; null: all that match. */
  names: readonly string[] | null;
  onClose: () => void;
  /** Told how it ended; `job`: where it can be undone. */
  onDone: (sentence: string, job: number | null) => void;
};

/** A step for all findings that a query means: chosen, previewed, confirmed, watched, stopped. */
export const BulkDialog = ({ query, names, onClose, onDone }: BulkDialogProps) => {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const jobs = useJobs();
  const [kind, setKind] = useState<Kind>('acknowledge');
  const [typed, setTyped] = useState<ActTyped>(NOTHING_TYPED);
  const [wrong, setWrong] = useState<ActWrong>({});
  const [asked, setAsked] = useState<Asked | null>(null);
  const [refused, setRefused] = useState<Said | null>(null);
  const [begun, setBegun] = useState<number | 'asking' | null>(null);
  const [stopping, setStopping] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const words = findingQueryWords(query);
  const job = typeof begun === 'number' ? jobs.list?.find((one) => one.id === begun) : undefined;
  const ended = job !== undefined && job.state !== 'running';

  const look = async (act: FindingAct): Promise<void> => {
    const answer = await call('findings.preview', { query, act });
    if (answer.ok) setAsked({ act, preview: answer.value });
    else setRefused(answer.problem);
  };
  const preview = (): void => {
    const found = actOf(kind, typed, Date.now());
    setWrong('wrong' in found ? found.wrong : {});
    setRefused(null);
    if ('act' in found && found.act.kind !== 'note') void look(found.act);
    else requestAnimationFrame(() => dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const start = async ({ act, preview: { meant } }: Asked): Promise<void> => {
    setRefused(null);
    setBegun('asking');
    const answer = await jobs.begin({ kind: 'findings', findings: { query, act, previewed: meant } });
    setBegun(typeof answer === 'number' ? answer : null);
    if (typeof answer === 'number') return;
    setRefused(answer);
    // The number changed: the new one is shown, and nothing happens before it is confirmed.
    await look(act);
  };
  const told = useRef<number | null>(null);
  useEffect(() => {
    if (!ended || job.state !== 'done' || told.current === job.id) return;
    told.current = job.id;
    const canBeUndone = asked !== null && ['acknowledge', 'assign', 'waive'].includes(asked.act.kind);
    dialog.current?.close();
    onDone(job.sentence, canBeUndone ? job.id : null);
  }, [ended, job, asked, onDone]);

  const running = begun !== null && !ended;
  return (
    <dialog ref={dialog} className={styles['dialog']} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{names === null ? 'Decide about all that match' : 'Decide about what is ticked'}</h2>
      {names === null ? (
        <p>
          All findings of this list, and not the page: <code>{words}</code>
        </p>
      ) : (
        <Ticked names={names} />
      )}
      {refused !== null && <Callout problem={refused} />}
      {running && (
        <div className={styles['going']}>
          <progress
            {...(job !== undefined && job.total > 0 && { max: job.total, value: Math.min(job.done, job.total) })}
            aria-label="How far it is"
          />
          <span>
            {stopping
              ? 'Stopping…'
              : job === undefined || job.total === 0
                ? 'Beginning…'
                : `${count(job.done)} of ${plural(job.total, 'finding', 'findings')}`}
          </span>
          <Button
            aria-disabled={stopping || job === undefined}
            onClick={() => {
              if (job === undefined || stopping) return;
              setStopping(true);
              void jobs.cancel(job.id);
            }}
          >
            Stop
          </Button>
        </div>
      )}
      {ended && job.state !== 'done' && (
        <>
          <Callout problem={{ message: job.sentence, nextStep: job.nextStep ?? 'Each that was changed has its entry in the ledger.' }} />
          <div className={styles['actions']}>
            <Button onClick={() => dialog.current?.close()}>Close</Button>
          </div>
        </>
      )}
      {begun === null && asked === null && (
        <>
          <Choice label="Step" options={KINDS} value={kind} onChange={setKind} />
          <ActFields kind={kind} typed={typed} wrong={wrong} onChange={setTyped} />
          <div className={styles['actions']}>
            <Button kind="primary" onClick={preview}>
              Look at what would change
            </Button>
            <Button onClick={() => dialog.current?.close()}>Cancel</Button>
          </div>
        </>
      )}
      {begun === null && asked !== null && (
        <>
          <Preview asked={asked} />
          <div className={styles['actions']} ref={(place) => place?.querySelector<HTMLElement>('button')?.focus()}>
            {asked.preview.meant.count > 0 && (
              <Button kind="primary" writes onClick={() => void start(asked)}>
                {DO_WORD[asked.act.kind]} {plural(asked.preview.meant.count, 'finding', 'findings')}
              </Button>
            )}
            <Button
              onClick={() => {
                setAsked(null);
                setRefused(null);
              }}
            >
              Change the step
            </Button>
            <Button onClick={() => dialog.current?.close()}>Cancel</Button>
          </div>
        </>
      )}
      {begun === 'asking' && <Waiting>Asking the engine…</Waiting>}
    </dialog>
  );
};
