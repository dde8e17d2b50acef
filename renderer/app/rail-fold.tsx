import { useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import styles from './rail-fold.module.css';

type Props = {
  /** The page that one is on: it names the button. */
  readonly where: string;
  readonly children: React.ReactNode;
};

/**
 * Where there is room, only its children. Where there is not, they are behind a button: it says where one is, opens them
 * over the page, and closes them with Escape, with a choice, and when the keyboard or the pointer goes elsewhere.
 */
export const RailFold = ({ where, children }: Props) => {
  const [open, setOpen] = useState(false);
  const fold = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const close = (): void => setOpen(false);
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && fold.current?.contains(event.target) !== true) close();
    };
    addEventListener('hashchange', close);
    document.addEventListener('pointerdown', elsewhere);
    document.addEventListener('focusin', elsewhere);
    return () => {
      removeEventListener('hashchange', close);
      document.removeEventListener('pointerdown', elsewhere);
      document.removeEventListener('focusin', elsewhere);
    };
  }, [open]);
  return (
    <div
      ref={fold}
      className={styles['fold']}
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        fold.current?.querySelector('button')?.focus();
      }}
    >
      <span className={styles['button']}>
        <Button kind="quiet" aria-expanded={open} aria-label={`Pages; this is ${where}`} onClick={() => setOpen(!open)}>
          {where} <span aria-hidden="true">{open ? '▴' : '▾'}</span>
        </Button>
      </span>
      <div className={styles['inside']} data-open={open}>
        {children}
      </div>
    </div>
  );
};
