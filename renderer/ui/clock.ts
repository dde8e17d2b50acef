import { useSyncExternalStore } from 'react';
import { create } from 'zustand';
import type { Zone } from './format-time.ts';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now();
    timer = setInterval(() => {
      nowMs = Date.now();
      for (const each of listeners) each();
    }, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
};

/** One clock for every age on the screen. `stepMs` rounds down, so that a component renders only when its text can change. */
export const useNow = (stepMs = TICK_MS): number => useSyncExternalStore(subscribe, () => Math.floor(nowMs / stepMs) * stepMs);

export const useZone = create<{ zone: Zone }>(() => ({ zone: 'utc' }));
export const setZone = (zone: Zone): void => useZone.setState({ zone });
