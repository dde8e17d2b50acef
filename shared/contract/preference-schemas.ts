import { z } from 'zod';
import { problemSchema } from './schemas.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const CONTRASTS = ['system', 'usual', 'more'] as const;
export type Contrast = (typeof CONTRASTS)[number];
export const ZONES = ['utc', 'local'] as const;

const MOST_KEYS = 500;
const minute = z.number().int().min(0).max(1439);

/**
 * How Plumbline looks and is used by one person: nothing that is evidence, so none of it is entered into the ledger. What is not there is as it
 * comes. A name that is not in this list is refused where it is set, and passed over where it is read.
 */
export const preferenceShape = {
  theme: z.enum(THEMES),
  contrast: z.enum(CONTRASTS),
  zone: z.enum(ZONES),
  /** Commands whose keys are not those they come with; null: none. */
  keys: z
    .record(z.string().min(1).max(64), z.string().min(1).max(64).nullable())
    .refine((keys) => Object.keys(keys).length <= MOST_KEYS, `at most ${MOST_KEYS} commands`),
  /** Number of the newest entry of the ledger that was seen, -1 where there was none. Not there before the first look. */
  seen: z.strictObject({ seq: z.number().int().min(-1), atMs: z.number().int() }),
  /** Whether the system is to tell what is new, while the window is not looked at. */
  bySystem: z.boolean(),
  /** Minutes of the local day between which the system tells nothing; the same twice = never. */
  quiet: z.strictObject({ from: minute, to: minute }),
  /** The tour was offered, and taken or left. */
  tour: z.literal('seen'),
} as const;

export const preferencesSchema = z.strictObject(preferenceShape).partial();
export type Preferences = z.output<typeof preferencesSchema>;

/** All that one person's preferences may take, as JSON, together with what another version keeps beside them. */
export const MOST_PREFERENCES_BYTES = 64 * 1024;

export const keptPreferencesSchema = z.object({
  /** Null: this person has never set anything here. */
  preferences: preferencesSchema.nullable(),
  /** Null: nothing can be kept here, so they last as long as the window. */
  keptIn: z.string().nullable(),
});
export type KeptPreferences = z.output<typeof keptPreferencesSchema>;

export const preferenceChangeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
]);
