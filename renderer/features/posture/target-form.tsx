import { useState } from 'react';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Field } from '../../ui/field.tsx';
import styles from './posture.module.css';

const percentOf = (typed: string): number | null | undefined => {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  return /^(?:100(?:\.0)?|\d{1,2}(?:\.\d)?)$/u.test(text) ? Number(text) : undefined;
};

/** What is aimed at, with the reason for it: both are entered. */
export const TargetForm = ({ target, onDone }: { target: number | null; onDone: () => void }) => {
  const [typed, setTyped] = useState(target === null ? '' : String(target));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<{ message: string; nextStep: string } | null>(null);
  const percent = percentOf(typed);
  const save = async (): Promise<void> => {
    setTried(true);
    if (percent === undefined || reason.trim() === '') return;
    const answer = await call('posture.setTarget', { percent, reason });
    if (answer.ok) onDone();
    else setRefused(answer.problem);
  };
  return (
    <form
      className={styles['form']}
      aria-label="Target"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label="Hosts that are to be trusted"
        value={typed}
        onChange={setTyped}
        unit="% of the inventory"
        look="short"
        hint="Empty: no target"
        error={tried && percent === undefined ? 'A number from 0 to 100, with one decimal at most.' : undefined}
      />
      <Field
        label="Why"
        value={reason}
        onChange={setReason}
        required
        maxLength={2_000}
        error={tried && reason.trim() === '' ? 'Say why: it is entered into the ledger.' : undefined}
      />
      {/* Enter in a field sends the form. */}
      <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      {refused !== null && <Callout problem={refused} />}
      <span className={styles['acts']}>
        <Button kind="primary" writes onClick={() => void save()}>
          Set the target
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </span>
    </form>
  );
};
