import { subscribe } from './transport.ts';

const AT_MOST_EVERY_MS = 1000;
const listeners = new Set<() => void>();
let lastMs = 0;
let pending = false;
let stop: (() => void) | undefined;

const tell = (): void => {
  pending = false;
  lastMs = performance.now();
  for (const listener of listeners) listener();
};

const changed = (): void => {
  if (pending) return;
  pending = true;
  setTimeout(tell, Math.max(0, lastMs + AT_MOST_EVERY_MS - performance.now()));
};

/** Calls back after `fleet.changed`, at most once a second for the whole screen, never losing the last one. */
export const onFleetChanged = (listener: () => void): (() => void) => {
  listeners.add(listener);
  stop ??= subscribe('fleet.changed', changed);
  return () => {
    listeners.delete(listener);
  };
};
