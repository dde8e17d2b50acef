import { useEffect, useRef } from 'react';
import { Endpoints } from '../features/endpoints/endpoints.tsx';
import { Findings } from '../features/findings/findings.tsx';
import { Difference } from '../features/host/difference/difference.tsx';
import { Host } from '../features/host/host.tsx';
import { Hosts } from '../features/hosts/hosts.tsx';
import { Jobs } from '../features/jobs/jobs.tsx';
import { WorldMap } from '../features/map/map.tsx';
import { Pack } from '../features/pack/pack.tsx';
import { Posture } from '../features/posture/posture.tsx';
import { Policy } from '../features/policy/policy.tsx';
import { Overview } from '../features/overview/overview.tsx';
import { Record } from '../features/record/record.tsx';
import { References } from '../features/references/references.tsx';
import { ReportItems } from '../features/reports/report-items.tsx';
import { Reports } from '../features/reports/reports.tsx';
import { useQuery } from '../transport/query.ts';
import { markReplaced } from '../transport/replaced.ts';
import { ReadOnly } from '../ui/read-only.ts';
import { useConnection } from '../transport/connection.ts';
import { Broken } from './broken.tsx';
import { Frame } from './frame.tsx';
import { overviewHref, useRoute, type Route } from './navigation.ts';
import { TITLE } from './pages.ts';
import { Settings } from './settings/settings.tsx';
import { SessionOver } from './session-over.tsx';
import { Tour } from './tour/tour.tsx';
import { TourOffer } from './tour/tour-offer.tsx';
import styles from './frame.module.css';

const NotFound = ({ address }: { address: string }) => (
  <section className={styles['lost']}>
    <h1>There is no such page</h1>
    <p>
      Nothing answers to <code>{address}</code>. <a href={overviewHref}>Go to the overview</a>.
    </p>
  </section>
);

const Page = ({ route }: { route: Route }): React.JSX.Element => {
  const pack = useQuery('app.info', {}).data?.pack ?? null;
  if (route.page === 'settings') return <Settings />;
  // A pack has its hosts and nothing else: what it cannot show is not shown empty.
  if (route.page === 'pack' || (pack !== null && route.page !== 'hosts' && route.page !== 'host' && route.page !== 'difference'))
    return <Pack />;
  if (route.page === 'overview') return <Overview />;
  if (route.page === 'hosts') return <Hosts view={route.view} />;
  if (route.page === 'findings') return <Findings view={route.view} />;
  if (route.page === 'references') return <References view={route.view} />;
  if (route.page === 'host') return <Host key={route.id} id={route.id} tab={route.tab} event={route.event} bytes={route.bytes} />;
  if (route.page === 'difference') return <Difference key={route.id} id={route.id} view={route.view} />;
  if (route.page === 'map') return <WorldMap view={route.view} />;
  if (route.page === 'policy') return <Policy />;
  if (route.page === 'record') return <Record view={route} />;
  if (route.page === 'reports') return route.items === null ? <Reports /> : <ReportItems key={route.items} report={route.items} />;
  if (route.page === 'posture') return <Posture days={route.days} />;
  if (route.page === 'jobs') return <Jobs />;
  if (route.page === 'endpoints') return <Endpoints />;
  return <NotFound address={route.address} />;
};

/** A window that missed the word of another data folder, because its connection was broken then, learns of it here. */
const useReplaced = (folder: string | undefined): void => {
  const first = useRef<string>(undefined);
  useEffect(() => {
    first.current ??= folder;
    if (folder !== undefined && folder !== first.current) markReplaced();
  }, [folder]);
};

const WithInfo = ({ children }: { children: React.ReactNode }) => {
  const info = useQuery('app.info', {}).data;
  const readOnly = info?.readOnly ?? false;
  useReplaced(info?.dataFolder);
  return <ReadOnly value={readOnly}>{children}</ReadOnly>;
};

export const App = () => {
  const route = useRoute();
  const over = useConnection((state) => state.connection.state === 'over');
  useEffect(() => {
    document.title = `${TITLE[route.page]} · Plumbline`;
  }, [route.page]);
  if (over) return <SessionOver />;
  return (
    <WithInfo>
      <Frame page={route.page}>
        {route.page === 'overview' && <TourOffer />}
        <Broken key={route.page}>
          <Page route={route} />
        </Broken>
      </Frame>
      <Tour />
    </WithInfo>
  );
};
