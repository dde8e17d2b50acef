import { useCallback, useSyncExternalStore } from 'react';

/** Whether the window is at least this wide: for columns that a narrow table does without. */
export const useWide = (px: number): boolean => {
  const query = `(min-width: ${px}px)`;
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
};
