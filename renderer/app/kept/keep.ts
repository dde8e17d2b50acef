import type { Preferences } from '../../../shared/contract/preference-schemas.ts';
import { onFleetChanged } from '../../transport/changes.ts';
import { call } from '../../transport/transport.ts';
import { useZone } from '../../ui/clock.ts';
import { fromBefore } from './from-before.ts';
import { prefer, setKeeper, usePreferences } from './preferences-store.ts';

const write = async (change: Preferences): Promise<void> => {
  const answer = await call('preferences.set', change);
  const problem = !answer.ok ? answer.problem : answer.value.ok ? null : answer.value.problem;
  usePreferences.setState({ problem });
};

/** Unknown stays unknown: nothing is said to be kept, or to be kept nowhere, before the engine has told. */
const readPreferences = async (): Promise<boolean> => {
  const answer = await call('preferences.get', {});
  if (!answer.ok) {
    usePreferences.setState({ problem: answer.problem });
    return false;
  }
  const { preferences, keptIn } = answer.value;
  // What was set while the engine was asked is newer, and was not written yet.
  const early = usePreferences.getState().kept;
  usePreferences.setState({ kept: { ...preferences, ...early }, keptIn, problem: null });
  if (keptIn !== null) setKeeper((change) => void write(change));
  const unwritten = { ...(preferences === null ? fromBefore(localStorage, keptIn) : {}), ...early };
  if (Object.keys(unwritten).length > 0) prefer(unwritten);
  const { zone } = usePreferences.getState().kept;
  if (zone !== undefined) useZone.setState({ zone });
  return true;
};

/**
 * Reads what this person set in this data folder, and from then on writes what is set. Where nothing can be kept, the window keeps it; an engine
 * that does not answer is asked again once it tells something.
 */
export const loadPreferences = async (): Promise<void> => {
  useZone.subscribe((next) => {
    if (next.zone !== usePreferences.getState().kept.zone) prefer({ zone: next.zone });
  });
  if (await readPreferences()) return;
  let asking = false;
  const stop = onFleetChanged(() => {
    if (asking) return;
    asking = true;
    void readPreferences().then((isRead) => {
      asking = false;
      if (isRead) stop();
      return undefined;
    });
  });
};

/** Into a data folder that keeps nothing of this person yet, such as the one to which a demo is left: settings are of a person, and no data. */
export const carryPreferences = async (): Promise<void> => {
  // What the screen still sets is of the folder before.
  setKeeper(() => {});
  const there = await call('preferences.get', {});
  if (!there.ok || there.value.preferences !== null || there.value.keptIn === null) return;
  // What was seen of one ledger says nothing of another.
  const { seen: _, ...ofPerson } = usePreferences.getState().kept;
  await call('preferences.set', ofPerson);
};
