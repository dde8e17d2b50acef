import { DIAMOND_PATH } from '../../shared/drawing/shapes.ts';
import type { LinkVerdict, ReportedVerdict, Verdict } from '../../shared/model/verdict.ts';
import { LINK_VERDICT_WORD, REPORTED_WORD, VERDICT_WORD } from './words.ts';
import styles from './verdict-mark.module.css';

export type MarkKind = Verdict | LinkVerdict | ReportedVerdict;

const SHAPES: Readonly<Record<MarkKind, React.ReactNode>> = {
  trusted: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  failed: <path d={DIAMOND_PATH} fill="currentColor" />,
  stale: (
    <g fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round">
      <circle cx="8" cy="8" r="5.9" />
      <path d="M8 4.8V8l2.3 1.6" />
    </g>
  ),
  inconclusive: <circle cx="8" cy="8" r="5.9" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.9 1.734" />,
  'not-required': <path d="M4.5 8h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  pending: (
    <g fill="currentColor">
      <circle cx="3.4" cy="8" r="1.5" />
      <circle cx="8" cy="8" r="1.5" />
      <circle cx="12.6" cy="8" r="1.5" />
    </g>
  ),
  unknown: <path d="M4.5 8h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
};

/** The shape of a verdict. Always beside its word: the mark itself is hidden from screen readers. */
export const VerdictMark = ({ kind, size = 12 }: { kind: MarkKind; size?: number }) => (
  <svg className={`${styles['mark']} ${styles[kind]}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    {SHAPES[kind]}
  </svg>
);

const Marked = ({ kind, word }: { kind: MarkKind; word: string }) => (
  <span className={`${styles['marked']} ${styles[`${kind}-word`]}`}>
    <VerdictMark kind={kind} />
    <span>{word}</span>
  </span>
);

export const VerdictWord = ({ verdict }: { verdict: Verdict }) => <Marked kind={verdict} word={VERDICT_WORD[verdict]} />;
export const LinkVerdictWord = ({ verdict }: { verdict: LinkVerdict }) => <Marked kind={verdict} word={LINK_VERDICT_WORD[verdict]} />;
export const ReportedWord = ({ reported }: { reported: ReportedVerdict }) => <Marked kind={reported} word={REPORTED_WORD[reported]} />;
export const OutcomeWord = ({ kind, word }: { kind: MarkKind; word: string }) => <Marked kind={kind} word={word} />;
