import { create } from 'zustand';
import type { Preferences } from '../../../shared/contract/preference-schemas.ts';

type Said = { readonly message: string; readonly nextStep: string };

type State = {
  readonly kept: Preferences;
  /** The data folder that keeps them; null: they last as long as the window. Undefined until the engine has told. */
  readonly keptIn: string | null | undefined;
  /** Why what was set last is not kept. */
  readonly problem: Said | null;
};

/** How this person wants Plumbline to look and to be used. Everything here comes from the data folder, and what is set here goes there. */
export const usePreferences = create<State>(() => ({ kept: {}, keptIn: undefined, problem: null }));

let keep: (change: Preferences) => void = () => {};
/** Who writes down what is set; nobody where there is no engine. */
export const setKeeper = (keeper: (change: Preferences) => void): void => {
  keep = keeper;
};

/** Holds at once, and is kept where it can be. What is not named stays. */
export const prefer = (change: Preferences): void => {
  usePreferences.setState(({ kept }) => ({ kept: { ...kept, ...change } }));
  keep(change);
};
