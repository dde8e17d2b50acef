import { useState } from 'react';
import type { Activation, ManifestVersion, TextDiff } from '../../../shared/contract/policy-schemas.ts';
import type { Problem } from '../../../shared/model/result.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './policy.module.css';

const STATE_WORD: Readonly<Record<ManifestVersion['state'], string>> = {
  proposed: 'Waits for approval',
  active: 'In force',
  replaced: 'Replaced',
  withdrawn: 'Withdrawn',
};
const SIGN: Readonly<Record<TextDiff[number]['kind'], string>> = { same: ' ', added: '+', removed: '−', gap: '…' };

const Difference = ({ lines }: { lines: TextDiff }) =>
  lines.length === 0 ? (
    <p className={styles['state']}>The two texts are the same.</p>
  ) : (
    <pre className={styles['diff']} aria-label="Difference, line by line">
      {lines.map((line) => (
        <span key={`${line.kind} ${line.from} ${line.to}`} data-kind={line.kind}>
          {SIGN[line.kind]} {line.text}
          {'\n'}
        </span>
      ))}
    </pre>
  );

type RowProps = { version: ManifestVersion; inForce: number; onRead: (text: string) => void; onDone: () => void };

const Version = ({ version, inForce, onRead, onDone }: RowProps) => {
  const [told, setTold] = useState<{ against: number; lines?: TextDiff; outcome?: Activation | Problem }>();
  const [busy, setBusy] = useState(false);
  // Held against what was in force then; it says nothing once something else is.
  const { lines, outcome } = told?.against === inForce ? told : {};
  const { number } = version;
  const compare = async (): Promise<void> => {
    const answer = await call('policy.compare', { from: inForce, to: number });
    setTold({ against: inForce, ...(answer.ok ? { lines: answer.value } : { outcome: answer.problem }) });
  };
  const read = async (): Promise<void> => {
    const answer = await call('policy.version', { number });
    if (!answer.ok) setTold({ against: inForce, outcome: answer.problem });
    else if (answer.value !== null) onRead(answer.value.text);
  };
  const approve = async (confirmed: boolean): Promise<void> => {
    setBusy(true);
    const answer = await call('policy.approve', { number, confirmed });
    setBusy(false);
    setTold({ against: inForce, ...(lines !== undefined && { lines }), outcome: answer.ok ? answer.value : answer.problem });
    onDone();
  };
  const withdraw = async (): Promise<void> => {
    const answer = await call('policy.withdraw', { number, reason: 'Withdrawn on the screen.' });
    setTold({ against: inForce, outcome: answer.ok ? answer.value : answer.problem });
    onDone();
  };
  return (
    <li className={styles['version']}>
      <p>
        <strong>
          Version {number}, {version.name}
        </strong>{' '}
        <span data-state={version.state}>{STATE_WORD[version.state]}</span>
      </p>
      <p>
        {version.author}, <Instant atMs={version.proposedAtMs} />: {version.reason}
        {version.approvedBy !== null && ` Approved by ${version.approvedBy}.`}
      </p>
      <p className={styles['actions']}>
        <Button onClick={() => void read()}>Read into the editor</Button>
        {number !== inForce && <Button onClick={() => void compare()}>Compare with what is in force</Button>}
        {version.state === 'proposed' && (
          <>
            <Button writes kind="primary" disabled={busy} onClick={() => void approve(false)}>
              Approve
            </Button>
            <Button writes onClick={() => void withdraw()}>
              Withdraw
            </Button>
          </>
        )}
      </p>
      {outcome !== undefined && !('state' in outcome) && <Callout problem={outcome} />}
      {outcome !== undefined && 'state' in outcome && outcome.state === 'refused' && <Callout problem={outcome} />}
      {outcome !== undefined && 'state' in outcome && outcome.state === 'invalid' && (
        <Callout problem={{ message: 'This version of Plumbline cannot read it.', nextStep: 'Read it into the editor to see why.' }} />
      )}
      {outcome !== undefined && 'state' in outcome && outcome.state === 'ask-again' && !busy && (
        <Callout
          problem={{
            message: `${count(outcome.newlyFailed)} of ${plural(outcome.hosts, 'host', 'hosts')} would newly fail.`,
            nextStep: 'Approve it only if that is meant.',
          }}
          action={<Button onClick={() => void approve(true)}>It is meant: approve all the same</Button>}
        />
      )}
      {lines !== undefined && <Difference lines={lines} />}
    </li>
  );
};

const PAGE = 20;

export const Versions = ({ inForce, onRead, onDone }: { inForce: number; onRead: (text: string) => void; onDone: () => void }) => {
  const [shown, setShown] = useState(PAGE);
  const { data, problem, refetch } = useQuery('policy.versions', { offset: 0, limit: shown });
  const done = (): void => {
    refetch();
    onDone();
  };
  return (
    <section aria-label="Versions">
      <h2>Versions</h2>
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data?.length === 0 && <p className={styles['state']}>None yet. The first manifest that is activated is version 1.</p>}
      <ul>
        {data?.map((version) => (
          <Version key={version.number} version={version} inForce={inForce} onRead={onRead} onDone={done} />
        ))}
      </ul>
      {data !== undefined && data.length === shown && shown < 500 && (
        <Button onClick={() => setShown(shown + PAGE)}>Earlier versions</Button>
      )}
    </section>
  );
};
