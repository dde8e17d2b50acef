/* oxlint-disable jsx-a11y/prefer-tag-over-role -- table elements cannot be virtualised with positioned rows; the roles say the same */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import styles from './grid.module.css';
import type { GridTicks } from './ticks.ts';

export type Column<Row, Sort extends string> = {
  readonly key: string;
  readonly title: string;
  /** A CSS grid track. */
  readonly track: string;
  readonly align?: 'end';
  readonly sort?: Sort;
  readonly hideTitle?: boolean;
  /** A method, so that a row can be drawn by one memoised component that knows no type of row. Keeps no state: its elements go from row to row. */
  cell(row: Row, index: number): React.ReactNode;
};

type GridProps<Row, Sort extends string> = {
  label: string;
  columns: readonly Column<Row, Sort>[];
  total: number;
  rowAt: (index: number) => Row | undefined;
  onVisible: (first: number, last: number) => void;
  onOpen: (row: Row, index: number) => void;
  /** Below this the grid scrolls sideways instead of squeezing its columns. */
  minWidthPx: number;
  rowTone?: (row: Row) => 'alarm' | 'selected' | undefined;
  sort?: { readonly by: Sort; readonly descending: boolean; readonly change: (by: Sort) => void };
  /** Rows can be ticked: by Space, with Shift all between, by Ctrl+A all that match, and Escape unticks them. */
  ticks?: GridTicks<Row>;
  /** Scrolls there and makes it the active row whenever the value changes. */
  reveal?: { readonly index: number; readonly wish: number } | undefined;
  /** Names the list: when it changes, the grid goes back to the top. */
  listKey?: string;
  /** Where to begin, and told when left: so that going back finds the same rows. */
  startAt?: number;
  onLeave?: (first: number) => void;
};

const ROW_PX = 28;
/** Rows beyond each edge: what a turn of the wheel brings is there already. */
const OVERSCAN = 6;
/** Rows are counted from one, and the first is the head. */
const FIRST_ROW = 2;

/** The row of the body that an element is part of, or null. */
const rowOf = (element: EventTarget | null): string | null =>
  element instanceof Element ? (element.closest('[aria-rowindex]')?.getAttribute('aria-rowindex') ?? null) : null;

/**
 * A long table of which only the visible rows exist. One stop for Tab; arrows, Page Up/Down, Home and End move the active row, Enter
 * opens it. Screen readers get the true number of rows.
 */
