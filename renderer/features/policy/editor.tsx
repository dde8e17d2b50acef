import { lazy, Suspense, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { z } from 'zod';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { Activation, manifestProblemSchema, Policy } from '../../../shared/contract/policy-schemas.ts';
import type { Problem, Result } from '../../../shared/model/result.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import type { CodeEditorHandle, Fault, Offers } from '../../ui/code-editor/code-editor.tsx';
import { count, plural } from '../../ui/words.ts';
import type { completeManifest as completeManifestHere } from './completion/complete.ts';
import styles from './policy.module.css';
import { TryOut } from './try-out.tsx';

type ManifestProblem = z.output<typeof manifestProblemSchema>;
type Checked = CallOutput<'policy.check'>;

const CHECK_AFTER_MS = 300;

type Check = { readonly text: string; readonly answer: Result<Checked> };

/** What is wrong with a text, asked for when typing pauses. It may still be that of an earlier text, which is said with it. */
const useChecked = (text: string): Check | undefined => {
  const [checked, setChecked] = useState<Check>();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void call('policy.check', { text }).then((answer) => {
        if (current) setChecked({ text, answer });
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

/** A part of its own: only whoever writes a manifest pays for it. */
const CodeEditor = lazy(async () => ({ default: (await import('../../ui/code-editor/code-editor.tsx')).CodeEditor }));
const loadCompletion = () => import('./completion/complete.ts');

/** Nothing is offered until what offers is there. */
const useCompletion = (): ((text: string, cursor: number) => Offers | null) => {
  const loaded = useRef<typeof completeManifestHere>(null);
  useEffect(() => {
    void loadCompletion().then(({ completeManifest }) => {
      loaded.current = completeManifest;
      return undefined;
    });
  }, []);
  return useCallback((text, cursor) => loaded.current?.(text, cursor) ?? null, []);
};

const NO_FAULTS: readonly Fault[] = [];
const faultsOf = (found: Checked | undefined): readonly Fault[] =>
  found === undefined
    ? NO_FAULTS
    : [
        ...found.problems.map((one) => ({ ...one, severity: 'error' as const, replacement: one.suggestion })),
        ...found.warnings.map((one) => ({ ...one, severity: 'warning' as const, replacement: one.suggestion })),
      ];

const Problems = ({
  title,
  problems,
  onGo,
  onReplace,
}: {
  title: string;
  problems: readonly ManifestProblem[];
  onGo: (problem: ManifestProblem) => void;
  /** Undefined while it is of an earlier text, in which the word may stand elsewhere. */
  onReplace: ((problem: ManifestProblem, text: string) => void) | undefined;
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
                Did you mean <code>{problem.suggestion}</code>?{' '}
                <Button kind="word" disabled={onReplace === undefined} onClick={() => onReplace?.(problem, problem.suggestion ?? '')}>
                  Write {problem.suggestion}
                </Button>
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
  if (outcome.state === 'withdrawn') return <output className={styles['done']}>Version {outcome.number} is withdrawn.</output>;
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

/** What became of one text, held against one version: it says nothing of another text, and nothing once another version is in force. */
type Told = { readonly text: string; readonly against: number; readonly outcome: Activation | Problem };
const isAbout = ({ text, against, outcome }: Told, shown: string, inForce: number): boolean =>
  text === shown && (against === inForce || ('state' in outcome && outcome.state === 'active'));

type EditorProps = { text: string; inForce: Policy; onChange: (text: string | null) => void; onDone: () => void };

export const Editor = ({ text, inForce, onChange, onDone }: EditorProps) => {
  const id = useId();
  const area = useRef<CodeEditorHandle>(null);
  const complete = useCompletion();
  const checked = useChecked(text);
  const found = checked?.answer.ok === true ? checked.answer.value : undefined;
  const faults = useMemo(() => faultsOf(found), [found]);
  /** Undefined while this very text is being checked. */
  const valid = checked?.text === text && checked.answer.ok ? checked.answer.value.valid : undefined;
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Told>();
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  const changed = text !== inForce.text;
  const ready = valid === true && changed && reason.trim() !== '' && !busy;

  const activate = async (confirmed: boolean): Promise<void> => {
    setBusy(true);
    const answer = await call('policy.activate', { text, reason, confirmed });
    setBusy(false);
    setTold({ text, against: inForce.number, outcome: answer.ok ? answer.value : answer.problem });
    if (!answer.ok || (answer.value.state !== 'active' && answer.value.state !== 'proposed')) return;
    setReason('');
    // What was typed in the meantime is not lost.
    if (answer.value.state === 'active' && latest.current === text) onChange(null);
    onDone();
  };
  const replace = ({ line, column }: ManifestProblem, meant: string): void => area.current?.replace(line, column, meant);
  const goTo = ({ line, column }: ManifestProblem): void => area.current?.goTo(line, column);

  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Manifest</h2>
      <p className={styles['label']}>
        YAML; what it may hold is in docs/manifest.md. <kbd>Ctrl+Space</kbd> offers what may stand at the cursor, <kbd>F8</kbd> goes to the
        next problem.
      </p>
      <Suspense fallback={<Waiting>Preparing the editor…</Waiting>}>
        <CodeEditor
          ref={area}
          label="Manifest, YAML"
          value={text}
          faults={faults}
          complete={complete}
          onChange={(next) => {
            setTold(undefined);
            onChange(next);
          }}
        />
      </Suspense>
      <p className={styles['state']} aria-live="polite">
        {valid === undefined
          ? 'Being checked…'
          : valid
            ? 'It can be read.'
            : `${plural(found?.problems.length ?? 0, 'problem', 'problems')}.`}
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
      {checked?.answer.ok === false && <Callout problem={checked.answer.problem} />}
      <Problems title="Problems" problems={found?.problems ?? []} onGo={goTo} onReplace={valid === undefined ? undefined : replace} />
      <Problems title="Without effect" problems={found?.warnings ?? []} onGo={goTo} onReplace={valid === undefined ? undefined : replace} />
      <TryOut text={text} able={valid === true} />
      <div className={styles['activate']}>
        <label htmlFor={`${id}-reason`}>Reason, for the record</label>
        <input id={`${id}-reason`} value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} />
        <Button writes kind="primary" disabled={!ready} onClick={() => void activate(false)}>
          {inForce.approvals === 2 ? 'Propose' : 'Activate'}
        </Button>
      </div>
      {told !== undefined && !busy && isAbout(told, text, inForce.number) && (
        <Outcome outcome={told.outcome} onConfirm={() => void activate(true)} />
      )}
    </section>
  );
};
