import { useMemo } from 'react';
import type { Preferences } from '../../../shared/contract/preference-schemas.ts';
import { type Command } from '../../ui/commands.ts';
import { collide, isKeys } from '../../ui/keys.ts';
import { prefer, usePreferences } from '../kept/preferences-store.ts';

/** Null: the command has no keys. What is not there has those it comes with. */
type Changed = Readonly<Record<string, string | null>>;

/** What is kept and is no keys, is left aside. */
const fitting = ({ keys = {} }: Preferences): Changed =>
  Object.fromEntries(Object.entries(keys).filter(([, own]) => own === null || isKeys(own)));

const changedNow = (): Changed => fitting(usePreferences.getState().kept);
export const useBindings = (): { readonly changed: Changed } => {
  const kept = usePreferences((state) => state.kept);
  return useMemo(() => ({ changed: fitting(kept) }), [kept]);
};

export const keysIn = (changed: Changed, { id, keys }: Pick<Command, 'id' | 'keys'>): string | null => {
  const own = changed[id];
  return own === undefined ? keys : own;
};
export const keysOf = (command: Pick<Command, 'id' | 'keys'>): string | null => keysIn(changedNow(), command);

/** The command that has these keys already, or such that only one of both could be reached. */
export const takenBy = (keys: string, id: string, commands: readonly Command[]): Command | null =>
  commands.find((command) => {
    const own = command.id === id ? null : keysOf(command);
    return own !== null && collide(own, keys);
  }) ?? null;

/** `keys` undefined: as it comes. */
export const bind = (id: string, keys: string | null | undefined): void => {
  const { [id]: _before, ...others } = changedNow();
  prefer({ keys: keys === undefined ? others : { ...others, [id]: keys } });
};

export const bindAllAsTheyCome = (): void => prefer({ keys: {} });
