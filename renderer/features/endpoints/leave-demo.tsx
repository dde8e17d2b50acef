import { useState } from 'react';
import { useQuery } from '../../transport/query.ts';
import { markReplaced } from '../../transport/replaced.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import styles from './endpoints.module.css';

type Said = { readonly message: string; readonly nextStep: string };

/** What leaving the demo does, and the one button that does it. Nothing is deleted, so nothing is asked twice. */
export const LeaveDemo = () => {
  const info = useQuery('app.info', {}).data;
  const [isLeaving, setLeaving] = useState(false);
  const [refused, setRefused] = useState<Said | null>(null);
  if (info?.demo === undefined || info.demo === null) return null;
  const { leavesTo } = info.demo;
  const leave = async (): Promise<void> => {
    setLeaving(true);
    setRefused(null);
    const answer = await call('demo.leave', {});
    const problem = !answer.ok ? answer.problem : answer.value.ok ? null : answer.value.problem;
    if (problem === null) return markReplaced();
    setLeaving(false);
    setRefused(problem);
    return undefined;
  };
  return (
    <section aria-labelledby="leave-demo" className={styles['leave']} data-tour="leave">
      <h2 id="leave-demo">Leave the demo</h2>
      {refused !== null && <Callout problem={refused} still="The demo goes on." />}
      {leavesTo === null ? (
        <p>
          Hosts of this data folder are simulated. To look at your own, stop Plumbline and start it with your endpoints file and another
          data folder: <code>npm start -- --endpoints FILE --data DIR</code>
        </p>
      ) : (
        <>
          <ul>
            <li>The simulated fleet ends. What was recorded of it stays in its own folder, where the next demo goes on:</li>
            <li className={styles['path']}>
              <code>{info.dataFolder}</code>
            </li>
            <li>Plumbline goes on in this window with the folder for your data, into which nothing of the demo comes:</li>
            <li className={styles['path']}>
              <code>{leavesTo}</code>
            </li>
            <li>There it asks nobody until you name your endpoints. How to do that is said there.</li>
          </ul>
          <Button kind="primary" aria-disabled={isLeaving} onClick={() => void (isLeaving || leave())}>
            Leave the demo
          </Button>
          <output className={styles['leaving']}>{isLeaving && 'Opening the folder for your data…'}</output>
        </>
      )}
    </section>
  );
};
