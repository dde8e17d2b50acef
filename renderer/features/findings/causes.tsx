import { useCallback } from 'react';
import type { FindingCluster } from '../../../shared/contract/finding-schemas.ts';
import { findingsHref, type FindingsView, HOLDING } from '../../app/navigation-findings.ts';
import { go } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Grid } from '../../ui/grid.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { CAUSE_COLUMNS } from './finding-columns.tsx';
import { KIND_WORD, NEXT_STEP } from './finding-words.ts';
import { SeverityWord } from './severity-mark.tsx';
import styles from './findings.module.css';

/** Findings that hold, by what broke: one row for all hosts on which it is the same. */
export const Causes = ({ view, onTotal }: { view: FindingsView; onTotal: (total: number | undefined) => void }) => {
  const kind = view.kinds[0];
  const key = `causes ${kind ?? ''}`;
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('findings.clusters', { offset, limit, ...(kind !== undefined && { kind }) });
      if (answer.ok) onTotal(answer.value.total);
      return answer;
    },
    [kind, onTotal],
  );
  const { total, problem, rowAt, show, current } = usePages<FindingCluster>(key, fetchPage);
  return (
    <div className={styles['rows']} data-settling={!current}>
      {problem !== undefined && (
        <Callout problem={problem} still={total === undefined ? undefined : 'The rows below are the last known.'} />
      )}
      {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {total === 0 && (
        <Empty title="Nothing of this kind holds.">
          <p>What was resolved belongs to no group any more.</p>
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <Grid
          label="Causes. Enter opens one."
          listKey={key}
          columns={CAUSE_COLUMNS}
          total={total}
          minWidthPx={680}
          rowAt={rowAt}
          onVisible={show}
          onOpen={(row) => go(findingsHref({ ...view, cause: row.cause }))}
          rowTone={(row) => (row.cause === view.cause ? 'selected' : undefined)}
        />
      )}
    </div>
  );
};

const NONE = { open: 0, acknowledged: 0, waived: 0 };

/** One cause: what is the same, on how many hosts, and one decision for all of them. */
export const CauseDetail = ({ view, cause, onAct }: { view: FindingsView; cause: string; onAct: () => void }) => {
  const one = useQuery('findings.list', { cause, openOnly: true, sort: 'newest', offset: 0, limit: 1 });
  const id = one.data?.rows[0]?.id;
  const found = useQuery('findings.get', { id: id ?? 1 });
  const cluster = id === undefined ? undefined : found.data?.cluster;
  const close = <a href={findingsHref({ ...view, cause: null })}>Close</a>;
  if (one.data?.total === 0)
    return (
      <>
        <div className={styles['top']}>{close}</div>
        <h2>Nothing of this cause holds any more.</h2>
        <p>
          <a href={findingsHref({ ...HOLDING, states: ['resolved'], cause })}>What was resolved</a>
        </p>
      </>
    );
  const problem = one.problem ?? found.problem;
  if (cluster === undefined || cluster === null || cluster.cause !== cause)
    return problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />;
  const { open, acknowledged, waived } = cluster.counts ?? NONE;
  return (
    <>
      <div className={styles['top']}>
        <SeverityWord severity={cluster.severity} />
        <span>{KIND_WORD[cluster.kind]}</span>
        {close}
      </div>
      <h2>{cluster.sentence}</h2>
      <p className={styles['sentence']}>{cluster.detail}</p>
      <p>
        <strong>Next:</strong> {NEXT_STEP[cluster.kind]}
      </p>
      <div className={styles['actions']}>
        <Button writes kind="primary" onClick={onAct}>
          Decide about all {plural(cluster.findings, 'finding', 'findings')}…
        </Button>
      </div>
      <KeyValue
        pairs={[
          { key: 'Hosts', value: <a href={findingsHref({ ...HOLDING, cause })}>{plural(cluster.hosts, 'host', 'hosts')}</a> },
          { key: 'States', value: `${count(open)} open, ${count(acknowledged)} acknowledged, ${count(waived)} waived` },
          { key: 'First', value: <Instant atMs={cluster.firstAtMs} /> },
          { key: 'Newest', value: <Instant atMs={cluster.lastAtMs} /> },
        ]}
      />
      <p className={styles['quiet']}>A host on which more than this broke has another cause, and is not covered by what is decided here.</p>
    </>
  );
};
