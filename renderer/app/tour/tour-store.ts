import { create } from 'zustand';
import { call } from '../../transport/transport.ts';
import { prefer } from '../kept/preferences-store.ts';
import { type Step, stepsOf } from './steps.tsx';

type State = {
  readonly steps: readonly Step[];
  /** Null: nobody is on the tour. */
  readonly at: number | null;
};
export const useTour = create<State>(() => ({ steps: [], at: null }));

/** What takes the focus back when the tour ends. */
let cameFrom: Element | null = null;

const FEW = 12;

/** A host whose boot loader failed by an event of its log: where evidence is missing or forged, there is no single event to be shown. */
const failedHost = async (): Promise<string | null> => {
  const failed = await call('hosts.list', {
    query: { verdicts: ['failed'], brokenLink: 'boot-loader' },
    sort: { by: 'name', descending: false },
    offset: 0,
    limit: FEW,
  });
  for (const { id } of failed.ok ? failed.value.rows : []) {
    const events = await call('hosts.events', { id, offset: 0, limit: 1, onlyBroken: true });
    if (events.ok && events.value.total > 0) return id;
  }
  return null;
};

export const leaveOffer = (): void => prefer({ tour: 'seen' });

export const startTour = async (): Promise<void> => {
  cameFrom = document.activeElement;
  leaveOffer();
  useTour.setState({ steps: stepsOf(await failedHost()), at: 0 });
};

export const goStep = (at: number): void => {
  if (at >= 0 && at < useTour.getState().steps.length) useTour.setState({ at });
};

/** The keyboard goes back to where it was, or to the page where that is gone. */
export const endTour = (): void => {
  useTour.setState({ at: null });
  const back =
    cameFrom instanceof HTMLElement && cameFrom.isConnected && cameFrom !== document.body ? cameFrom : document.querySelector('#main');
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
};
