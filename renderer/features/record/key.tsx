import { useRef, useState } from 'react';
import type { KeyRotation, LedgerState } from '../../../shared/contract/ledger-schemas.ts';
import { recordHref } from '../../app/navigation.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { Field } from '../../ui/field.tsx';
import { Instant } from '../../ui/time.tsx';
import { plural } from '../../ui/words.ts';
import { keyIdOf } from './key-words.ts';
import styles from './parts.module.css';
import { Section } from './section.tsx';
import type { Said } from '../../transport/jobs.ts';

const NO_REASON = 'Say why: the reason is entered into the ledger.';

const Rotate = ({ keyId, onDone, onCancel }: { keyId: string; onDone: (rotated: KeyRotation | Said) => void; onCancel: () => void }) => {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const rotate = async (): Promise<void> => {
    if (reason.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    setBusy(true);
    const answer = await call('ledger.rotateKey', { reason });
    onDone(answer.ok ? answer.value : answer.problem);
  };
  return (
    <Confirm title="Rotate the key of the ledger?" word="Rotate the key" busy={busy} onConfirm={() => void rotate()} onCancel={onCancel}>
      <p>This cannot be undone. It happens at once, in this order:</p>
      <ol>
        <li>A new key is made in the data folder.</li>
        <li>
          The ledger says so, with your name and the reason. The checkpoint after that entry is signed by both keys, every later one by the
          new key alone. So whoever keeps the key {keyId} can still check everything.
        </li>
        <li>The private key {keyId} is deleted.</li>
      </ol>
      <p>
        After it: keep the new verifier key somewhere else, give it to each witness, and back up the data folder. A backup from before does
        not know the new key.
      </p>
      <Field
        ref={field}
        label="Reason, for the record"
        value={reason}
        onChange={(value) => {
          setReason(value);
          if (value.trim() !== '') setMissing(false);
        }}
        error={missing ? NO_REASON : undefined}
        maxLength={2_000}
        required
      />
    </Confirm>
  );
};

const Rotated = ({ verifierKey }: { verifierKey: string }) => (
  <section aria-label="The new key" className={styles['done']}>
    <p>
      <strong>The ledger is signed by the new key {keyIdOf(verifierKey)} from now on.</strong> Keep the line above somewhere else now, give
      it to each witness, and back up the data folder.
    </p>
  </section>
);

/** What to keep elsewhere, and how the key is changed for another one. */
export const Key = ({ state, onChanged }: { state: LedgerState; onChanged: () => void }) => {
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState<KeyRotation | Said>();
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const rotated = told !== undefined && 'ok' in told && told.ok ? told.verifierKey : null;
  // Known before the state of the ledger is asked for again.
  const verifierKey = rotated ?? state.verifierKey;
  const { checkpoint } = state;
  const failed = told === undefined || rotated !== null ? null : 'ok' in told ? (told.ok ? null : told.problem) : told;
  return (
    <Section
      title="Key and checkpoint"
      about={
        <p>
          Keep both somewhere else. With the key anyone can check what was signed; with a checkpoint also that nothing before it was changed
          or taken away. <a href={recordHref({ kind: 'key' })}>Entries about keys</a>
        </p>
      }
    >
      <h3>Verifier key</h3>
      {verifierKey === '' ? (
        <p className={styles['quiet']}>None yet: it is made with the first signature.</p>
      ) : (
        <>
          <p className={styles['quiet']}>
            The public half of the key in force, {keyIdOf(verifierKey)}. It is what this ledger says of itself: compare it with what you
            were given over another channel.
          </p>
          <CopyText text={verifierKey} label="verifier key" />
          <div className={styles['control']}>
            <Button
              writes
              ref={button}
              aria-expanded={open}
              onClick={() => {
                setTold(undefined);
                setOpen(true);
              }}
            >
              Rotate the key…
            </Button>
          </div>
          {open && (
            <Rotate
              keyId={keyIdOf(verifierKey)}
              onCancel={close}
              onDone={(answer) => {
                setTold(answer);
                close();
                onChanged();
              }}
            />
          )}
          <div aria-live="polite">
            {rotated !== null && <Rotated verifierKey={rotated} />}
            {failed !== null && <Callout problem={failed} />}
          </div>
        </>
      )}
      <h3>Newest checkpoint</h3>
      {checkpoint === null ? (
        <p className={styles['quiet']}>None yet: it is signed with the first entries.</p>
      ) : (
        <>
          <p className={styles['quiet']}>
            Over {plural(checkpoint.size, 'entry', 'entries')}, signed <Instant atMs={checkpoint.atMs} />.
          </p>
          <CopyText text={checkpoint.note} label="newest checkpoint" />
        </>
      )}
    </Section>
  );
};
