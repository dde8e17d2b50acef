import { create } from 'zustand';
import type { EventPayload } from '../../shared/contract/contract.ts';
import { subscribe } from './transport.ts';

export type Progress = EventPayload<'poll.progress'>;

/** What the engine is asking right now, by endpoint; finished sweeps are dropped. */
export const useProgress = create<{ running: Readonly<Record<string, Progress>> }>(() => ({ running: {} }));

export const watchProgress = (): (() => void) =>
  subscribe('poll.progress', (progress) => {
    useProgress.setState(({ running }) => {
      const { [progress.endpoint]: _, ...others } = running;
      return { running: progress.running ? { ...others, [progress.endpoint]: progress } : others };
    });
  });
