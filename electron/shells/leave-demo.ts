import { callTable, type EventName, type Wire } from '../../shared/contract/contract.ts';
import type { Result } from '../../shared/model/result.ts';
import { exportsFolder } from '../engine/exports/kept.ts';
import type { EngineHost } from '../engine/host.ts';

/** The one call about the engine that it cannot answer itself: whoever started it must put another in its place. */
const LEAVE_DEMO = 'demo.leave';

/** The engine that a shell shows, and where what it exports lies. Both can become others while the shell runs. */
export type ShownEngine = EngineHost & { readonly exportsFolder: () => string };

export type Leave = {
  /** Where the data is to which the demo is left. */
  readonly dataFolder: string;
  readonly start: () => Promise<Result<EngineHost>>;
  readonly onLeft: () => void;
};

/**
 * An engine as a shell shows it, with the simulated fleet that it watches. A demo can be left (`leave` not null): the engine of the real data folder is started first, so that where it
 * cannot be, the demo goes on and it is said why; then it takes the place of the other, which ends in order, with the simulated fleet. Nothing
 * goes from one data folder to the other.
 */
export const shownEngine = (
  first: EngineHost,
  dataFolder: string,
  fleet: { readonly stop: () => Promise<void> } | null,
  leave: Leave | null,
): ShownEngine => {
  const listeners: ((name: EventName, payload: unknown) => void)[] = [];
  const crashListeners: ((message: string) => void)[] = [];
  let shown = { engine: first, folder: dataFolder };
  let ending: Promise<unknown> = Promise.resolve();
  let leaving: Promise<Wire> | null = null;
  let stopping = false;
  let isLeft = false;

  const watch = (engine: EngineHost): void => {
    engine.onEvent((name, payload) => {
      if (shown.engine === engine) for (const listener of listeners) listener(name, payload);
    });
    engine.onCrash((message) => {
      if (shown.engine === engine) for (const listener of crashListeners) listener(message);
    });
  };
  watch(first);

  /** The engine first: a fleet that ends under an engine that still asks it would be recorded as one that fell silent. */
  const endInOrder = async (engine: EngineHost): Promise<void> => {
    await engine.stop();
    await fleet?.stop();
  };
  const leaveBy = async (by: Leave): Promise<Wire> => {
    const started = await by.start().finally(() => {
      leaving = null;
    });
    if (!started.ok) return { ok: true, data: started };
    if (stopping) {
      await started.value.stop();
      return { ok: false, error: { code: 'unavailable', message: 'Plumbline is ending.' } };
    }
    const before = shown.engine;
    shown = { engine: started.value, folder: by.dataFolder };
    isLeft = true;
    watch(started.value);
    ending = endInOrder(before);
    by.onLeft();
    for (const listener of listeners) listener('engine.replaced', { dataFolder: by.dataFolder });
    return { ok: true, data: { ok: true } };
  };

  return {
    call: (name, input) => {
      const isMeant = name === LEAVE_DEMO && callTable[LEAVE_DEMO].input.safeParse(input).success;
      if (!isMeant || leave === null || isLeft) return shown.engine.call(name, input);
      leaving ??= leaveBy(leave);
      return leaving;
    },
    onEvent: (listener) => listeners.push(listener),
    onCrash: (listener) => crashListeners.push(listener),
    exportsFolder: () => exportsFolder(shown.folder),
    stop: async () => {
      stopping = true;
      // Why it could not be left was told to whoever asked; it keeps nothing from ending.
      await leaving?.catch(() => undefined);
      await Promise.all(isLeft ? [shown.engine.stop(), ending] : [endInOrder(shown.engine)]);
    },
  };
};
