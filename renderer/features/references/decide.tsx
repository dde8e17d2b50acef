import { useState } from 'react';
import type { ReferenceSetRow } from '../../../shared/contract/reference-schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './references.module.css';

/** Which hosts it is about, and what is not known of them. */
export const Reach = ({ id, withdrawing = false }: { id: number; withdrawing?: boolean }) => {
  const { data, problem } = useQuery('references.reach', { id });
  if (problem !== undefined && data === undefined) return <Callout problem={problem} />;
  if (data === undefined || data === null) return <Waiting>Looking at the hosts…</Waiting>;
  const of = data.whole ? plural(data.hosts, 'host', 'hosts') : `the first ${plural(data.hosts, 'host', 'hosts')}`;
  return (
    <>
      <p>
        Its scope means <strong>{count(data.meant)}</strong> of {of}. <strong>{count(data.judged)}</strong> of them{' '}
        {data.judged === 1 ? 'was' : 'were'} judged by it last, {count(data.trusted)} of these {data.trusted === 1 ? 'is' : 'are'} trusted.
      </p>
      {(withdrawing || data.judged > 0) && (
        <p className={styles['quiet']}>
          {withdrawing && `At most these ${count(data.trusted)} could fail without it. `}
          Which of them need it is not evaluated: a host may pass by the endpoint’s values or by another set as well.
          {withdrawing && ' Each is judged without it from its next evidence on.'}
        </p>
      )}
    </>
  );
};

type DecideProps = { set: ReferenceSetRow; what: 'approve' | 'withdraw'; onDone: (said: string) => void; onCancel: () => void };

/** Approval or withdrawal, with what it means and why it is done. */
export const Decide = ({ set, what, onDone, onCancel }: DecideProps) => {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Pick<Problem, 'message' | 'nextStep'>>();
  const go = async (): Promise<void> => {
    if (reason.trim() === '') {
      setError('Say why: it is entered into the ledger.');
      return;
    }
    setBusy(true);
    const answer = await call(what === 'approve' ? 'references.approve' : 'references.withdraw', { id: set.id, reason });
    setBusy(false);
    if (!answer.ok) setRefused(answer.problem);
    else if (answer.value.state === 'refused') setRefused(answer.value);
    else
      onDone(
        what === 'approve'
          ? `Set ${set.id} is approved. Hosts are judged by it from their next evidence on, and every endpoint is asked again now.`
          : `Set ${set.id} is withdrawn.`,
      );
  };
  return (
    <Confirm
      title={what === 'approve' ? `Approve set ${set.id}` : `Withdraw set ${set.id}`}
      word={what === 'approve' ? 'Approve' : 'Withdraw'}
      busy={busy}
      onConfirm={() => void go()}
      onCancel={onCancel}
    >
      {what === 'approve' ? (
        <>
          <p>
            From then on {set.scope === null ? 'every host' : 'every host that the scope means'} passes with what it names: {set.contents}.
            {set.replaces !== null && ` Set ${set.replaces} is withdrawn with it.`}
          </p>
          <p>Compare its digests with what your vendor or build published. Plumbline cannot know why they changed.</p>
        </>
      ) : set.state === 'approved' ? (
        <Reach id={set.id} withdrawing />
      ) : (
        <p>It was never approved, so no host is judged otherwise.</p>
      )}
      <Field
        label="Reason"
        value={reason}
        onChange={(value) => {
          setReason(value);
          setError(undefined);
        }}
        error={error}
        required
        lines={2}
        maxLength={2_000}
      />
      {refused !== undefined && <Callout problem={refused} />}
    </Confirm>
  );
};
