import { z } from 'zod';
import type { Handlers } from '../../shared/contract/contract.ts';
import { MOST_PREFERENCES_BYTES, preferenceShape, type Preferences, preferencesSchema } from '../../shared/contract/preference-schemas.ts';
import { fail } from '../../shared/model/result.ts';
import type { Settings } from '../store/settings.ts';
import { personKey } from './who.ts';

const storedSchema = z.record(z.string(), z.unknown());
const nameOf = (user: string): string => `preferences ${personKey(user)}`;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** One that cannot be read is as it comes; it costs none of the others. */
const readable = (stored: Readonly<Record<string, unknown>>): Preferences => {
  const fitting = Object.entries(preferenceShape).filter(([name, schema]) => schema.safeParse(stored[name]).success);
  return preferencesSchema.parse(Object.fromEntries(fitting.map(([name]) => [name, stored[name]])));
};

/** What somebody set, where nothing may be written. */
export const readPreferences =
  (settings: Pick<Settings, 'read'>, user: string, keptIn: string | null): Handlers['preferences.get'] =>
  () => {
    const stored = settings.read(nameOf(user), storedSchema);
    return { preferences: stored === null ? null : readable(stored), keptIn };
  };

/**
 * Preferences of the person who runs Plumbline, in the data folder and not in the ledger. Each is set by itself, so that two windows do not undo
 * each other. What another version keeps there under names that this one does not know stays, as long as all of it has room.
 */
export const createPreferences = (
  settings: Pick<Settings, 'read' | 'write'>,
  user: string,
  keptIn: string,
): Pick<Handlers, 'preferences.get' | 'preferences.set'> => ({
  'preferences.get': readPreferences(settings, user, keptIn),
  'preferences.set': (change) => {
    const stored = settings.read(nameOf(user), storedSchema) ?? {};
    const whole = { ...stored, ...change };
    const known = readable(whole);
    if (bytesOf(known) > MOST_PREFERENCES_BYTES)
      return fail(
        'preferences-too-large',
        'This is more than is kept of one person’s settings.',
        'Give some commands the keys they come with.',
      );
    settings.write(nameOf(user), bytesOf(whole) > MOST_PREFERENCES_BYTES ? known : whole);
    return { ok: true };
  },
});
