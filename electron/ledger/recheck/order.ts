import type { Problems } from './problems.ts';

/** How many entries out of place are told apart; beyond it they are only called missing or too many. */
const MAX_STRAYS = 1000;

type Seen = { readonly place: number; readonly seq: number };

export type Order = {
  /** The next entry of the storage: where it stands, and which place it says itself. */
  readonly see: (place: number, seq: number) => void;
  /** Gives the place after the last one that any entry says, apart from those that are out of place. */
  readonly end: () => number;
};

/**
 * Whether each entry stands where it says. One that says a later place is held back until the next one shows whether entries before it are
 * missing, or whether it alone was moved there.
 */
export const createOrder = (problems: Problems): Order => {
  let next = 0;
  let seen = 0;
  let held: Seen | null = null;
  const missing: { from: number; to: number }[] = [];
  /** Entries that stood too early, by what they say. */
  const strays = new Map<number, number>();

  const miss = (from: number, to: number): void => {
    if (from <= to && missing.length < MAX_STRAYS) missing.push({ from, to });
  };

  /** Takes a place from those that are missing; false where it was not missing. */
  const found = (seq: number): boolean => {
    const at = missing.findIndex(({ from, to }) => from <= seq && seq <= to);
    const gap = missing[at];
    if (gap === undefined) return false;
    const rest = [
      { from: gap.from, to: seq - 1 },
      { from: seq + 1, to: gap.to },
    ].filter(({ from, to }) => from <= to);
    missing.splice(at, 1, ...rest);
    return true;
  };

  const late = ({ place, seq }: Seen): void => {
    if (found(seq)) problems.add('entry-reordered', `Entry ${seq} stands at place ${place}.`, { seq });
    else
      problems.add('entry-inserted', `The entry at place ${place} says that it is entry ${seq}, which stands before it, too.`, {
        seq: place,
      });
  };

  const settle = (one: Seen, following: number | null): void => {
    // The next one goes on as if this one were not there, or stood for another: it alone is out of place.
    const alone = following === next || (following === next + 1 && one.seq > next + 1);
    if (!alone || strays.size >= MAX_STRAYS) {
      miss(next, one.seq - 1);
      next = one.seq + 1;
      return;
    }
    strays.set(one.seq, one.place);
    if (following === next + 1) {
      miss(next, next);
      next += 1;
    }
  };

  const see = (place: number, seq: number): void => {
    seen += 1;
    if (held !== null) {
      const one = held;
      held = null;
      settle(one, seq);
    }
    if (seq === next) next += 1;
    else if (seq < next) late({ place, seq });
    else held = { place, seq };
  };

  const end = (): number => {
    if (held !== null) settle(held, null);
    for (const [seq, place] of strays) {
      // A place at the end that nothing else takes is its own, unless there are not as many entries.
      if (found(seq) || (seq >= next && seq < seen)) problems.add('entry-reordered', `Entry ${seq} stands at place ${place}.`, { seq });
      else
        problems.add('entry-inserted', `The entry at place ${place} says that it is entry ${seq}, and does not belong there.`, {
          seq: place,
        });
    }
    for (const range of missing) {
      if (range.from === range.to) problems.add('entry-removed', `Entry ${range.from} was removed.`, { seq: range.from });
      else problems.add('entry-removed', `Entries ${range.from} to ${range.to} were removed.`, { range });
    }
    return next;
  };
  return { see, end };
};
