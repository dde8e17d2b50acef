import styles from './work-mark.module.css';

export type WorkState = 'running' | 'done' | 'stopped' | 'failed' | 'none';

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
const SHAPES: Readonly<Record<WorkState, React.ReactNode>> = {
  running: (
    <g fill="currentColor">
      <circle cx="3.4" cy="8" r="1.5" />
      <circle cx="8" cy="8" r="1.5" />
      <circle cx="12.6" cy="8" r="1.5" />
    </g>
  ),
  done: <path d="m2.6 8.6 3.6 3.6 7.2-8" {...line} />,
  stopped: <rect x="3.2" y="3.2" width="9.6" height="9.6" {...line} />,
  failed: <path d="M8 1.8 15 14H1ZM8 6.2v3.6M8 11.8v.2" {...line} />,
  none: <circle cx="8" cy="8" r="5.9" {...line} strokeLinecap="butt" strokeDasharray="2.9 1.734" />,
};

/** How work stands, by shape and word. Without colour: that something was done is no verdict, and must not look like one. */
export const WorkMark = ({ state, word }: { state: WorkState; word: string }) => (
  <span className={`${styles['mark']} ${styles[state] ?? ''}`}>
    <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[state]}
    </svg>
    {word}
  </span>
);
