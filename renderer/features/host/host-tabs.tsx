import { useEffect, useRef } from 'react';
import type { RawKind } from '../../../shared/contract/raw-schemas.ts';
import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { go, hostHref, type HostTab } from '../../app/navigation.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { count } from '../../ui/words.ts';
import { BootEvents } from './boot-events.tsx';
import { RawBytes } from './bytes/raw-bytes.tsx';
import { Checks } from './checks.tsx';
import { History } from './history.tsx';
import { Identity } from './identity.tsx';
import { Pcrs } from './pcrs.tsx';
import { Runtime } from './runtime.tsx';

type HostTabsProps = { host: HostDetail; tab: HostTab; event: number | null; bytes: RawKind };

const Panel = ({ host, tab, event, bytes }: HostTabsProps): React.JSX.Element => {
  if (tab === 'checks') return <Checks checks={host.checks} />;
  if (tab === 'pcrs') return <Pcrs pcrs={host.pcrs} />;
  if (tab === 'boot-events') return <BootEvents host={host} event={event} />;
  if (tab === 'runtime') return <Runtime host={host} entry={event} />;
  if (tab === 'bytes') return <RawBytes host={host} what={bytes} index={event ?? 0} />;
  if (tab === 'history') return <History id={host.row.id} clocks={host.clocks} />;
  return <Identity host={host} />;
};

/** Where the tabs are, as a share of the window, when what was asked for would not be seen. */
const OUT_OF_SIGHT = 0.6;

export const HostTabs = ({ host, tab, event, bytes }: HostTabsProps) => {
  const top = useRef<HTMLDivElement>(null);
  // A link to one event or one tab shows it, also when it lies below what fits the window.
  useEffect(() => {
    const asked = tab !== 'checks' || event !== null;
    if (asked && (top.current?.getBoundingClientRect().top ?? 0) > innerHeight * OUT_OF_SIGHT) top.current?.scrollIntoView();
  }, [tab, event]);
  return (
    <div ref={top}>
      <Tabs
        label="Evidence of this host"
        value={tab}
        onChange={(next) => go(hostHref(host.row.id, next), 'replace')}
        tabs={[
          { value: 'checks', word: 'Checks', count: count(host.checks.length) },
          { value: 'pcrs', word: 'PCRs', count: count(host.pcrs.length) },
          { value: 'boot-events', word: 'Boot events', count: count(host.events) },
          { value: 'runtime', word: 'Runtime (IMA)', count: count(host.ima) },
          { value: 'bytes', word: 'Raw bytes' },
          { value: 'history', word: 'History' },
          { value: 'identity', word: 'Identity' },
        ]}
      >
        <Panel host={host} tab={tab} event={event} bytes={bytes} />
      </Tabs>
    </div>
  );
};
