import type { Preferences } from '../../../shared/contract/preference-schemas.ts';
import { prefer, usePreferences } from '../kept/preferences-store.ts';
import type { Quiet } from './groups.ts';

type Noticed = {
  /** Number of the newest entry that was seen, -1 where there was none; null before the first look, from which on things are told. */
  readonly seenSeq: number | null;
  readonly seenAtMs: number;
  /** Whether the system is to tell it while the window is not looked at. */
  readonly bySystem: boolean;
  readonly quiet: Quiet;
};

const NEVER: Quiet = { from: 0, to: 0 };
const noticedIn = ({ seen, bySystem = false, quiet = NEVER }: Preferences): Noticed => ({
  seenSeq: seen?.seq ?? null,
  seenAtMs: seen?.atMs ?? 0,
  bySystem,
  quiet,
});

export const noticedNow = (): Noticed => noticedIn(usePreferences.getState().kept);
export const useNoticed = (): Noticed => noticedIn(usePreferences((state) => state.kept));

/** Everything up to that entry is seen. */
export const markSeen = (seq: number): void => prefer({ seen: { seq, atMs: Date.now() } });
export const setQuiet = (quiet: Quiet): void => prefer({ quiet });

/** Asks the system, where that has to be asked. False where it does not allow it. */
export const setBySystem = async (bySystem: boolean): Promise<boolean> => {
  const isAllowed = !bySystem || (await Notification.requestPermission()) === 'granted';
  prefer({ bySystem: bySystem && isAllowed });
  return isAllowed;
};
