import { useEffect, useState } from 'react';
import { type Corner, CORNERS, cornerFor } from './corner.ts';

/** A page that has not shown it by then does not have it now. */
const LATE_MS = 4_000;
const MARGIN_PX = 24;

type Mark = { readonly corner: Corner; readonly isAbsent: boolean };
const FIRST: Mark = { corner: CORNERS[0], isAbsent: false };

/** Marks the element that a step speaks of as soon as its page shows it, brings it into view once, and says where a panel hides least of it. */
export const useMark = (name: string | undefined, panel: React.RefObject<HTMLElement | null>): Mark => {
  const [mark, setMark] = useState(FIRST);
  useEffect(() => {
    if (name === undefined) return undefined;
    let marked: HTMLElement | null = null;
    const place = (): void => {
      const size = panel.current?.getBoundingClientRect();
      if (marked === null || size === undefined) return;
      const within = { left: MARGIN_PX, top: MARGIN_PX, right: innerWidth - MARGIN_PX, bottom: innerHeight - MARGIN_PX };
      setMark({ corner: cornerFor(marked.getBoundingClientRect(), size, within), isAbsent: false });
    };
    const resized = new ResizeObserver(place);
    const look = (): void => {
      const found = document.querySelector<HTMLElement>(`[data-tour="${name}"]`);
      if (found === marked) return;
      if (marked !== null) delete marked.dataset['tourHere'];
      resized.disconnect();
      marked = found;
      if (found === null) return;
      found.dataset['tourHere'] = 'yes';
      found.scrollIntoView({ block: found.getBoundingClientRect().height > innerHeight / 2 ? 'start' : 'center' });
      resized.observe(found);
    };
    // Pages draw when their answers come, and draw anew.
    const drawn = new MutationObserver(look);
    drawn.observe(document.body, { childList: true, subtree: true });
    addEventListener('resize', place);
    const late = setTimeout(() => {
      if (marked === null) setMark({ ...FIRST, isAbsent: true });
    }, LATE_MS);
    look();
    return () => {
      drawn.disconnect();
      resized.disconnect();
      removeEventListener('resize', place);
      clearTimeout(late);
      if (marked !== null) delete marked.dataset['tourHere'];
      setMark(FIRST);
    };
  }, [name, panel]);
  return mark;
};
