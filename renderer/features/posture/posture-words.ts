import type { Posture } from '../../../shared/contract/posture-schemas.ts';
import { count, plural } from '../../ui/words.ts';

const PER_MILLE = 1_000;
/** Trusted of all hosts of the inventory, in percent with one decimal, never rounded up to a hundred. Null where there is no host. */
export const trustedPercent = ({ trusted, inventory }: Posture['tally']): number | null =>
  inventory === 0 ? null : Math.floor((trusted / inventory) * PER_MILLE) / 10;

export const percentWords = (percent: number): string => `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`;

/** The page's question, answered: is it good enough, and is it getting better. */
export const answerWords = ({ tally, target }: Posture): string => {
  const percent = trustedPercent(tally);
  if (percent === null) return 'No host is known yet.';
  const now = `${count(tally.trusted)} of ${plural(tally.inventory, 'host', 'hosts')} trusted, ${percentWords(percent)}`;
  if (target === null) return `${now}. No target is set.`;
  if (percent >= target) return `${now}: at or above the target of ${percentWords(target)}.`;
  const missing = Math.ceil((Math.round(target * 10) * tally.inventory) / PER_MILLE) - tally.trusted;
  return `${now}: below the target of ${percentWords(target)} by ${plural(missing, 'host', 'hosts')}.`;
};

/** What became of it, where something is known of then. */
export const changeWords = ({ changes: { better, worse, fresh }, before }: Posture, days: number): string => {
  if (before === null) return `Nothing was recorded ${days} days ago, so nothing is compared with it.`;
  const parts = [`${count(worse)} got worse`, `${count(better)} got better`, `${count(fresh)} came`];
  return `In ${days} days: ${parts.join(', ')}.`;
};

/** Points in percent between then and now; null where nothing was known. */
export const movedPoints = ({ tally, before }: Posture): number | null => {
  const [now, was] = [trustedPercent(tally), before === null ? null : trustedPercent(before)];
  return now === null || was === null ? null : Math.round((now - was) * 10) / 10;
};
