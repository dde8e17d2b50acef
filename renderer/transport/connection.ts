import { create } from 'zustand';

/** `over`: the session ended or the link was used up; only a fresh link helps. */
export type Connection =
  | { readonly state: 'connected' }
  | { readonly state: 'reconnecting'; readonly sinceMs: number }
  | { readonly state: 'lost'; readonly sinceMs: number }
  | { readonly state: 'over' };

/** After this long without an event channel, "reconnecting" is no longer the honest word. */
const LOST_AFTER_MS = 15_000;

export const useConnection = create<{ connection: Connection }>(() => ({ connection: { state: 'connected' } }));

export const markConnected = (): void => {
  if (useConnection.getState().connection.state !== 'over') useConnection.setState({ connection: { state: 'connected' } });
};

export const markOver = (): void => useConnection.setState({ connection: { state: 'over' } });

export const markBroken = (nowMs: number): void => {
  const { connection } = useConnection.getState();
  if (connection.state === 'over') return;
  const sinceMs = connection.state === 'connected' ? nowMs : connection.sinceMs;
  useConnection.setState({ connection: { state: nowMs - sinceMs >= LOST_AFTER_MS ? 'lost' : 'reconnecting', sinceMs } });
};
