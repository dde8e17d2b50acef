import { useCallback, useRef, useState } from 'react';
import type { Size } from './view.ts';

/** How large an element is drawn, in CSS pixels; the ref is for the element. */
export const useSize = (): { readonly ref: (element: HTMLElement | null) => void; readonly size: Size | null } => {
  const [size, setSize] = useState<Size | null>(null);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    observer.current = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.current.observe(element);
  }, []);
  return { ref, size };
};
