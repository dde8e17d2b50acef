import { useEffect, useRef, useState } from 'react';
import type { ReferenceProposal } from '../../../shared/contract/reference-schemas.ts';
import type { Problem, Result } from '../../../shared/model/result.ts';
import { endOf, timeOf } from '../../../shared/query/values.ts';
import { go } from '../../app/navigation.ts';
import { type ReferenceForm, referencesHref, type ReferencesView } from '../../app/navigation-references.ts';
import { isDesktop } from '../../transport/door.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Field } from '../../ui/field.tsx';
import { brokenLine, MOST_BROWSER_BYTES, MOST_FILE_BYTES, typedItems } from './typed-items.ts';
import styles from './references.module.css';

type Said = Pick<Problem, 'message' | 'nextStep'>;
type Proposed = Extract<ReferenceProposal, { state: 'proposed' }>;
type Format = 'keylime-runtime' | 'keylime-measured-boot';

export const FORM_WORD: Readonly<Record<ReferenceForm, string>> = {
  capture: 'Capture from a host',
  import: 'Import a file',
  type: 'Type values',
  promote: 'Propose what a failed host has',
};
const FORM_MEANING: Readonly<Record<ReferenceForm, string>> = {
  capture:
    'Everything that the host measures, as far as its quote proves it. A golden host that was bad stays bad: choose one that you installed yourself.',
  import: 'A Keylime runtime policy or measured-boot reference state, as JSON.',
  type: 'Files by digest and path, as sha256sum prints them, and paths that are not judged.',
  promote:
    'Only what broke trust first, and every other host that failed by the same change. Compare the new digest with what was published.',
};

type Common = { readonly name: string; readonly scope: string; readonly reason: string; readonly until: string; readonly replaces: string };
type Wrong = Partial<Record<keyof Common | 'host' | 'text', string>>;

const checked = (common: Common, nowMs: number) => {
  const wrong: Wrong = {};
  const time = common.until.trim() === '' ? null : timeOf(common.until.trim());
  const toMs = time?.kind === 'time' ? (time.precision === 'day' ? endOf(time.atMs, time.precision) : time.atMs) : null;
  if (common.name.trim() === '') wrong.name = 'Give it a name.';
  if (common.reason.trim() === '') wrong.reason = 'Say why: whoever approves it reads this.';
  if (common.until.trim() !== '' && toMs === null) wrong.until = 'Give a day such as 2026-12-24, or a time such as 2026-12-24T18:00Z.';
  else if (toMs !== null && toMs <= nowMs) wrong.until = 'It would have ended before it began.';
  if (!/^\s*(?:[1-9]\d{0,8})?\s*$/u.test(common.replaces)) wrong.replaces = 'Give the number of a set, or nothing.';
  const proposal = {
    name: common.name.trim(),
    scope: common.scope.trim() === '' ? null : common.scope.trim(),
    reason: common.reason.trim(),
    toMs,
    replaces: common.replaces.trim() === '' ? null : Number(common.replaces),
  };
  return { wrong, proposal };
};

