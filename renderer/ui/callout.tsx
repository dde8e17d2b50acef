import styles from './callout.module.css';

type Said = { readonly message: string; readonly nextStep: string };

/** A problem in a sentence, and what to do next. `still` says what holds nevertheless. */
export const Callout = ({ problem, still, action }: { problem: Said; still?: React.ReactNode; action?: React.ReactNode }) => (
  <div className={styles['callout']} aria-live="polite">
    <p>
      <strong>{problem.message}</strong> {problem.nextStep}
    </p>
    {(still !== undefined || action !== undefined) && (
      <p>
        {still} {action}
      </p>
    )}
  </div>
);

/** A designed nothing: what is absent, since when or why, and the next step. */
export const Empty = ({ title, children }: { title: React.ReactNode; children?: React.ReactNode }) => (
  <div className={styles['empty']}>
    <p className={styles['emptyTitle']}>{title}</p>
    {children}
  </div>
);

/** Calm waiting: nothing for a moment, then one quiet sentence. */
export const Waiting = ({ children }: { children: React.ReactNode }) => <output className={styles['waiting']}>{children}</output>;
