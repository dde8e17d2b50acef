import type { DifferenceRow } from '../../../shared/contract/difference-schemas.ts';
import { type Compared, isChange } from './compared.ts';

/** Lines shown on both sides of a change, so that it is seen among what did not change. */
const AROUND = 2;
/** A shorter stretch is not worth a line that says it is folded. */
const MIN_FOLDED = 4;

export type Fold = { readonly start: number; readonly length: number; readonly isOpen: boolean };
/** One row of the screen: a folded stretch, or a line by its position. */
export type Laid = Fold | number;

/**
 * What is shown of a comparison: every change with its neighbours, and each longer stretch without a change as one row, followed by its lines
 * where it is unfolded. Linear in the number of lines.
 */
export const layOut = (
  { length, stateAt }: Pick<Compared, 'length' | 'stateAt'>,
  unfolded: 'all' | ReadonlySet<number>,
): readonly Laid[] => {
  const laid: Laid[] = [];
  const stretch = (from: number, to: number): void => {
    const start = from === 0 ? 0 : Math.min(from + AROUND, to);
    const end = to === length ? to : Math.max(to - AROUND, start);
    if (end - start < MIN_FOLDED) {
      for (let at = from; at < to; at += 1) laid.push(at);
      return;
    }
    for (let at = from; at < start; at += 1) laid.push(at);
    const isOpen = unfolded === 'all' || unfolded.has(start);
    laid.push({ start, length: end - start, isOpen });
    if (isOpen) for (let at = start; at < end; at += 1) laid.push(at);
    for (let at = end; at < to; at += 1) laid.push(at);
  };
  let from = 0;
  for (let at = 0; at < length; at += 1) {
    if (!isChange(stateAt(at))) continue;
    stretch(from, at);
    laid.push(at);
    from = at + 1;
  }
  stretch(from, length);
  return laid;
};

export const rowOf = (compared: Compared, laid: Laid): DifferenceRow => {
  if (typeof laid === 'number') return compared.pairAt(laid);
  const { start, length, isOpen } = laid;
  let notJudged = 0;
  for (let at = start; at < start + length; at += 1) if (compared.stateAt(at) === 'not-judged') notJudged += 1;
  return {
    kind: 'fold',
    start,
    length,
    notJudged,
    isOpen,
    from: compared.placeAt(start),
    to: compared.placeAt(start + length - 1),
  };
};
