import type { Overview, Tally } from '../../../shared/contract/schemas.ts';
import { count, plural } from '../../ui/words.ts';

/** Since when no host has been failed, as far as the record goes; `whole`: for all of it. Null where nothing is recorded. */
export const clearSince = (trend: Overview['trend']): { readonly atMs: number; readonly whole: boolean } | null => {
  const last = trend.findLastIndex((point) => point.failed > 0);
  const point = trend[last + 1];
  return point === undefined ? null : { atMs: point.atMs, whole: last === -1 };
};

/** What is neither trusted nor failed, in one sentence; empty where there is nothing to say. */
export const restSentence = ({ stale, inconclusive }: Pick<Tally, 'stale' | 'inconclusive'>): string => {
  const open = inconclusive === 0 ? '' : `${count(inconclusive)} cannot be judged`;
  const old = stale === 0 ? '' : plural(stale, 'is stale', 'are stale');
  if (open !== '' && old !== '') return `${open} and ${old}.`;
  return open === '' && old === '' ? '' : `${open}${old}.`;
};
