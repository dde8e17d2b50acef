import { useState } from 'react';
import type { ReferenceProposal } from '../../../../shared/contract/reference-schemas.ts';
import type { Problem } from '../../../../shared/model/result.ts';
import { call } from '../../../transport/transport.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Field } from '../../../ui/field.tsx';
import { plural } from '../../../ui/words.ts';
import styles from './difference.module.css';

type Said = { readonly proposal: ReferenceProposal } | { readonly problem: Problem };

const Answer = ({ said }: { said: Said }) => {
  if ('problem' in said) return <Callout problem={said.problem} />;
  const { proposal } = said;
  if (proposal.state === 'refused') return <Callout problem={proposal} />;
  return (
    <output>
      Proposal {proposal.id} was made: {proposal.contents}, for {plural(proposal.cluster.length, 'host', 'hosts')} that failed by this
      change. Nothing counts before it is approved.
    </output>
  );
};

const REQUIRED = 'This is needed, so that whoever approves it knows why.';

/** Makes a proposal of what this host has instead of what was expected. A second step, by a person, makes it count. */
export const Propose = ({ id, name }: { id: string; name: string }) => {
  const [isOpen, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [called, setCalled] = useState(`Change on ${name}`);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<Said | null>(null);
  const propose = async (): Promise<void> => {
    setTried(true);
    if (reason.trim() === '' || called.trim() === '') return;
    setBusy(true);
    const answer = await call('references.promote', {
      host: id,
      name: called.trim(),
      scope: null,
      reason: reason.trim(),
      toMs: null,
      replaces: null,
    });
    setBusy(false);
    setSaid(answer.ok ? { proposal: answer.value } : { problem: answer.problem });
    setOpen(false);
  };
  return (
    <section aria-labelledby="propose">
      <h2 id="propose">Was this change meant?</h2>
      <p className={styles['sub']}>Then propose what was measured as a reference value. It counts once it is approved.</p>
      {!isOpen && (
        <Button writes onClick={() => setOpen(true)}>
          Propose as reference value…
        </Button>
      )}
      {isOpen && (
        <Confirm
          title="Propose as reference value"
          word="Propose"
          busy={busy}
          onConfirm={() => void propose()}
          onCancel={() => setOpen(false)}
        >
          <Field
            label="Name"
            value={called}
            onChange={setCalled}
            required
            maxLength={200}
            error={tried && called.trim() === '' ? REQUIRED : undefined}
          />
          <Field
            label="Reason"
            value={reason}
            onChange={setReason}
            required
            lines={2}
            maxLength={2_000}
            hint="It stands in the ledger beside your name."
            error={tried && reason.trim() === '' ? REQUIRED : undefined}
          />
        </Confirm>
      )}
      {said !== null && <Answer said={said} />}
    </section>
  );
};
