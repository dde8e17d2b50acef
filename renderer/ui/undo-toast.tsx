import { useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';
import styles from './undo-toast.module.css';

const LEFT_MS = 10_000;

export type Undoable = {
  /** The key by which it is drawn: another one takes the place of the one before. */
  readonly id: number;
  /** What was done, in a sentence. */
  readonly word: string;
  /** Absent where it cannot be undone. */
  readonly undo?: () => void;
};

/**
 * Says what was just done and offers to undo it. It takes the focus, because the button that was pressed is mostly gone; it stays until it is
 * dismissed, or ten seconds after focus and pointer have left it. What went wrong is never said here only.
 */
export const UndoToast = ({ what, onGone }: { what: Undoable; onGone: () => void }) => {
  const box = useRef<HTMLElement>(null);
  const [held, setHeld] = useState(true);
  useEffect(() => box.current?.querySelector<HTMLElement>('button')?.focus(), []);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(onGone, LEFT_MS);
    return () => clearTimeout(timer);
  }, [held, onGone]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape from its buttons, and how long it stays
    <section
      ref={box}
      className={styles['toast']}
      aria-label="Just done"
      onFocus={() => setHeld(true)}
      onBlur={(event) => setHeld(event.currentTarget.contains(event.relatedTarget))}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(box.current?.contains(document.activeElement) ?? false)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onGone();
      }}
    >
      <output aria-live="polite">{what.word}</output>
      {what.undo !== undefined && (
        <Button writes onClick={what.undo}>
          Undo
        </Button>
      )}
      <Button kind="quiet" onClick={onGone}>
        Dismiss
      </Button>
    </section>
  );
};