export const Grid = <Row, Sort extends string = never>(props: GridProps<Row, Sort>) => {
  const {
    label,
    columns,
    total,
    rowAt,
    onVisible,
    onOpen,
    minWidthPx,
    rowTone,
    sort,
    reveal,
    ticks,
    startAt = 0,
    onLeave,
    listKey = '',
  } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(startAt);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised across renders
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_PX,
    initialOffset: startAt * ROW_PX,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (total > 0) onVisible(first, last);
  }, [first, last, total, onVisible]);

  // Elements are lent to other rows: whatever of a row had the focus must not act on another one.
  const focused = useRef<string | null>(null);
  useLayoutEffect(() => {
    const at = document.activeElement;
    if (at !== scroller.current && scroller.current?.contains(at) === true && rowOf(at) !== focused.current)
      scroller.current.focus({ preventScroll: true });
  }, [first, last]);

  const leave = useRef<() => void>(undefined);
  useEffect(() => {
    leave.current = () => onLeave?.(Math.round((virtual.scrollOffset ?? 0) / ROW_PX));
  });
  useEffect(() => () => leave.current?.(), []);

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(total - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const [known, setKnown] = useState<Pick<typeof props, 'reveal' | 'listKey'>>({ listKey });
  if (known.listKey !== listKey || known.reveal !== reveal) {
    setKnown({ listKey, reveal });
    if (known.listKey !== listKey) setActive(0);
    if (reveal !== undefined && known.reveal !== reveal) setActive(reveal.index);
  }
  const shownList = useRef(listKey);
  const anchor = useRef(startAt);
  useEffect(() => {
    if (shownList.current === listKey) return;
    shownList.current = listKey;
    anchor.current = 0;
    virtual.scrollToOffset(0);
  }, [listKey, virtual]);
  const shownReveal = useRef<typeof reveal>(undefined);
  useEffect(() => {
    if (reveal === undefined || shownReveal.current === reveal) return;
    shownReveal.current = reveal;
    const range = virtual.range;
    // What can be seen already stays where it is.
    if (range === null || reveal.index <= range.startIndex || reveal.index >= range.endIndex)
      virtual.scrollToIndex(reveal.index, { align: 'center' });
  }, [reveal, virtual]);

  /** Whether the key was one for ticks. */
  const tickBy = (event: React.KeyboardEvent, by: GridTicks<Row>): boolean => {
    const step = event.shiftKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : undefined;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') by.all();
    else if (event.ctrlKey || event.metaKey || event.altKey) return false;
    else if (event.key === ' ' && event.shiftKey) by.extend(anchor.current, active);
    else if (event.key === ' ') {
      anchor.current = active;
      by.toggle(active);
    } else if (step !== undefined) {
      const to = Math.max(0, Math.min(total - 1, active + step));
      by.extend(active, to);
      move(to);
    } else if (event.key === 'Escape' && by.isAny) by.none();
    else return false;
    return true;
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target === event.currentTarget && ticks !== undefined && tickBy(event, ticks)) return event.preventDefault();
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: total - 1 }[
      event.key
    ];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter') {
      const row = rowAt(active);
      if (row !== undefined) onOpen(row, active);
    }
    return undefined;
  };

  // Coming from the keyboard, the active row must be one that can be seen.
  const onFocus = (event: React.FocusEvent): void => {
    focused.current = rowOf(event.target);
    const range = virtual.range;
    if (event.target === event.currentTarget && range !== null && (active < range.startIndex || active > range.endIndex))
      setActive(range.startIndex);
  };
  const onClick = (event: React.MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('a, button') !== null) return undefined;
    const index = Number(event.target.closest('[aria-rowindex]')?.getAttribute('aria-rowindex')) - FIRST_ROW;
    const row = rowAt(index);
    if (row === undefined) return undefined;
    setActive(index);
    const isTick = event.target.closest('[data-tick]') !== null || event.ctrlKey || event.metaKey || event.shiftKey;
    if (ticks === undefined || !isTick) return onOpen(row, index);
    scroller.current?.focus();
    if (event.shiftKey) return ticks.extend(anchor.current, index);
    anchor.current = index;
    ticks.toggle(index);
    return undefined;
  };
  const onMouseDown = (event: React.MouseEvent): void => {
    // Otherwise the browser would mark the text between both rows.
    if (ticks !== undefined && event.shiftKey) event.preventDefault();
  };

  // Rows that leave lend their elements to those that arrive: what is alike in both is neither laid out nor painted anew. At rest they stand in
  // the document as they are seen, for whoever reads it; while it scrolls they stay where they are.
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / ROW_PX) + 1 + 2 * OVERSCAN;
  const lent = items.map((item) => ({ item, slot: item.index % slots }));
  const drawn = virtual.isScrolling ? lent.toSorted((a, b) => a.slot - b.slot) : lent;

  const template = columns.map((column) => column.track).join(' ');
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={ticks === undefined ? undefined : true}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active >= first && active <= last && total > 0 ? `${id}-${active}` : undefined}
      className={styles['grid']}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <div role="rowgroup" className={styles['head']} style={{ minWidth: minWidthPx }}>
        <div role="row" aria-rowindex={1} className={styles['row']} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <Head key={column.key} column={column} sort={sort} />
          ))}
        </div>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus, jsx-a11y/no-noninteractive-element-interactions -- the grid holds the focus and handles Enter */}
      <div
        role="rowgroup"
        className={styles['body']}
        style={{ height: virtual.getTotalSize(), minWidth: minWidthPx }}
        onClick={onClick}
        onMouseDown={onMouseDown}
      >
        {drawn.map(({ item, slot }) => {
          const row = rowAt(item.index);
          return (
            <GridRow
              key={slot}
              id={`${id}-${item.index}`}
              index={item.index}
              row={row}
              columns={columns}
              template={template}
              top={item.start}
              active={item.index === active}
              ticked={ticks === undefined || row === undefined ? undefined : ticks.isTicked(row)}
              tone={row === undefined ? undefined : rowTone?.(row)}
            />
          );
        })}
      </div>
    </div>
  );
};

type GridRowProps = {
  id: string;
  index: number;
  row: unknown;
  columns: readonly Pick<Column<unknown, string>, 'key' | 'align' | 'cell'>[];
  template: string;
  top: number;
  active: boolean;
  /** Undefined where rows cannot be ticked: then the active one is the selected one. */
  ticked: boolean | undefined;
  tone: string | undefined;
};

/** While scrolling only the rows that arrive are drawn. */
const GridRow = memo(({ id, index, row, columns, template, top, active, ticked, tone }: GridRowProps) => (
  <div
    id={id}
    role="row"
    tabIndex={-1}
    aria-rowindex={index + FIRST_ROW}
    aria-selected={ticked ?? active}
    data-active={active}
    data-tone={tone}
    className={styles['row']}
    style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
  >
    {columns.map((column) => (
      <div key={column.key} role="gridcell" className={styles['cell']} data-align={column.align}>
        {row === undefined ? null : column.cell(row, index)}
      </div>
    ))}
  </div>
));
GridRow.displayName = 'GridRow';

type HeadProps<Row, Sort extends string> = { column: Column<Row, Sort>; sort: GridProps<Row, Sort>['sort'] };

const Head = <Row, Sort extends string>({ column, sort }: HeadProps<Row, Sort>) => {
  const by = column.sort;
  if (by === undefined || sort === undefined)
    return (
      <div role="columnheader" className={styles['headCell']} data-align={column.align}>
        <span className={column.hideTitle ? 'visually-hidden' : undefined}>{column.title}</span>
      </div>
    );
  const state = sort.by === by ? (sort.descending ? 'descending' : 'ascending') : 'none';
  return (
    <div role="columnheader" aria-sort={state} className={styles['headCell']} data-align={column.align}>
      <button type="button" className={styles['sort']} data-align={column.align} onClick={() => sort.change(by)}>
        {column.title}
        <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true" data-state={state}>
          <path d="M4 1.2 7.2 6.4H.8Z" fill="currentColor" />
        </svg>
      </button>
    </div>
  );
};
