import type { Preferences } from '../../../shared/contract/preference-schemas.ts';
import { call } from '../../transport/transport.ts';
import { useZone } from '../../ui/clock.ts';
import { fromBefore } from './from-before.ts';
import { prefer, setKeeper, usePreferences } from './preferences-store.ts';

const write = async (change: Preferences): Promise<void> => {
  const answer = await call('preferences.set', change);
  const problem = !answer.ok ? answer.problem : answer.value.ok ? null : answer.value.problem;
  usePreferences.setState({ problem });
};

/** Reads what this person set in this data folder, and from then on writes what is set. Where nothing can be kept, the window keeps it. */
export const loadPreferences = async (): Promise<void> => {
  const answer = await call('preferences.get', {});
  const { preferences, keptIn } = answer.ok ? answer.value : { preferences: null, keptIn: null };
  // What was set while the engine was asked is newer.
  usePreferences.setState(({ kept }) => ({ kept: { ...preferences, ...kept }, keptIn }));
  if (keptIn !== null) setKeeper((change) => void write(change));
  if (preferences === null) {
    const before = fromBefore(localStorage, keptIn);
    if (Object.keys(before).length > 0) prefer(before);
  }
  const { zone } = usePreferences.getState().kept;
  if (zone !== undefined) useZone.setState({ zone });
  useZone.subscribe((next) => prefer({ zone: next.zone }));
};

/** Into a data folder that keeps nothing of this person yet, such as the one to which a demo is left: settings are of a person, and no data. */
export const carryPreferences = async (): Promise<void> => {
  const there = await call('preferences.get', {});
  if (!there.ok || there.value.preferences !== null || there.value.keptIn === null) return;
  // What was seen of one ledger says nothing of another.
  const { seen: _, ...ofPerson } = usePreferences.getState().kept;
  await call('preferences.set', ofPerson);
};
