/* oxlint-disable jsx-a11y/prefer-tag-over-role -- rows are virtualised and positioned; the roles say the same */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useRef } from 'react';
import { byteText, characterOf, covers, offsetText, ROW_BYTES, type Span } from './hex-text.ts';
import styles from './hex-view.module.css';

type HexViewProps = {
  label: string;
  /** First and last byte that are shown, counted in the whole. */
  from: number;
  to: number;
  /** Undefined while it is fetched. */
  byteAt: (offset: number) => number | undefined;
  onVisible: (first: number, last: number) => void;
  /** The byte that the keyboard is at. */
  cursor: number;
  onCursor: (offset: number) => void;
  /** Bytes of the selected field. */
  marked: Span | null;
  /** What a screen reader is told of a byte beside its value: the field it belongs to. */
  describe: (offset: number) => string;
};

const ROW_PX = 20;

/**
 * Bytes with their offsets and characters, of which only the visible rows exist. One stop for Tab; arrows move the cursor by a byte or a row,
 * Page Up/Down by what is visible, Home and End to the ends of the row (with Ctrl of the whole).
 */
export const HexView = ({ label, from, to, byteAt, onVisible, cursor, onCursor, marked, describe }: HexViewProps) => {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const firstRow = Math.floor(from / ROW_BYTES);
  const rows = Math.max(0, Math.floor(Math.max(from, to - 1) / ROW_BYTES) - firstRow + (to > from ? 1 : 0));
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised across renders
  const virtual = useVirtualizer({ count: rows, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 8 });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => {
    if (rows > 0) onVisible((firstRow + first) * ROW_BYTES, (firstRow + last + 1) * ROW_BYTES - 1);
  }, [firstRow, first, last, rows, onVisible]);
  const shown = Math.floor(cursor / ROW_BYTES) - firstRow;
  useEffect(() => {
    if (shown >= 0 && shown < rows) virtual.scrollToIndex(shown);
  }, [shown, rows, virtual]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1) * ROW_BYTES;
    const row = cursor - (cursor % ROW_BYTES);
    const next = {
      ArrowRight: cursor + 1,
      ArrowLeft: cursor - 1,
      ArrowDown: cursor + ROW_BYTES,
      ArrowUp: cursor - ROW_BYTES,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: event.ctrlKey ? from : row,
      End: event.ctrlKey ? to - 1 : row + ROW_BYTES - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onCursor(Math.min(to - 1, Math.max(from, next)));
  };
  const onClick = (event: React.MouseEvent): void => {
    const at = event.target instanceof Element ? event.target.closest('[data-at]')?.getAttribute('data-at') : null;
    if (typeof at === 'string') onCursor(Number(at));
  };
  const byte = byteAt(cursor);
  return (
    <div className={styles['hex']}>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the grid holds the focus */}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows}
        aria-activedescendant={shown >= first && shown <= last ? `${id}-${cursor}` : undefined}
        className={styles['scroller']}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div role="rowgroup" className={styles['body']} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const offset = (firstRow + item.index) * ROW_BYTES;
            const touches = marked !== null && marked.start < offset + ROW_BYTES && marked.start + marked.length > offset;
            const cells = Array.from({ length: ROW_BYTES }, (_, at) =>
              offset + at < from || offset + at >= to ? null : byteAt(offset + at),
            );
            return (
              <HexRow
                key={item.index}
                id={id}
                offset={offset}
                row={item.index + 1}
                top={item.start}
                text={cells.map((value) => (value === null ? '  ' : value === undefined ? '..' : byteText(value))).join('')}
                marked={touches ? marked : null}
                cursor={shown === item.index ? cursor : -1}
              />
            );
          })}
        </div>
      </div>
      <output className={styles['said']}>
        Byte {cursor} (0x{cursor.toString(16)}): {byte === undefined ? 'being read' : `0x${byteText(byte)}`}
        {describe(cursor)}
      </output>
    </div>
  );
};

type HexRowProps = { id: string; offset: number; row: number; top: number; text: string; marked: Span | null; cursor: number };

/** `text`: two characters for each byte, blank where none is. A row is drawn again only where something of it changed. */
const HexRow = memo(({ id, offset, row, top, text, marked, cursor }: HexRowProps) => (
  <div role="row" aria-rowindex={row} className={styles['row']} style={{ transform: `translateY(${top}px)` }}>
    <span role="rowheader" className={styles['offset']}>
      {offsetText(offset)}
    </span>
    {Array.from({ length: ROW_BYTES }, (_, at) => {
      const shown = text.slice(at * 2, at * 2 + 2);
      const here = offset + at;
      return (
        <span
          key={here}
          role="gridcell"
          id={`${id}-${here}`}
          {...(shown.trim() !== '' && { 'data-at': here })}
          data-marked={marked !== null && covers(marked, here) && shown.trim() !== ''}
          data-cursor={cursor === here}
          className={styles['byte']}
        >
          {shown}
        </span>
      );
    })}
    <span role="gridcell" className={styles['characters']}>
      {Array.from({ length: ROW_BYTES }, (_, at) => {
        const shown = text.slice(at * 2, at * 2 + 2);
        const value = Number.parseInt(shown, 16);
        return Number.isNaN(value) ? ' ' : characterOf(value);
      }).join('')}
    </span>
  </div>
));
HexRow.displayName = 'HexRow';
