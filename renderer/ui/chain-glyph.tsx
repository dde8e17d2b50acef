import { LINKS, type LinkVerdict } from '../../shared/model/verdict.ts';
import { chainEnd, chainLine, type ChainEnd } from '../../shared/drawing/chain-line.ts';
import { LINK_IN_SENTENCE } from './words.ts';
import styles from './chain-glyph.module.css';

const FRAME = { x: 6, top: 1, bottom: 18, ys: LINKS.map((_, index) => 2 + index * 1.9), gap: 3, lean: 9 };

const sentence = (end: ChainEnd): string => {
  if (end.how === 'holds') return 'The chain holds';
  const link = LINKS[end.at];
  if (link === undefined) return '';
  return end.how === 'broken' ? `The chain breaks at the ${LINK_IN_SENTENCE[link]}` : `The chain is open at the ${LINK_IN_SENTENCE[link]}`;
};

/** The chain at 16 × 24: a line that hangs straight, or breaks and leans at the height of the broken link. */
export const ChainGlyph = ({ chain }: { chain: readonly LinkVerdict[] }) => {
  const end = chainEnd(chain);
  const line = chainLine(end, FRAME);
  const [from, to] = line.straight;
  return (
    <svg className={styles['glyph']} width="16" height="24" viewBox="0 0 16 24" role="img" aria-label={sentence(end)}>
      <path className={styles['anchor']} d={`M${FRAME.x - 2.5} ${FRAME.top}h5`} />
      <path className={styles['straight']} d={`M${from.x} ${from.y}V${to.y}`} />
      {end.how === 'broken' && <path className={styles['tear']} d={`M${to.x - 3.2} ${to.y + 1.2}l6.4 -2.4`} />}
      {line.rest !== null && (
        <path
          className={end.how === 'broken' ? styles['leaning'] : styles['open']}
          d={`M${line.rest[0].x} ${line.rest[0].y}L${line.rest[1].x} ${line.rest[1].y}`}
        />
      )}
      <path
        className={end.how === 'holds' ? styles['bob'] : styles['hollow']}
        transform={`translate(${line.bob.x} ${line.bob.y}) rotate(${line.degrees})`}
        d="M-2 0h4l.4 1.4L0 5.2-2.4 1.4Z"
      />
    </svg>
  );
};
