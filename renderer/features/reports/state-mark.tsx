import { type EvidenceState, STATE_WORD } from '../../../shared/contract/assessment-schemas.ts';
import styles from './items.module.css';

const SHAPES: Readonly<Record<EvidenceState, React.ReactNode>> = {
  ready: <rect x="2.5" y="2.5" width="11" height="11" rx="1" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  approved: (
    <g fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
      <rect x="2.5" y="2.5" width="11" height="11" rx="1" />
      <path d="m5 8.2 2.2 2.2L11.2 6" />
    </g>
  ),
  flagged: <path d="M3.5 14V2h9l-2.6 3.5L12.5 9h-9" fill="currentColor" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />,
  'not-applicable': <path d="M3.5 12.5l9-9" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
};

/** What a person said, by shape and word. None of them is the shape of a verdict: it is no measurement. */
export const StateWord = ({ state }: { state: EvidenceState }) => (
  <span className={styles['state']} data-state={state}>
    <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[state]}
    </svg>
    <span>{STATE_WORD[state]}</span>
  </span>
);
