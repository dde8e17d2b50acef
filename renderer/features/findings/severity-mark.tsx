import type { Severity } from '../../../shared/contract/finding-schemas.ts';
import { SEVERITY_WORD } from './finding-words.ts';
import styles from './findings.module.css';

const SHAPE: Readonly<Record<Severity, React.ReactNode>> = {
  critical: <path d="M6 1 11.5 11H.5Z" fill="currentColor" />,
  warning: <path d="M6 2 10.6 10.4H1.4Z" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />,
  info: <circle cx="6" cy="6.5" r="2" fill="currentColor" />,
};

export const SeverityWord = ({ severity }: { severity: Severity }) => (
  <span className={styles['severity']}>
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPE[severity]}
    </svg>
    {SEVERITY_WORD[severity]}
  </span>
);
