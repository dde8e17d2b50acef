import { ExportButton } from '../../exporting/export-button.tsx';
import { useQuery } from '../../transport/query.ts';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Instant } from '../../ui/time.tsx';
import { Answer } from './answer.tsx';
import { FleetChain } from './fleet-chain.tsx';
import { Freshness } from './freshness.tsx';
import { NewestFindings } from './newest-findings.tsx';
import { Places } from './places.tsx';
import { SilentEndpoints } from './silent-endpoints.tsx';
import { TallyRow } from './tally-row.tsx';
import { Trend } from './trend.tsx';
import styles from './overview.module.css';

export const Overview = () => {
  const { data, problem } = useQuery('overview.get', {});
  if (data === undefined)
    return (
      <div className={styles['page']}>
        <h1 className="visually-hidden">Overview</h1>
        {problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />}
      </div>
    );
  if (data.tally.inventory === 0)
    return <NoHosts endpoints={data.endpoints.length} silent={<SilentEndpoints endpoints={data.endpoints} />} />;
  return (
    <div className={styles['page']}>
      {problem !== undefined && (
        <Callout
          problem={problem}
          still={
            <>
              What you see is as of <Instant atMs={data.nowMs} />.
            </>
          }
        />
      )}
      <Answer overview={data} />
      <BoardSummary hosts={data.tally.inventory} />
      <SilentEndpoints endpoints={data.endpoints} />
      <TallyRow tally={data.tally} />
      <div className={styles['columns']}>
        <FleetChain links={data.links} inventory={data.tally.inventory} />
        <div className={styles['stack']}>
          <Trend trend={data.trend} nowMs={data.nowMs} />
          <Freshness freshness={data.freshness} />
        </div>
        <div className={styles['stack']}>
          <NewestFindings findings={data.findings} open={data.openFindings} />
          <Places places={data.places} />
        </div>
      </div>
    </div>
  );
};

/** The whole fleet on two pages of paper, two clicks away. */
const BoardSummary = ({ hosts }: { hosts: number }) => (
  <div className={styles['board']}>
    <ExportButton
      label="Board summary…"
      first="pdf-board"
      exported={{
        what: 'hosts',
        total: hosts,
        query: '',
        ask: (format) => ({ rows: 'hosts', format, query: {}, sort: { by: 'verdict', descending: false } }),
      }}
    />
  </div>
);

const NoHosts = ({ endpoints, silent }: { endpoints: number; silent: React.ReactNode }) => (
  <div className={styles['page']}>
    {silent}
    <h1 className="visually-hidden">Overview</h1>
    {endpoints === 0 ? (
      <Empty title="No endpoint yet, so there is nothing to judge.">
        <p>
          Write an endpoints file and start with <code>plumbline serve --endpoints FILE</code>. To look around first, start a simulated
          fleet: <code>plumbline serve --demo</code>.
        </p>
      </Empty>
    ) : (
      <Empty title="No host yet.">
        <p>The endpoints are known, but none has named a host so far. Hosts appear here as soon as one does.</p>
      </Empty>
    )}
  </div>
);
