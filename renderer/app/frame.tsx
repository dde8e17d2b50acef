import { useEffect, useRef } from 'react';
import { useQuery } from '../transport/query.ts';
import { ProductMark } from '../ui/plumb-bob.tsx';
import { plural } from '../ui/words.ts';
import { EngineStatus } from './engine-status.tsx';
import { endpointsHref, hostsHref, overviewHref, type Route } from './navigation.ts';
import { Preferences } from './preferences.tsx';
import { Rail } from './rail.tsx';
import styles from './frame.module.css';

const PLACES = [
  { href: overviewHref, word: 'Overview', pages: ['overview'] },
  { href: hostsHref(), word: 'Hosts', pages: ['hosts', 'host'] },
  { href: endpointsHref, word: 'Endpoints', pages: ['endpoints'] },
] as const;

const DemoLabel = () => {
  const info = useQuery('app.info', {});
  const demo = info.data?.demo;
  if (demo === undefined || demo === null) return null;
  return (
    <p className={styles['demo']}>
      <strong>Demo data</strong>
      <span>{plural(demo.hosts, 'simulated host', 'simulated hosts')}</span>
    </p>
  );
};

type FrameProps = { page: Route['page']; children: React.ReactNode };

export const Frame = ({ page, children }: FrameProps) => {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // A new page begins at its top, and the keyboard begins there too; not on the first one, where the address bar has the focus.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    main.current?.scrollTo({ top: 0 });
  }, [page]);
  return (
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
          <ProductMark size={24} />
          <span>Plumbline</span>
        </a>
        <Rail places={PLACES.map(({ href, word, pages }) => ({ href, word, current: pages.some((one) => one === page) }))} />
        <Preferences />
      </header>
      <div className={styles['column']}>
        <div className={styles['bar']} role="region" aria-label="Engine">
          <DemoLabel />
          <EngineStatus />
        </div>
        <main className={styles['main']} id="main" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
};
