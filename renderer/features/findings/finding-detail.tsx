import { useState } from 'react';
import type { Finding, FindingCluster, FindingStep } from '../../../shared/contract/finding-schemas.ts';
import { findingsHref, type FindingsView, HOLDING } from '../../app/navigation-findings.ts';
import { hostHref } from '../../app/navigation.ts';
import { referencesHref } from '../../app/navigation-references.ts';
import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { plural } from '../../ui/words.ts';
import { ActForm } from './act-form.tsx';
import type { ActKind } from './act-words.ts';
import { Broke } from './broke.tsx';
import { KIND_WORD, NEXT_STEP, STATE_WORD, stepWord } from './finding-words.ts';
import { SeverityWord } from './severity-mark.tsx';
import type { Acting } from './use-act.ts';
import styles from './findings.module.css';

const History = ({ steps }: { steps: readonly FindingStep[] }) => (
  <ul className={styles['steps']} aria-label="What became of it, newest first">
    {steps.toReversed().map((step) => (
      <li key={step.id}>
        <div className={styles['who']}>
          <strong>{stepWord(step.kind)}</strong>
          <span>{step.who}</span>
          <span>
            <Instant atMs={step.atMs} />
          </span>
        </div>
        <p>{step.detail}</p>
      </li>
    ))}
  </ul>
);

/** When it was seen, and whose it is. */
const Facts = ({ finding }: { finding: Finding }) => {
  const host = useQuery('hosts.get', { id: finding.hostId ?? ' ' }).data ?? null;
  const { resolvedAtMs, waiver, acknowledged } = finding;
  const lastSeenAtMs = host?.row.evidenceAtMs ?? null;
  return (
    <KeyValue
      pairs={[
        ...(finding.hostId === null
          ? []
          : [{ key: 'Host', value: <a href={hostHref(finding.hostId)}>{finding.hostName ?? finding.hostId}</a> }]),
        { key: 'First seen', value: <Instant atMs={finding.openedAtMs} /> },
        ...(finding.causeSinceMs > finding.openedAtMs ? [{ key: 'Like this', value: <Instant atMs={finding.causeSinceMs} /> }] : []),
        resolvedAtMs === null
          ? {
              key: 'Last seen',
              value: lastSeenAtMs === null ? 'It holds as of the last look.' : <Instant atMs={lastSeenAtMs} />,
              ...(lastSeenAtMs !== null && { note: 'The newest evidence of the host.' }),
            }
          : { key: 'Resolved', value: <Instant atMs={resolvedAtMs} />, note: 'Evidence shows that it no longer holds.' },
        { key: 'Assigned', value: finding.assigned ?? 'to nobody' },
        ...(acknowledged === null
          ? []
          : [
              {
                key: 'Acknowledged',
                value: (
                  <>
                    {acknowledged.by}, <Instant atMs={acknowledged.atMs} />
                  </>
                ),
              },
            ]),
        ...(waiver === null
          ? []
          : [
              {
                key: 'Waived',
                value: (
                  <>
                    by {waiver.by} until <strong>{<Instant atMs={waiver.untilMs} />}</strong>
                  </>
                ),
                note: waiver.reason,
              },
            ]),
      ]}
    />
  );
};

const ACTS_OF: Readonly<Record<Finding['state'], readonly ActKind[]>> = {
  open: ['acknowledge', 'assign', 'waive', 'note'],
  acknowledged: ['assign', 'waive', 'reopen', 'note'],
  waived: ['assign', 'waive', 'unwaive', 'note'],
  resolved: ['note'],
};
const BUTTON_WORD: Readonly<Record<ActKind, string>> = {
  acknowledge: 'Acknowledge',
  assign: 'Assign…',
  waive: 'Waive…',
  unwaive: 'End the waiver…',
  reopen: 'Take back…',
  note: 'Note…',
};

/** The others that broke the same way. */
const Alike = ({ cluster }: { cluster: FindingCluster }) => (
  <>
    <h3>The same on others</h3>
    <p>
      {cluster.sentence}{' '}
      <a href={findingsHref({ ...HOLDING, by: 'cause', cause: cluster.cause })}>
        Decide about all {plural(cluster.findings, 'finding', 'findings')}
      </a>
    </p>
  </>
);

type FindingDetailProps = {
  id: number;
  view: FindingsView;
  acting: Acting;
  form: ActKind | null;
  onForm: (form: ActKind | null) => void;
};

export const FindingDetail = ({ id, view, acting, form, onForm }: FindingDetailProps) => {
  const { data, problem, refetch } = useQuery('findings.get', { id });
  const [history, setHistory] = useState(false);
  const close = <a href={findingsHref({ ...view, finding: null })}>Close</a>;
  if (data === null)
    return (
      <>
        <div className={styles['top']}>{close}</div>
        <h2>There is no finding {id}.</h2>
        <p>It may be of another data folder.</p>
      </>
    );
  if (data === undefined) return problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />;
  const { finding, cluster, journal } = data;
  const take: typeof acting.act = async (one, act) => {
    const taken = await acting.act(one, act);
    if (taken) onForm(null);
    refetch();
    return taken;
  };
  const press = (kind: ActKind): void => {
    acting.forget();
    if (kind === 'acknowledge') void take(finding, { kind });
    else onForm(kind);
  };
  const steps = history ? journal : journal.slice(-6);
  return (
    <>
      <div className={styles['top']}>
        <SeverityWord severity={finding.severity} />
        <span>{KIND_WORD[finding.kind]}</span>
        <span>{STATE_WORD[finding.state]}</span>
        {close}
      </div>
      <h2>{finding.title}</h2>
      {problem !== undefined && <Callout problem={problem} still="What follows is the last that is known." />}
      <p className={styles['sentence']}>{finding.detail}</p>
      <p>
        <strong>Next:</strong> {NEXT_STEP[finding.kind]}
        {finding.kind === 'host-failed' && finding.hostId !== null && finding.resolvedAtMs === null && (
          <>
            {' '}
            <a href={referencesHref({ form: 'promote', host: finding.hostId })}>Propose as reference value…</a>
          </>
        )}
      </p>
      <div className={styles['actions']}>
        {ACTS_OF[finding.state].map((kind) => (
          <Button key={kind} writes aria-disabled={acting.busy} onClick={() => press(kind)}>
            {kind === 'waive' && finding.state === 'waived' ? 'Waive anew…' : BUTTON_WORD[kind]}
          </Button>
        ))}
      </div>
      {acting.problem !== null && <Callout problem={acting.problem} />}
      {form !== null && form !== 'acknowledge' && ACTS_OF[finding.state].includes(form) && (
        <ActForm
          key={form}
          kind={form}
          title={`${BUTTON_WORD[form].replace('…', '')}: this finding`}
          first={{ person: finding.assigned ?? '' }}
          busy={acting.busy}
          onAct={(act) => void take(finding, act)}
          onCancel={() => onForm(null)}
        />
      )}
      {finding.hostId !== null && finding.resolvedAtMs === null && ['host-failed', 'disagreement'].includes(finding.kind) && (
        <>
          <h3>Expected, and got</h3>
          <Broke hostId={finding.hostId} />
        </>
      )}
      <h3>Facts</h3>
      <Facts finding={finding} />
      {cluster !== null && cluster.findings > 1 && <Alike cluster={cluster} />}
      <h3>What became of it</h3>
      <History steps={steps} />
      {journal.length > steps.length && (
        <Button kind="word" onClick={() => setHistory(true)}>
          {plural(journal.length - steps.length, 'earlier step', 'earlier steps')}
        </Button>
      )}
    </>
  );
};
