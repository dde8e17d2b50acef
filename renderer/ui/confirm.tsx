import { useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import styles from './confirm.module.css';

type ConfirmProps = {
  title: string;
  /** What the button says that does it. */
  word: string;
  busy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  children: React.ReactNode;
};

/**
 * What would happen, before it does. The keyboard begins at its title, so that the consequences are read before the button is reached; Escape
 * leaves. Whoever opened it takes the focus back.
 */
export const Confirm = ({ title, word, busy, onConfirm, onCancel, children }: ConfirmProps) => {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape from any of the controls in it
    <section
      aria-labelledby={id}
      className={styles['confirm']}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !busy) onCancel();
      }}
    >
      <h3 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h3>
      <div className={styles['body']}>{children}</div>
      <div className={styles['actions']}>
        <Button kind="primary" aria-disabled={busy} onClick={() => !busy && onConfirm()}>
          {word}
        </Button>
        <Button aria-disabled={busy} onClick={() => !busy && onCancel()}>
          Cancel
        </Button>
      </div>
    </section>
  );
};
