import { z } from 'zod';
import { create } from 'zustand';
import type { Quiet } from './groups.ts';

const KEY = 'plumbline.notices';
const minute = z.number().int().min(0).max(1439);
const keptSchema = z.strictObject({
  /** Of which data folder the number is. */
  of: z.string().max(4_096),
  /** Number of the newest entry that was seen, -1 where there was none; null before the first look, from which on things are told. */
  seenSeq: z.number().int().nullable(),
  seenAtMs: z.number().int(),
  /** Whether the system is to tell it while the window is not looked at. */
  bySystem: z.boolean(),
  quiet: z.strictObject({ from: minute, to: minute }),
});
type Kept = Readonly<z.output<typeof keptSchema>>;

const NOTHING: Kept = { of: '', seenSeq: null, seenAtMs: 0, bySystem: false, quiet: { from: 0, to: 0 } };
const remembered = (): Kept => {
  try {
    return keptSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? ''));
  } catch {
    return NOTHING;
  }
};

export const useNoticed = create<Kept>(remembered);

const keep = (change: Partial<Kept>): void => {
  useNoticed.setState(change);
  localStorage.setItem(KEY, JSON.stringify(useNoticed.getState()));
};

/** Everything up to that entry is seen. */
export const markSeen = (of: string, seenSeq: number): void => keep({ of, seenSeq, seenAtMs: Date.now() });
export const setQuiet = (quiet: Quiet): void => keep({ quiet });

/** Asks the system, where that has to be asked. False where it does not allow it. */
export const setBySystem = async (bySystem: boolean): Promise<boolean> => {
  const isAllowed = !bySystem || (await Notification.requestPermission()) === 'granted';
  keep({ bySystem: bySystem && isAllowed });
  return isAllowed;
};