/** What was proposed, before it is opened: nothing of it counts yet. */
export const ProposalResult = ({ made }: { made: Proposed }) => (
  <div className={styles['result']}>
    <p>
      <strong>Set {made.id} is proposed:</strong> {made.contents}. Nothing counts before it is approved.
    </p>
    {made.cluster.length > 1 && <p>{made.cluster.length} hosts failed by this same change.</p>}
    {made.deviating.length > 0 && <p>{made.deviating.length} hosts of the group have something else.</p>}
    {made.words.length > 0 && (
      <ul>
        {made.words.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ul>
    )}
    {made.left.length > 0 && (
      <>
        <p>Not taken over:</p>
        <ul>
          {made.left.map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      </>
    )}
  </div>
);

type ProposalFormProps = { form: ReferenceForm; view: ReferencesView; onMade: (made: Proposed) => void };

export const ProposalForm = ({ form, view, onMade }: ProposalFormProps) => {
  const [common, setCommon] = useState<Common>({ name: '', scope: '', reason: '', until: '', replaces: '' });
  const [host, setHost] = useState(view.host ?? '');
  const [format, setFormat] = useState<Format>('keylime-runtime');
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<Wrong>({});
  const [problem, setProblem] = useState<Said | null>(null);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  const set = (change: Partial<Common>): void => setCommon({ ...common, ...change });
  const leave = (): void => go(referencesHref({ ...view, form: null, host: null }), 'replace');

  const read = async (chosen: File | undefined): Promise<void> => {
    setFile(null);
    setProblem(null);
    if (chosen === undefined) return;
    const most = isDesktop ? MOST_FILE_BYTES : MOST_BROWSER_BYTES;
    if (chosen.size > most) {
      const megabytes = (most / 1024 / 1024).toFixed(1);
      setProblem({
        message: `The file is too large: at most ${megabytes} MiB are taken ${isDesktop ? '' : 'in a browser'}.`,
        nextStep: isDesktop ? 'Divide it into several policies.' : 'Import it in the desktop application, or divide it.',
      });
      return;
    }
    const body = await chosen.text();
    const broken = brokenLine(body);
    setProblem(broken);
    if (broken === null) setFile({ name: chosen.name, text: body });
  };

  const ask = async (proposal: ReturnType<typeof checked>['proposal']): Promise<Result<ReferenceProposal> | Said> => {
    if (form === 'capture') return call('references.capture', { from: { host: host.trim() }, ...proposal });
    if (form === 'promote') return call('references.promote', { host: host.trim(), ...proposal });
    if (form === 'import')
      return file === null
        ? { message: 'No file is chosen.', nextStep: 'Choose a policy as JSON.' }
        : call('references.import', { text: file.text, format, ...proposal });
    const typed = typedItems(text);
    return 'problem' in typed ? typed.problem : call('references.propose', { items: typed.items, ...proposal });
  };
  const submit = async (): Promise<void> => {
    if (busy) return;
    const { wrong: found, proposal } = checked(common, Date.now());
    if ((form === 'capture' || form === 'promote') && host.trim() === '') found.host = 'Give the host, as in the address of its page.';
    setWrong(found);
    if (Object.keys(found).length > 0) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setBusy(true);
    const answer = await ask(proposal);
    setBusy(false);
    if (!('ok' in answer)) setProblem(answer);
    else if (!answer.ok) setProblem(answer.problem);
    else if (answer.value.state === 'refused') setProblem(answer.value);
    else onMade(answer.value);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape from any of the controls in it
    <form
      ref={box}
      className={styles['form']}
      aria-label={FORM_WORD[form]}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !busy) leave();
      }}
    >
      <h2>{FORM_WORD[form]}</h2>
      <p className={styles['quiet']}>{FORM_MEANING[form]}</p>
      {(form === 'capture' || form === 'promote') && (
        <Field
          label="Host"
          hint="Endpoint and id, as in the address of its page."
          value={host}
          onChange={setHost}
          error={wrong.host}
          required
          maxLength={200}
        />
      )}
      {form === 'import' && (
        <>
          <Choice
            label="Format"
            options={[
              { value: 'keylime-runtime', word: 'Runtime policy' },
              { value: 'keylime-measured-boot', word: 'Measured-boot reference state' },
            ]}
            value={format}
            onChange={setFormat}
          />
          <label className={styles['file']}>
            <span>File</span>
            <input type="file" accept=".json,application/json" onChange={(event) => void read(event.target.files?.[0])} />
          </label>
        </>
      )}
      {form === 'type' && (
        <Field
          label="Values, one a line"
          hint="“DIGEST  /path” as sha256sum prints it, or “exclude PATTERN”."
          value={text}
          onChange={setText}
          look="mono"
          lines={6}
          required
        />
      )}
      <div className={styles['fields']}>
        <Field label="Name" value={common.name} onChange={(name) => set({ name })} error={wrong.name} required maxLength={200} />
        <Field
          label="Scope"
          hint="A host query; nothing means all hosts."
          value={common.scope}
          onChange={(scope) => set({ scope })}
          maxLength={4_000}
        />
        <Field
          label="Ends, UTC"
          hint="Nothing: without end."
          value={common.until}
          onChange={(until) => set({ until })}
          error={wrong.until}
          maxLength={40}
        />
        <Field
          label="Replaces set"
          hint="Its number; it is withdrawn when this one is approved."
          value={common.replaces}
          onChange={(replaces) => set({ replaces })}
          error={wrong.replaces}
          numeric
          maxLength={9}
        />
      </div>
      <Field
        label="Reason"
        value={common.reason}
        onChange={(reason) => set({ reason })}
        error={wrong.reason}
        required
        lines={2}
        maxLength={2_000}
      />
      {problem !== null && <Callout problem={problem} />}
      {busy && <Waiting>Reading what the hosts measured…</Waiting>}
      <div className={styles['actions']}>
        <Button kind="primary" writes aria-disabled={busy} onClick={() => void submit()}>
          Propose
        </Button>
        <Button aria-disabled={busy} onClick={() => !busy && leave()}>
          Cancel
        </Button>
      </div>
    </form>
  );
};
