import type { ReferenceLint } from '../../../shared/contract/reference-schemas.ts';
import { referencesHref, type ReferencesView } from '../../app/navigation-references.ts';
import { useState } from 'react';
import { call } from '../../transport/transport.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { plural } from '../../ui/words.ts';
import { LINT_STEP } from './set-words.ts';
import styles from './references.module.css';

const SHOWN = 50;

/** What to look at from time to time. Asked for, because it reads the evidence of every host. */
export const Lint = ({ view, children }: { view: ReferencesView; children: React.ReactNode }) => {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<ReferenceLint>();
  const [problem, setProblem] = useState<Problem>();
  const ask = async (): Promise<void> => {
    setBusy(true);
    const answer = await call('references.lint', {});
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) setFound(answer.value);
  };
  return (
    <section aria-label="What to look at" className={styles['lint']}>
      <div className={styles['tools']}>
        {children}
        <Button aria-disabled={busy} onClick={() => !busy && void ask()}>
          Look for sets that need somebody
        </Button>
        {busy && <Waiting>Reading the evidence of every host…</Waiting>}
        {found !== undefined && !busy && (
          <output>
            {found.remarks.length === 0 ? 'Nothing needs anybody' : plural(found.remarks.length, 'remark', 'remarks')}; the evidence of{' '}
            {plural(found.hosts, 'host', 'hosts')} was looked at.
          </output>
        )}
      </div>
      {problem !== undefined && <Callout problem={problem} />}
      {found !== undefined && found.remarks.length > 0 && (
        <ul className={styles['remarks']}>
          {found.remarks.slice(0, SHOWN).map((remark) => (
            <li key={`${remark.set} ${remark.kind} ${remark.message}`}>
              <a href={referencesHref({ ...view, set: remark.set, form: null })}>Set {remark.set}</a> {remark.message}{' '}
              <span className={styles['quiet']}>{LINT_STEP[remark.kind]}</span>
            </li>
          ))}
          {found.remarks.length > SHOWN && <li>and {plural(found.remarks.length - SHOWN, 'other', 'others')}</li>}
        </ul>
      )}
    </section>
  );
};
