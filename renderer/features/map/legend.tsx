import { useId } from 'react';
import { STANDING_WORD } from '../../../shared/map/standing.ts';
import { ASSURANCE_MEANING, ASSURANCE_WORD } from '../../../shared/model/words.ts';
import { ASSURANCES } from '../../../shared/model/verdict.ts';
import { RULE_WORD } from './movements.tsx';
import styles from './legend.module.css';
import land from './land.module.css';
import mark from './mark.module.css';

const HATCHES = [
  ['M-2 6L6 -2M0 12L12 0M6 10L10 6', STANDING_WORD.allowed],
  ['M0 4H8', STANDING_WORD['in part']],
  ['M0 0L8 8M8 0L0 8', 'hosts are there, and none may be'],
] as const;

const Hatch = ({ path }: { path: string }) => {
  const id = useId();
  return (
    <svg width="26" height="14" aria-hidden="true">
      <defs>
        <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse">
          <path d={path} className={land['line']} />
        </pattern>
      </defs>
      <rect x="0.5" y="0.5" width="25" height="13" className={land['region']} fill={`url(#${id})`} />
    </svg>
  );
};

/** What the drawing means, in words. Verdicts have the same shapes as everywhere. */
export const Legend = () => (
  <div className={styles['legend']}>
    <dl>
      <dt>Outline: the location that is known worst</dt>
      {ASSURANCES.map((assurance) => (
        <dd key={assurance} title={ASSURANCE_MEANING[assurance]}>
          <span className={`${mark['mark']} ${styles['swatch']}`} data-assurance={assurance} aria-hidden="true" />{' '}
          {ASSURANCE_WORD[assurance]}
          {assurance === 'unknown' && ' (no outline)'}
        </dd>
      ))}
    </dl>
    <dl>
      <dt>Policy</dt>
      {HATCHES.map(([path, word]) => (
        <dd key={word}>
          <Hatch path={path} /> {word}
        </dd>
      ))}
    </dl>
    <dl>
      <dt>Movements</dt>
      {(['allowed', 'not-allowed', 'cannot-tell'] as const).map((rule) => (
        <dd key={rule}>
          <svg width="26" height="14" aria-hidden="true">
            <path d="M1 7H25" className={land['arc']} data-rule={rule} />
          </svg>{' '}
          {RULE_WORD[rule]}
          {rule === 'cannot-tell' && ', or no rule'}
        </dd>
      ))}
    </dl>
    <p>
      A mark has the worst verdict and how many hosts have it, of all that are there. Places are claims. Borders are those of Natural Earth:
      they show who controls an area and take no side in what is disputed.
    </p>
  </div>
);
