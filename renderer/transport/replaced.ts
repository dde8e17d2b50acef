import { subscribe } from './transport.ts';

const listeners = new Set<() => void>();

/** Another data folder is shown from now on. Told by the engine, or by whoever asked for it. */
export const markReplaced = (): void => {
  for (const listener of listeners) listener();
};

export const onReplaced = (listener: () => void): void => {
  if (listeners.size === 0) subscribe('engine.replaced', markReplaced);
  listeners.add(listener);
};
