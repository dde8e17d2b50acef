import type { Bridge, EventName } from '../../shared/contract/contract.ts';
import { markBroken, markConnected, markOver } from './connection.ts';
import { takeToken } from './session-token.ts';

const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_MOST_MS = 10_000;

type Listener = (payload: unknown) => void;

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), credentials: 'same-origin' });

/** Trades the one-time token of the link for a session cookie; without a token the cookie may still be good. */
const openSession = async (): Promise<void> => {
  const { token, hash } = takeToken(location.hash);
  if (token === null) return;
  history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
  // Refused means that the link was used before. The cookie may still be good: the first call will tell.
  await post('/session', { token });
};

const parseEvent = (data: unknown): { name: string; payload: unknown } | null => {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return null;
    return { name: value.name, payload: 'payload' in value ? value.payload : undefined };
  } catch {
    return null;
  }
};

export const webBridge = (): Bridge => {
  const session = openSession().catch(() => undefined);
  const listeners = new Map<string, Set<Listener>>();
  const emit = (name: string, payload: unknown): void => {
    for (const listener of listeners.get(name) ?? []) listener(payload);
  };
  let delayMs = BACK_OFF_FIRST_MS;
  let dropped = false;
  let revision = -1;

  const connect = (): void => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/events`);
    socket.addEventListener('open', () => {
      delayMs = BACK_OFF_FIRST_MS;
      markConnected();
      const refreshed: EventName = 'fleet.changed';
      // What happened while nobody listened is unknown: ask again for everything shown.
      if (dropped) emit(refreshed, { revision, atMs: Date.now() });
      revision -= 1;
    });
    socket.addEventListener('message', (message) => {
      const event = parseEvent(message.data);
      if (event !== null) emit(event.name, event.payload);
    });
    socket.addEventListener('close', () => {
      dropped = true;
      markBroken(Date.now());
      setTimeout(connect, delayMs);
      delayMs = Math.min(delayMs * 2, BACK_OFF_MOST_MS);
    });
  };
  void session.then(connect);

  return {
    call: async (name, input) => {
      await session;
      const answer = await post('/rpc', { name, input });
      if (answer.status === 401) {
        markOver();
        throw new Error('The session is over.');
      }
      const wire: unknown = await answer.json();
      return wire;
    },
    subscribe: (name, listener) => {
      const set = listeners.get(name) ?? new Set<Listener>();
      listeners.set(name, set);
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    },
  };
};
