import { useEffect, useState } from 'react';
import type { WhatIf } from '../../../shared/contract/policy-schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { LINKS } from '../../../shared/model/verdict.ts';
import { hostHref } from '../../app/navigation.ts';
import { call, subscribe } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, LINK_WORD, plural } from '../../ui/words.ts';
import styles from './policy.module.css';

const SHOWN = 200;
const DROPPED = { message: 'What was found is no longer kept, because others were tried out since.', nextStep: 'Try it out again.' };

/** A host whose verdict stays the same changes in its links. */
const whyOf = ({ before, after, workloads }: WhatIf['rows'][number]): string => {
  const [workload] = workloads;
  if (before.verdict === after.verdict && workload !== undefined) return `Workload ${workload.name}: ${workload.reason}`;
  const links = LINKS.filter((_link, index) => before.chain?.[index] !== after.chain?.[index]);
  return before.verdict === after.verdict && links.length > 0
    ? `Judged otherwise: ${links.map((link) => LINK_WORD[link]).join(', ')}.`
    : after.reason;
};

const Changes = ({ found }: { found: WhatIf }) => (
  <table className={styles['changes']}>
    <caption>
      {found.changed > found.rows.length
        ? `The first ${count(found.rows.length)} of ${plural(found.changed, 'host', 'hosts')} that would change`
        : 'Hosts that would change'}
    </caption>
    <thead>
      <tr>
        <th scope="col">Host</th>
        <th scope="col">Now</th>
        <th scope="col">Then</th>
        <th scope="col">Class</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      {found.rows.map((row) => (
        <tr key={row.id}>
          <th scope="row">
            <a href={hostHref(row.id)}>{row.name}</a>
          </th>
          <td>
            <VerdictWord verdict={row.before.verdict} />
          </td>
          <td>
            <VerdictWord verdict={row.after.verdict} />
          </td>
          <td>{row.policyClass ?? '–'}</td>
          <td>{whyOf(row)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Found = ({ found, onCancel }: { found: WhatIf; onCancel: () => void }) => {
  if (found.state === 'running')
    return (
      <div className={styles['progress']}>
        <progress max={Math.max(1, found.total)} value={found.done} aria-label="Hosts judged" /> {count(found.done)} of{' '}
        {plural(found.total, 'host', 'hosts')} <Button onClick={onCancel}>Cancel</Button>
      </div>
    );
  if (found.state === 'failed')
    return <Callout problem={{ message: 'What is recorded could not be read to its end.', nextStep: 'Try again.' }} />;
  const { before, after } = found;
  const judged = found.done - found.unknown;
  return (
    <>
      <p className={styles['state']}>
        {found.state === 'cancelled' && 'Cancelled; this is what was found until then. '}
        {found.changed === 0
          ? `Nothing would change for ${plural(judged, 'host', 'hosts')}.`
          : `${plural(found.changed, 'host', 'hosts')} of ${count(judged)} would change, ${count(found.newlyFailed)} would newly fail.`}{' '}
        Trusted: {count(before.trusted)} now, {count(after.trusted)} then. Failed: {count(before.failed)} now, {count(after.failed)} then.
        {found.unknown > 0 && ` Of ${plural(found.unknown, 'host', 'hosts')} nothing is recorded that could be judged.`}
      </p>
      {found.rows.length > 0 && <Changes found={found} />}
    </>
  );
};

/** “What if”: the text, valid or about to be, over what is recorded now. Changes nothing. */
export const TryOut = ({ text, able }: { text: string; able: boolean }) => {
  const [id, setId] = useState<number | null>(null);
  const [found, setFound] = useState<WhatIf | null>(null);
  const [problem, setProblem] = useState<Pick<Problem, 'message' | 'nextStep'>>();
  const [tried, setTried] = useState('');
  const [beginning, setBeginning] = useState(false);

  useEffect(() => {
    if (id === null) return undefined;
    let current = true;
    const look = (): void => {
      void call('policy.whatIfResult', { id, offset: 0, limit: SHOWN }).then((answer) => {
        if (!current) return undefined;
        if (!answer.ok) setProblem(answer.problem);
        else if (answer.value === null) setProblem(DROPPED);
        // An answer that was overtaken by a later one does not take its place.
        else setFound((before) => (before === null || before.state === 'running' ? answer.value : before));
        return undefined;
      });
    };
    look();
    const unsubscribe = subscribe('policy.progress', (progress) => {
      if (progress.id === id) look();
    });
    return () => {
      current = false;
      unsubscribe();
    };
  }, [id]);

  const begin = async (): Promise<void> => {
    setBeginning(true);
    setProblem(undefined);
    setId(null);
    setFound(null);
    setTried(text);
    const answer = await call('policy.whatIf', { text });
    setBeginning(false);
    if (!answer.ok) setProblem(answer.problem);
    else if (answer.value.ok) setId(answer.value.id);
    else setProblem({ message: 'The manifest has problems.', nextStep: 'Correct them first.' });
  };
  const cancel = (): void => {
    if (id !== null) void call('policy.whatIfCancel', { id });
  };

  return (
    <section aria-label="What if">
      <Button disabled={!able || beginning || found?.state === 'running'} onClick={() => void begin()}>
        What if this were in force?
      </Button>
      {problem !== undefined && <Callout problem={problem} />}
      {found !== null && tried !== text && <p className={styles['state']}>The text has changed since this was tried.</p>}
      {found !== null && <Found found={found} onCancel={cancel} />}
    </section>
  );
};
