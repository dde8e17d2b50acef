import { useEffect, useRef } from 'react';
import { useQuery } from '../transport/query.ts';
import { Button } from '../ui/button.tsx';
import { shownKeys } from '../ui/keys.ts';
import { READ_ONLY_BAND, READ_ONLY_REASON, useReadOnly } from '../ui/read-only.ts';
import { Instant } from '../ui/time.tsx';
import { plural } from '../ui/words.ts';
import { EngineStatus } from './engine-status.tsx';
import { AppCommands } from './commands/app-commands.tsx';
import { endpointsHref, overviewHref, type Route } from './navigation.ts';
import { Notices } from './notices/notices.tsx';
import { PLACES, PLACES_OF_A_PACK } from './pages.ts';
import { Preferences } from './preferences.tsx';
import { RailFold } from './rail-fold.tsx';
import { Rail } from './rail.tsx';
import { RunningJobs } from './running-jobs.tsx';
import styles from './frame.module.css';

const DemoLabel = () => {
  const info = useQuery('app.info', {});
  const demo = info.data?.demo;
  if (demo === undefined || demo === null) return null;
  return (
    <p className={styles['demo']}>
      <strong>Demo data</strong>
      <span>{plural(demo.hosts, 'simulated host', 'simulated hosts')}</span>
      {demo.leavesTo !== null && (
        <a className={styles['leave']} href={endpointsHref}>
          Leave the demo
        </a>
      )}
    </p>
  );
};

type FrameProps = { page: Route['page']; children: React.ReactNode };

const PaletteButton = ({ onOpen }: { onOpen: () => void }) => (
  <span className={styles['find']}>
    <Button kind="quiet" onClick={onOpen}>
      Find… <kbd>{shownKeys('Mod+k')}</kbd>
    </Button>
  </span>
);

export const Frame = ({ page, children }: FrameProps) => {
  const readOnly = useReadOnly();
  const pack = useQuery('app.info', {}).data?.pack ?? null;
  const places = pack === null ? PLACES : PLACES_OF_A_PACK;
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page);
  // A new page begins at its top, and the keyboard begins there too; not on the first one, where the address bar has the focus.
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    // Unless it is in something that leads from page to page and stays.
    if (!document.activeElement?.closest('[data-keeps-focus]')) main.current?.focus({ preventScroll: true });
    main.current?.scrollTo({ top: 0 });
  }, [page]);
  return (
    <AppCommands places={places}>
      {({ palette, help }) => (
        <div className={styles['frame']}>
          <a
            className={styles['skip']}
            href="#main"
            onClick={(event) => {
              event.preventDefault();
              main.current?.focus();
            }}
          >
            Skip to the page
          </a>
          <header className={styles['rail']}>
            <a className={styles['brand']} href={overviewHref} aria-label="Plumbline, overview">
              <svg width="18" height="30" viewBox="0 0 18 30" aria-hidden="true">
                <path d="M1 1h15" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
                <path d="M8.5 1v29" stroke="currentColor" />
              </svg>
              <span>Plumbline</span>
            </a>
            <RailFold where={places.find(({ pages }) => pages.some((one) => one === page))?.word ?? 'Pages'}>
              <Rail places={places.map(({ href, word, pages }) => ({ href, word, current: pages.some((one) => one === page) }))} />
              <Preferences onHelp={help} />
            </RailFold>
          </header>
          <div className={styles['column']} data-read-only={readOnly}>
            <section className={styles['bar']} aria-label="Engine">
              <DemoLabel />
              <PaletteButton onOpen={palette} />
              {pack === null && (
                <>
                  <RunningJobs />
                  <EngineStatus />
                  <Notices />
                </>
              )}
            </section>
            {readOnly && (
              <p className={styles['band']} id={READ_ONLY_BAND}>
                <strong>{READ_ONLY_REASON}</strong>{' '}
                {pack === null ? (
                  'It shows what is in the data folder; no endpoint is asked by it.'
                ) : (
                  <>
                    It shows the evidence pack <b className={styles['packName']}>{pack.name}</b> as of <Instant atMs={pack.cutOffMs} />
                    {pack.pinned ? '.' : '; who made it is not shown.'}
                  </>
                )}
              </p>
            )}
            <main className={styles['main']} id="main" ref={main} tabIndex={-1}>
              {children}
            </main>
          </div>
        </div>
      )}
    </AppCommands>
  );
};
