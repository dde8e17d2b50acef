import { z } from 'zod';
import { create } from 'zustand';
import { type Command } from '../../ui/commands.ts';
import { collide, isKeys } from '../../ui/keys.ts';

const KEY = 'plumbline.keys';
/** Null: the command has no keys. What is not there has those it comes with. */
const keptSchema = z.record(z.string().max(64), z.string().refine(isKeys).nullable());
type Changed = Readonly<z.output<typeof keptSchema>>;

const remembered = (): Changed => {
  try {
    return keptSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
};

export const useBindings = create<{ readonly changed: Changed }>(() => ({ changed: remembered() }));

export const keysIn = (changed: Changed, { id, keys }: Pick<Command, 'id' | 'keys'>): string | null => {
  const own = changed[id];
  return own === undefined ? keys : own;
};
export const keysOf = (command: Pick<Command, 'id' | 'keys'>): string | null => keysIn(useBindings.getState().changed, command);

/** The command that has these keys already, or such that only one of both could be reached. */
export const takenBy = (keys: string, id: string, commands: readonly Command[]): Command | null =>
  commands.find((command) => {
    const own = command.id === id ? null : keysOf(command);
    return own !== null && collide(own, keys);
  }) ?? null;

/** `keys` undefined: as it comes. */
export const bind = (id: string, keys: string | null | undefined): void => {
  const { [id]: _before, ...others } = useBindings.getState().changed;
  const changed = keys === undefined ? others : { ...others, [id]: keys };
  localStorage.setItem(KEY, JSON.stringify(changed));
  useBindings.setState({ changed });
};

export const bindAllAsTheyCome = (): void => {
  localStorage.removeItem(KEY);
  useBindings.setState({ changed: {} });
};
