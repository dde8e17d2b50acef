import { useEffect, useMemo, useRef } from 'react';
import { type Command, useCommands } from '../../../ui/commands.ts';

type Does = { readonly next: () => void; readonly previous: () => void; readonly fold: () => void; readonly copy: () => void };

/** What can be done with a comparison from the keyboard, and found in the palette. */
export const useDifferenceCommands = (does: Does): void => {
  // The list stays the same while what each does is always that of now.
  const now = useRef(does);
  useEffect(() => {
    now.current = does;
  });
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: 'difference.next', word: 'Next change', group: 'This page', keys: 'n', also: 'difference', run: () => now.current.next() },
      {
        id: 'difference.previous',
        word: 'Previous change',
        group: 'This page',
        keys: 'p',
        also: 'difference',
        run: () => now.current.previous(),
      },
      {
        id: 'difference.fold',
        word: 'Fold or unfold everything',
        group: 'This page',
        keys: 'f',
        also: 'expand collapse',
        run: () => now.current.fold(),
      },
      {
        id: 'difference.copy',
        word: 'Copy this change as evidence',
        group: 'This page',
        keys: null,
        also: 'text digest',
        run: () => now.current.copy(),
      },
    ],
    [],
  );
  useCommands(commands);
};
