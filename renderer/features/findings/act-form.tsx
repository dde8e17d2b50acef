import { useEffect, useRef, useState } from 'react';
import type { FindingAct } from '../../../shared/contract/finding-bulk-schemas.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { actOf, type ActKind, type ActTyped, type ActWrong, NOTHING_TYPED, SUBMIT_WORD } from './act-words.ts';
import styles from './findings.module.css';

type FieldsProps = { kind: ActKind; typed: ActTyped; wrong: ActWrong; onChange: (typed: ActTyped) => void };

export const ActFields = ({ kind, typed, wrong, onChange }: FieldsProps) => (
  <>
    {kind === 'assign' && (
      <Field
        label="Person"
        hint="By the name that the operating system has for the account. Nothing: nobody."
        value={typed.person}
        onChange={(person) => onChange({ ...typed, person })}
        maxLength={200}
      />
    )}
    {kind === 'waive' && (
      <Field
        label="Until, UTC"
        hint="A day such as 2026-12-24 is meant to its end; or a time such as 2026-12-24T18:00Z. At most a year from now."
        value={typed.until}
        onChange={(until) => onChange({ ...typed, until })}
        error={wrong.until}
        required
        maxLength={40}
      />
    )}
    {kind !== 'assign' && kind !== 'acknowledge' && (
      <Field
        label={kind === 'note' ? 'Note' : 'Reason'}
        hint={
          kind === 'waive' ? 'The host stays failed, and is counted so. The reason is in every report that shows the waiver.' : undefined
        }
        value={typed.reason}
        onChange={(reason) => onChange({ ...typed, reason })}
        error={wrong.reason}
        required
        lines={3}
        maxLength={2_000}
      />
    )}
  </>
);

type ActFormProps = {
  kind: ActKind;
  title: string;
  first?: Partial<ActTyped>;
  busy: boolean;
  onAct: (act: FindingAct | { readonly kind: 'note'; readonly text: string }) => void;
  onCancel: () => void;
};

/** What has to be said with a step, before it is taken. Escape leaves. */
export const ActForm = ({ kind, title, first, busy, onAct, onCancel }: ActFormProps) => {
  const [typed, setTyped] = useState<ActTyped>({ ...NOTHING_TYPED, ...first });
  const [wrong, setWrong] = useState<ActWrong>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  const submit = (): void => {
    if (busy) return;
    const found = actOf(kind, typed, Date.now());
    setWrong('wrong' in found ? found.wrong : {});
    if ('act' in found) onAct(found.act);
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape from any of the controls in it
    <form
      ref={form}
      className={styles['form']}
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !busy) onCancel();
      }}
    >
      <h3>{title}</h3>
      <ActFields kind={kind} typed={typed} wrong={wrong} onChange={setTyped} />
      <div className={styles['actions']}>
        <Button kind="primary" writes aria-disabled={busy} onClick={submit}>
          {SUBMIT_WORD[kind]}
        </Button>
        <Button aria-disabled={busy} onClick={() => !busy && onCancel()}>
          Cancel
        </Button>
      </div>
    </form>
  );
};
