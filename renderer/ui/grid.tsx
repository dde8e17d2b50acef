/* oxlint-disable jsx-a11y/prefer-tag-over-role -- table elements cannot be virtualised with positioned rows; the roles say the same */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState } from 'react';
import styles from './grid.module.css';

export type Column<Row, Sort extends string> = {
  readonly key: string;
  readonly title: string;
  /** A CSS grid track. */
  readonly track: string;
  readonly align?: 'end';
  readonly sort?: Sort;
  /** First click sorts largest first: for ages and dates. */
  readonly hideTitle?: boolean;
  readonly cell: (row: Row, index: number) => React.ReactNode;
};

type GridProps<Row, Sort extends string> = {
  label: string;
  columns: readonly Column<Row, Sort>[];
  total: number;
  rowAt: (index: number) => Row | undefined;
  onVisible: (first: number, last: number) => void;
  onOpen: (row: Row, index: number) => void;
  rowTone?: (row: Row) => 'alarm' | 'selected' | undefined;
  sort?: { readonly by: Sort; readonly descending: boolean; readonly change: (by: Sort) => void };
  /** Scrolls there and makes it the active row whenever the value changes. */
  reveal?: { readonly index: number; readonly wish: number } | undefined;
  /** Names the list: when it changes, the grid goes back to the top. */
  listKey?: string;
  /** Where to begin, and told when left: so that going back finds the same rows. */
  startAt?: number;
  onLeave?: (first: number) => void;
};

const ROW_PX = 28;

/**
 * A long table of which only the visible rows exist. One stop for Tab; arrows, Page Up/Down, Home and End move the active row, Enter
 * opens it. Screen readers get the true number of rows.
 */
export const Grid = <Row, Sort extends string = never>(props: GridProps<Row, Sort>) => {
  const { label, columns, total, rowAt, onVisible, onOpen, rowTone, sort, reveal, startAt = 0, onLeave, listKey = '' } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(startAt);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised across renders
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX,
    initialOffset: startAt * ROW_PX,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (total > 0) onVisible(first, last);
  }, [first, last, total, onVisible]);

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
  useEffect(() => {
    if (shownList.current === listKey) return;
    shownList.current = listKey;
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

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
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
  };

  const template = { gridTemplateColumns: columns.map((column) => column.track).join(' ') };
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active >= first && active <= last && total > 0 ? `${id}-${active}` : undefined}
      className={styles['grid']}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles['head']}>
        <div role="row" aria-rowindex={1} className={styles['row']} style={template}>
          {columns.map((column) => (
            <Head key={column.key} column={column} sort={sort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles['body']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid holds the focus and handles Enter
            <div
              key={item.index}
              id={`${id}-${item.index}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={item.index === active}
              data-tone={row === undefined ? undefined : rowTone?.(row)}
              className={styles['row']}
              style={{ ...template, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                if (event.target instanceof Element && event.target.closest('a, button') !== null) return;
                setActive(item.index);
                if (row !== undefined) onOpen(row, item.index);
              }}
            >
              {columns.map((column) => (
                <div key={column.key} role="gridcell" className={styles['cell']} data-align={column.align}>
                  {row === undefined ? null : column.cell(row, item.index)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
};

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
