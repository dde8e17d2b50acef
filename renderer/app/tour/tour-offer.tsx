import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { usePreferences } from '../kept/preferences-store.ts';
import styles from './tour.module.css';
import { leaveOffer, startTour, useTour } from './tour-store.ts';

/** At the first start of the demo, and never again once it was taken or left. */
export const TourOffer = () => {
  const leavesTo = useQuery('app.info', {}).data?.demo?.leavesTo ?? null;
  const isOpen = usePreferences(({ kept, keptIn }) => keptIn !== undefined && kept.tour !== 'seen');
  const isRunning = useTour(({ at }) => at !== null);
  if (leavesTo === null || !isOpen || isRunning) return null;
  return (
    <section className={styles['offer']} aria-label="A tour">
      <p>
        <strong>New here?</strong> This fleet is simulated, so nothing can go wrong. Seven steps show what Plumbline is for.
      </p>
      <Button kind="primary" onClick={() => void startTour()}>
        Take the tour
      </Button>
      <Button kind="quiet" onClick={leaveOffer}>
        Not now
      </Button>
    </section>
  );
};
