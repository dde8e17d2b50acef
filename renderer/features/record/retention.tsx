import { useRef, useState } from 'react';
import type { Retention as Days } from '../../../shared/contract/job-schemas.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { useNow } from '../../ui/clock.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { Instant } from '../../ui/time.tsx';
import { plural } from '../../ui/words.ts';
import styles from './parts.module.css';
import { cutOffMs, type Difference, differencesOf, draftOf, KINDS, readDraft, type RetentionKey } from './retention-words.ts';
import { Section } from './section.tsx';
import type { Said } from '../../transport/jobs.ts';

const days = (count: number): string => plural(count, 'day', 'days');

const What = ({ difference, nowMs }: { difference: Difference; nowMs: number }) => {
  const { before, after, goes, stays } = difference;
  if (after > before) return <>Nothing is deleted by this. What is gone already does not come back.</>;
  return (
    <>
      {goes} <Instant atMs={cutOffMs(nowMs, after)} /> are deleted. {stays}
    </>
  );
};

type ReviewProps = { before: Days; after: Days; onSaved: () => void; onCancel: () => void };

/** The difference, what it would delete, and why: before anything is saved. */
const Review = ({ before, after, onSaved, onCancel }: ReviewProps) => {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Said>();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const nowMs = useNow(60_000);
  const differences = differencesOf(before, after);
  const save = async (): Promise<void> => {
    if (reason.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const answer = await call('retention.set', { retention: after, reason });
    setBusy(false);
    if (answer.ok) onSaved();
    else setProblem(answer.problem);
  };
  return (
    <Confirm title="What changes" word="Save" busy={busy} onConfirm={() => void save()} onCancel={onCancel}>
      <table className={styles['found']} data-places="true">
        <caption className="visually-hidden">The difference</caption>
        <thead>
          <tr>
            <th scope="col">Kept</th>
            <th scope="col">Now, then</th>
            <th scope="col">What is deleted</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((difference) => (
            <tr key={difference.key}>
              <th scope="row">{difference.word}</th>
              <td>
                {days(difference.before)} → <strong>{days(difference.after)}</strong>
              </td>
              <td>
                <What difference={difference} nowMs={nowMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differences.some((one) => one.after < one.before) && (
        <p>
          It is deleted with the next daily purge, or at once by the button above, and cannot be brought back but from a backup. The ledger,
          histories, findings and manifests stay.
        </p>
      )}
      <Field
        ref={field}
        label="Reason, for the record"
        value={reason}
        onChange={(value) => {
          setReason(value);
          if (value.trim() !== '') setMissing(false);
        }}
        error={missing ? 'Say why: the reason is entered into the ledger.' : undefined}
        maxLength={2_000}
        required
      />
      {problem !== undefined && <Callout problem={problem} />}
    </Confirm>
  );
};

type FormProps = { current: Days; onSaved: () => void };

const Form = ({ current, onSaved }: FormProps) => {
  const [draft, setDraft] = useState(() => draftOf(current));
  const [tried, setTried] = useState(false);
  const [open, setOpen] = useState<Days | null>(null);
  const [said, setSaid] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const fields = useRef(new Map<RetentionKey, HTMLElement>());
  const { retention, errors } = readDraft(draft);
  const close = (): void => {
    setOpen(null);
    button.current?.focus();
  };
  const review = (): void => {
    setTried(true);
    const wrong = KINDS.find(({ key }) => errors[key] !== undefined);
    if (wrong !== undefined) fields.current.get(wrong.key)?.focus();
    if (retention === null) return;
    if (differencesOf(current, retention).length === 0) setSaid('Nothing differs from what is in force.');
    else {
      setSaid('');
      setOpen(retention);
    }
  };
  return (
    <>
      <div className={styles['fields']}>
        {KINDS.map(({ key, word, hint }) => (
          <Field
            key={key}
            ref={(element) => {
              if (element !== null) fields.current.set(key, element);
            }}
            label={word}
            hint={hint}
            unit="days"
            look="short"
            numeric
            value={draft[key]}
            error={tried ? errors[key] : undefined}
            onChange={(value) => {
              setSaid('');
              setOpen(null);
              setDraft({ ...draft, [key]: value });
            }}
          />
        ))}
      </div>
      <div className={styles['control']}>
        <Button writes ref={button} aria-expanded={open !== null} onClick={review}>
          Review the change…
        </Button>
        <output>{said}</output>
      </div>
      {open !== null && (
        <Review
          before={current}
          after={open}
          onCancel={close}
          onSaved={() => {
            close();
            setTried(false);
            setSaid('Saved, and entered into the ledger.');
            onSaved();
          }}
        />
      )}
    </>
  );
};

/** For how many days what is kept, and how that is changed. */
export const Retention = () => {
  const { data, problem, refetch } = useQuery('retention.get', {});
  return (
    <Section
      title="Kept for"
      about={
        <p>
          Once a day what is older is deleted; the ledger says first what is about to go. The ledger, histories of hosts, findings,
          manifests and reference values are kept for good.
        </p>
      }
    >
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data !== undefined && <Form current={data} onSaved={refetch} />}
    </Section>
  );
};
