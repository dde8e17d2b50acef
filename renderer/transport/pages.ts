import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem, Result } from '../../shared/model/result.ts';
import { onFleetChanged } from './changes.ts';

export type Page<Row> = { readonly total: number; readonly inventory?: number; readonly rows: readonly Row[] };
export type FetchPage<Row> = (offset: number, limit: number) => Promise<Result<Page<Row>>>;

type State<Row> = {
  readonly key: string;
  readonly total: number | undefined;
  readonly inventory: number | undefined;
  readonly pages: ReadonlyMap<number, readonly Row[]>;
  readonly problem: Problem | undefined;
};

export const PAGE_ROWS = 200;
const RETRY_MS = 4000;

/** The pages that a window of rows touches. */
export const pagesOf = (first: number, last: number): readonly number[] => {
  const from = Math.max(0, Math.floor(first / PAGE_ROWS));
  const to = Math.max(from, Math.floor(Math.max(first, last) / PAGE_ROWS));
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
};

/**
 * A window on a long list that stays with the engine: pages around what is visible, fetched when needed, asked again when the fleet
 * changed. `key` names the list; when it changes the old rows stay on screen until the first new page is here.
 */
export const usePages = <Row>(key: string, fetchPage: FetchPage<Row>) => {
  const [state, setState] = useState<State<Row>>({ key: '', total: undefined, inventory: undefined, pages: new Map(), problem: undefined });
  const seen = useRef({ first: 0, last: 0 });
  const fetcher = useRef(fetchPage);
  const wanted = useRef(key);
  const asked = useRef(new Map<number, number>());
  const sequence = useRef(0);
  useEffect(() => {
    fetcher.current = fetchPage;
  });

  const load = useCallback(async (page: number): Promise<void> => {
    const forKey = wanted.current;
    sequence.current += 1;
    const mine = sequence.current;
    asked.current.set(page, mine);
    const answer = await fetcher.current(page * PAGE_ROWS, PAGE_ROWS);
    if (wanted.current !== forKey || asked.current.get(page) !== mine) return;
    asked.current.delete(page);
    setState((before) => {
      const same = before.key === forKey;
      if (!answer.ok) return { ...before, key: forKey, pages: same ? before.pages : new Map(), problem: answer.problem };
      const pages = new Map(same ? before.pages : []);
      pages.set(page, answer.value.rows);
      return { key: forKey, total: answer.value.total, inventory: answer.value.inventory, pages, problem: undefined };
    });
  }, []);

  const refresh = useCallback(() => {
    const visible = pagesOf(seen.current.first, seen.current.last);
    // What is still on its way was asked before the change.
    asked.current.clear();
    // Pages off screen may have moved: forget them, they are fetched again when scrolled to.
    setState((before) => ({ ...before, pages: new Map([...before.pages].filter(([page]) => visible.includes(page))) }));
    for (const page of visible) void load(page);
  }, [load]);

  useEffect(() => {
    wanted.current = key;
    asked.current.clear();
    seen.current = { first: 0, last: 0 };
    void load(0);
    return onFleetChanged(refresh);
  }, [key, load, refresh]);

  const failing = state.problem !== undefined;
  useEffect(() => {
    if (!failing) return undefined;
    const timer = setInterval(refresh, RETRY_MS);
    return () => clearInterval(timer);
  }, [failing, refresh]);

  const { pages, total } = state;
  const show = useCallback(
    (first: number, last: number) => {
      // Where it is scrolled to, the next page is asked for before it is seen.
      const ahead = Math.sign(first - seen.current.first) * PAGE_ROWS;
      seen.current = { first, last };
      const most = Math.max(last, (total ?? 0) - 1);
      for (const page of pagesOf(Math.min(first, first + ahead), Math.min(most, Math.max(last, last + ahead))))
        if (!pages.has(page) && !asked.current.has(page)) void load(page);
    },
    [pages, total, load],
  );
  const rowAt = useCallback((index: number): Row | undefined => pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS], [pages]);

  return { total, inventory: state.inventory, problem: state.problem, current: state.key === key, rowAt, show, refresh };
};
