import { useLayoutEffect } from 'react';
import { create } from 'zustand';

/** Something that a person can do from anywhere: by the palette, and by keys where it has some. */
export type Command = {
  /** Names it in the settings of keys: `go.hosts`. */
  readonly id: string;
  /** Imperative, as on a button: "Go to Hosts". */
  readonly word: string;
  readonly group: 'Go to' | 'This page' | 'View' | 'Help';
  /** Keys by default, as in `keys.ts`: "g h". Null: none until somebody gives it some. */
  readonly keys: string | null;
  /** Other words by which it is found. */
  readonly also?: string;
  readonly run: () => void;
};

type Registry = { readonly sets: ReadonlyMap<symbol, readonly Command[]> };
const useRegistry = create<Registry>(() => ({ sets: new Map() }));

/** Offers commands as long as the component is there. `commands` must be the same list as long as nothing of it changes. */
export const useCommands = (commands: readonly Command[]): void => {
  // With the screen that offers them, not after it: whoever sees it may press at once.
  useLayoutEffect(() => {
    const key = Symbol('commands');
    useRegistry.setState(({ sets }) => ({ sets: new Map([...sets, [key, commands]]) }));
    return () => useRegistry.setState(({ sets }) => ({ sets: new Map([...sets].filter(([one]) => one !== key)) }));
  }, [commands]);
};

const offered = ({ sets }: Registry): Command[] => {
  const byId = new Map<string, Command>();
  for (const set of sets.values()) for (const command of set) byId.set(command.id, command);
  return [...byId.values()];
};

/** What can be done right now. */
export const commandsNow = (): readonly Command[] => offered(useRegistry.getState());
export const useOffered = (): readonly Command[] => offered({ sets: useRegistry((state) => state.sets) });
