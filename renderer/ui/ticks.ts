import { useCallback, useMemo, useRef, useState } from 'react';
import { count } from './words.ts';

/** So many can be ticked one by one. All that match can always be ticked at once. */
export const MOST_TICKS = 500;

const SETTLING = 'The list is being asked for anew. Nothing was ticked.';

/** What a grid needs of ticks. Indexes count the rows of the list, also of those that are not drawn. */
export type GridTicks<Row> = {
  readonly isTicked: (row: Row) => boolean;
  readonly isAny: boolean;
  readonly toggle: (index: number) => void;
  /** Ticks what lies between two rows, both with it. */
  readonly extend: (from: number, to: number) => void;
  readonly all: () => void;
  readonly none: () => void;
};

type Ticked<Id> = {
  /** What the list was filtered by when they were ticked. */
  readonly of: string;
  readonly isAll: boolean;
  /** By id, with the name that a person knows it by, in the order in which they were ticked. */
  readonly some: ReadonlyMap<Id, string>;
  readonly said: string;
};

type List<Row, Id> = {
  /** Names what the list is filtered by: ticks of another filter are dropped, and that is said. */
  readonly filter: string;
  readonly total: number | undefined;
  /** Whether the rows on the screen are those of the filter; not, while a new one is being asked for. */
  readonly current: boolean;
  readonly read: (offset: number, limit: number) => Promise<readonly Row[] | null>;
  readonly rowAt: (index: number) => Row | undefined;
  readonly known: (row: Row) => { readonly id: Id; readonly name: string };
};

/** What is ticked, for whoever acts on it. */
export type Chosen<Id> = {
  /** How many; 0 where none is. */
  readonly ticked: number;
  readonly isAll: boolean;
  /** Those that were ticked one by one. */
  readonly ids: readonly Id[];
  readonly names: readonly string[];
  readonly none: () => void;
  /** Said aloud beside the number of rows; empty where there is nothing to say. */
  readonly words: string;
};

/** Rows that a person ticked: by number, not by place, so that they stay ticked while the list is scrolled, sorted and asked again. */
export const useTicks = <Row, Id>({ filter, total, current, read, rowAt, known }: List<Row, Id>) => {
  const [held, setHeld] = useState<Ticked<Id>>({ of: filter, isAll: false, some: new Map(), said: '' });
  if (held.of !== filter) {
    const dropped = held.isAll || held.some.size > 0;
    setHeld({ of: filter, isAll: false, some: new Map(), said: dropped ? 'Nothing is ticked any more: the filter is another.' : '' });
  }
  const change = useCallback((next: Partial<Ticked<Id>>): void => setHeld((before) => ({ ...before, said: '', ...next })), []);
  const say = useCallback((said: string): void => change({ said }), [change]);

  /** The row that was ticked last, from which a range is counted. */
  const last = useRef<{ readonly index: number; readonly id: Id } | null>(null);

  const toggle = useCallback(
    (index: number): void => {
      if (!current) return say(SETTLING);
      const row = rowAt(index);
      if (row === undefined) return undefined;
      const { id, name } = known(row);
      last.current = { index, id };
      setHeld((before) => {
        if (before.isAll) return { ...before, said: 'All are ticked. Escape unticks them; then single ones can be ticked.' };
        const some = new Map(before.some);
        if (!some.delete(id)) some.set(id, name);
        if (some.size > MOST_TICKS) return { ...before, said: `At most ${count(MOST_TICKS)} can be ticked one by one.` };
        return { ...before, some, said: '' };
      });
      return undefined;
    },
    [rowAt, known, current, say],
  );
  const extend = useCallback(
    async (from: number, to: number): Promise<void> => {
      if (!current) return say(SETTLING);
      const [first, end] = from < to ? [from, to] : [to, from];
      if (end - first + 1 > MOST_TICKS) return say(`At most ${count(MOST_TICKS)} can be ticked one by one.`);
      // What a person sees at both ends: places may have moved since it was drawn.
      const idAt = (index: number): Id | undefined => {
        const row = rowAt(index);
        return row === undefined ? undefined : known(row).id;
      };
      const ends = [
        { index: from, id: last.current?.index === from ? last.current.id : idAt(from) },
        { index: to, id: idAt(to) },
      ];
      const rows = await read(first, end - first + 1);
      if (rows === null) return say('The engine does not answer. Nothing more was ticked.');
      const moved = ends.some(({ index, id }) => {
        const row = rows[index - first];
        return row === undefined || (id !== undefined && known(row).id !== id);
      });
      if (moved) return say('The list has changed meanwhile. Nothing more was ticked.');
      setHeld((before) => {
        if (before.of !== filter || before.isAll) return before;
        const some = new Map(before.some);
        for (const row of rows) {
          const { id, name } = known(row);
          some.set(id, name);
        }
        if (some.size > MOST_TICKS) return { ...before, said: `At most ${count(MOST_TICKS)} can be ticked one by one.` };
        return { ...before, some, said: '' };
      });
      return undefined;
    },
    [read, rowAt, known, filter, current, say],
  );
  const all = useCallback((): void => change({ isAll: true, some: new Map() }), [change]);
  const none = useCallback((): void => change({ isAll: false, some: new Map() }), [change]);

  const { isAll, some, said } = held;
  const grid = useMemo(
    (): GridTicks<Row> => ({
      isTicked: (row) => isAll || some.has(known(row).id),
      isAny: isAll || some.size > 0,
      toggle,
      extend: (from, to) => void extend(from, to),
      all,
      none,
    }),
    [isAll, some, known, toggle, extend, all, none],
  );
  const ticked = isAll ? (total ?? 0) : some.size;
  const chosen = useMemo(
    (): Chosen<Id> => ({
      ticked,
      isAll,
      ids: [...some.keys()],
      names: [...some.values()],
      none,
      words: said !== '' ? said : ticked === 0 ? '' : isAll ? `all ${count(ticked)} ticked` : `${count(ticked)} ticked`,
    }),
    [ticked, isAll, some, none, said],
  );
  return { grid, chosen };
};
