import type { Overview } from '../../../shared/contract/schemas.ts';
import { count, plural } from '../../ui/words.ts';

/** What the trend shows: everything that is not trusted. The rest of the inventory is trusted and would only fill the picture. */
export const OFF_TRUE = ['failed', 'inconclusive', 'stale'] as const;

const off = (point: Overview['trend'][number]): number => point.failed + point.inconclusive + point.stale;

export const allTrusted = (point: Overview['trend'][number]): boolean => off(point) === 0;

export const trendSentence = (trend: Overview['trend']): string => {
  const first = trend[0];
  const last = trend.at(-1);
  if (first === undefined || last === undefined) return 'Nothing recorded yet.';
  const most = Math.max(...trend.map(off));
  return `Hosts not trusted: ${count(off(first))} at the beginning, at most ${count(most)}, now ${count(off(last))} of ${count(last.inventory)}; ${count(last.failed)} failed.`;
};

const HOUR_MS = 3_600_000;
/** `24 hours`, `9 days`: hours as long as they can be pictured. */
export const spanWords = (ms: number): string => {
  if (ms < 2 * HOUR_MS) return plural(Math.max(1, Math.round(ms / 60_000)), 'minute', 'minutes');
  const hours = Math.round(ms / HOUR_MS);
  return hours <= 48 ? plural(hours, 'hour', 'hours') : plural(Math.round(hours / 24), 'day', 'days');
};
