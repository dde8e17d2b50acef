import type { RawKind } from '../../../shared/contract/raw-schemas.ts';
import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { hostsHref, type HostTab } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Chain } from '../../ui/chain.tsx';
import { Instant } from '../../ui/time.tsx';
import { BrokePanel } from './broke-panel.tsx';
import { Clocks } from './clocks.tsx';
import { HostHead } from './host-head.tsx';
import { HostTabs } from './host-tabs.tsx';
import { TwoOpinions } from './two-opinions.tsx';
import styles from './host.module.css';

type HostProps = { id: string; tab: HostTab; event: number | null; bytes: RawKind };

export const Host = ({ id, tab, event, bytes }: HostProps) => {
  const { data, problem, updatedAtMs } = useQuery('hosts.get', { id });
  if (data === undefined)
    return (
      <div className={styles['page']}>
        <h1 className="visually-hidden">Host</h1>
        {problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />}
      </div>
    );
  if (data === null) return <NoSuchHost id={id} />;
  return (
    <div className={styles['page']}>
      {problem !== undefined && (
        <Callout
          problem={problem}
          still={
            <>
              What you see is as of <Instant atMs={updatedAtMs} />.
            </>
          }
        />
      )}
      <HostHead host={data} tab={tab} />
      {data.evidenceProblem !== null && <Callout problem={data.evidenceProblem} still={<EvidenceStill host={data} />} />}
      {data.row.verdict === 'failed' && <BrokePanel host={data} />}
      <div className={styles['columns']}>
        <section aria-labelledby="chain-of-trust">
          <h2 id="chain-of-trust">Chain of trust</h2>
          <Chain parts={data.chain} label="Chain of trust, from the hardware up" />
        </section>
        <div className={styles['aside']}>
          <TwoOpinions host={data} />
          <Clocks host={data} />
        </div>
      </div>
      <HostTabs host={data} tab={tab} event={event} bytes={bytes} />
    </div>
  );
};

const EvidenceStill = ({ host }: { host: HostDetail }) =>
  host.row.evidenceAtMs === null ? (
    <>There has never been evidence of this host, so nothing about it is verified.</>
  ) : (
    <>
      The evidence below was received <Instant atMs={host.row.evidenceAtMs} /> and is the newest there is.
    </>
  );

const NoSuchHost = ({ id }: { id: string }) => (
  <div className={styles['page']}>
    <h1 className="visually-hidden">Host not found</h1>
    <Empty title="No endpoint has ever named this host.">
      <p>
        The address asks for <code>{id}</code>. <a href={hostsHref({ text: id })}>Search for it</a> or{' '}
        <a href={hostsHref()}>see all hosts</a>.
      </p>
    </Empty>
  </div>
);
