import { useEffect, useId, useRef, useState } from 'react';
import type { z } from 'zod';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { Activation, manifestProblemSchema, Policy } from '../../../shared/contract/policy-schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './policy.module.css';
import { TryOut } from './try-out.tsx';

type ManifestProblem = z.output<typeof manifestProblemSchema>;
type Checked = CallOutput<'policy.check'>;

const CHECK_AFTER_MS = 300;

/** What is wrong with the text, asked for when typing pauses; undefined while the first answer is on its way. */
const useChecked = (text: string): Checked | undefined => {
  const [checked, setChecked] = useState<Checked>();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void call('policy.check', { text }).then((answer) => {
        if (current && answer.ok) setChecked(answer.value);
        return undefined;
      });
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return checked;
};

/** The offset of a line and column, both from one. */
const offsetOf = (text: string, { line, column }: ManifestProblem): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, column - 1);

const Problems = ({
  title,
  problems,
  onGo,
}: {
  title: string;
  problems: readonly ManifestProblem[];
  onGo: (problem: ManifestProblem) => void;
}) =>
  problems.length === 0 ? null : (
    <section aria-label={title} className={styles['problems']}>
      <h3>{title}</h3>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.line} ${problem.column} ${problem.message}`}>
            <Button kind="word" onClick={() => onGo(problem)}>
              Line {problem.line}, column {problem.column}
            </Button>{' '}
            {problem.message}
            {problem.suggestion !== null && (
              <>
                {' '}
                Did you mean <code>{problem.suggestion}</code>?
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );

type Asked = Extract<Activation, { readonly state: 'ask-again' }>;

const Outcome = ({ outcome, onConfirm }: { outcome: Activation | Problem; onConfirm: () => void }) => {
  if (!('state' in outcome)) return <Callout problem={outcome} />;
  if (outcome.state === 'active') return <output className={styles['done']}>Version {outcome.number} is in force.</output>;
  if (outcome.state === 'proposed')
    return <output className={styles['done']}>Version {outcome.number} is proposed; a second person must approve it.</output>;
  if (outcome.state === 'refused') return <Callout problem={outcome} />;
  if (outcome.state === 'invalid') return <Callout problem={{ message: 'The manifest has problems.', nextStep: 'Correct them first.' }} />;
  return <AskAgain asked={outcome} onConfirm={onConfirm} />;
};

const AskAgain = ({ asked, onConfirm }: { asked: Asked; onConfirm: () => void }) => (
  <Callout
    problem={{
      message: `${count(asked.newlyFailed)} of ${plural(asked.hosts, 'host', 'hosts')} would newly fail.`,
      nextStep: `That is more than the ${Math.round(asked.askAboveShare * 100)} % that the manifest in force lets pass unasked.`,
    }}
    action={<Button onClick={onConfirm}>It is meant: activate all the same</Button>}
  />
);

type EditorProps = { text: string; inForce: Policy; onChange: (text: string | null) => void; onDone: () => void };

export const Editor = ({ text, inForce, onChange, onDone }: EditorProps) => {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const checked = useChecked(text);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Activation | Problem>();
  const changed = text !== inForce.text;
  const ready = checked?.valid === true && changed && reason.trim() !== '' && !busy;

  const activate = async (confirmed: boolean): Promise<void> => {
    setBusy(true);
    const answer = await call('policy.activate', { text, reason, confirmed });
    setBusy(false);
    setOutcome(answer.ok ? answer.value : answer.problem);
    if (!answer.ok || (answer.value.state !== 'active' && answer.value.state !== 'proposed')) return;
    setReason('');
    if (answer.value.state === 'active') onChange(null);
    onDone();
  };
  const goTo = (problem: ManifestProblem): void => {
    const at = offsetOf(text, problem);
    area.current?.focus();
    area.current?.setSelectionRange(at, at + 1);
  };

  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Manifest</h2>
      <label className={styles['label']} htmlFor={`${id}-text`}>
        YAML; what it may hold is in docs/manifest.md
      </label>
      <textarea
        ref={area}
        id={`${id}-text`}
        className={styles['text']}
        value={text}
        rows={Math.min(30, Math.max(14, text.split('\n').length + 1))}
        spellCheck={false}
        aria-invalid={checked?.valid === false}
        aria-describedby={`${id}-state`}
        onChange={(event) => {
          setOutcome(undefined);
          onChange(event.target.value);
        }}
      />
      <p id={`${id}-state`} className={styles['state']} aria-live="polite">
        {checked === undefined
          ? 'Being checked…'
          : checked.valid
            ? 'It can be read.'
            : plural(checked.problems.length, 'problem', 'problems')}
        {changed ? ' Not in force yet.' : ' This is the text in force.'}
        {changed && inForce.text !== null && (
          <>
            {' '}
            <Button kind="word" onClick={() => onChange(null)}>
              Back to the text in force
            </Button>
          </>
        )}
      </p>
      <Problems title="Problems" problems={checked?.problems ?? []} onGo={goTo} />
      <Problems title="Without effect" problems={checked?.warnings ?? []} onGo={goTo} />
      <TryOut text={text} able={checked?.valid === true} />
      <div className={styles['activate']}>
        <label htmlFor={`${id}-reason`}>Reason, for the record</label>
        <input id={`${id}-reason`} value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} />
        <Button kind="primary" disabled={!ready} onClick={() => void activate(false)}>
          {inForce.approvals === 2 ? 'Propose' : 'Activate'}
        </Button>
      </div>
      {outcome !== undefined && <Outcome outcome={outcome} onConfirm={() => void activate(true)} />}
    </section>
  );
};
