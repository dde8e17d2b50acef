import { memo } from 'react';
import type { PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';
import { ChainGlyph } from '../../ui/chain-glyph.tsx';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { count, plural, VERDICT_WORD } from '../../ui/words.ts';
import type { Mark } from './layout.ts';
import { assuranceWords, markSentence, placeMark, placeName, verdictsIn, weakest } from './places.ts';
import { regionWord } from './regions.ts';
import styles from './mark.module.css';

const NAMED = 3;

/** The places of a mark in words: a few by name, the rest by their number. */
export const markName = ({ places }: Mark, level: PlaceLevel): string => {
  const names = places.slice(0, NAMED).map((place) => placeName(place, level));
  return places.length > NAMED
    ? `${names.join('; ')} and ${plural(places.length - NAMED, 'other place', 'other places')}`
    : names.join('; ');
};

type PlaceMarkProps = {
  mark: Mark;
  level: PlaceLevel;
  /** The list of exactly these hosts; null: there are too many places to name, and one looks closer instead. */
  href: string | null;
  tip: string;
  onLook: (mark: Mark | null) => void;
  onCloser: (mark: Mark) => void;
  onReach: (mark: Mark) => void;
};

/** The worst verdict first, with how many it is of all; the outline says how well the place is known that is known worst. */
export const PlaceMark = memo(({ mark, level, href, tip, onLook, onCloser, onReach }: PlaceMarkProps) => {
  const [first] = mark.places;
  const [worst] = verdictsIn(mark.counts);
  if (first === undefined || worst === undefined) return null;
  const [verdict, hosts] = worst;
  const name = markName(mark, level);
  const shared = {
    className: styles['mark'],
    style: { transform: `translate(${Math.round(mark.x)}px, ${Math.round(mark.y)}px) translate(-50%, -50%)` },
    'data-assurance': weakest(mark.counts),
    'aria-describedby': tip,
    onPointerEnter: () => onLook(mark),
    onPointerLeave: () => onLook(null),
    onFocus: () => {
      onLook(mark);
      onReach(mark);
    },
    onBlur: () => onLook(null),
  };
  const inside = (
    <>
      <span className={styles['where']}>
        {placeMark(first, level)}
        {mark.places.length > 1 && `+${mark.places.length - 1}`}
      </span>
      <VerdictMark kind={verdict} size={11} />
      <strong>{count(hosts)}</strong>
      {hosts < mark.counts.hosts && <span className={styles['of']}>/{count(mark.counts.hosts)}</span>}
      <span className="visually-hidden"> {markSentence(name, mark.counts)}</span>
    </>
  );
  return href === null ? (
    <button type="button" {...shared} onClick={() => onCloser(mark)}>
      {inside}
    </button>
  ) : (
    <a href={href} draggable={false} {...shared}>
      {inside}
    </a>
  );
});

/** `side`: of the map, where the mark is not. */
type TipProps = {
  id: string;
  side: 'left' | 'right';
  mark: Mark | null;
  level: PlaceLevel;
  regions: PolicyPlaces | null;
  policyClass: string | null;
};

/** What a mark says in full, in a corner of the map away from it. */
export const MarkTip = ({ id, side, mark, level, regions, policyClass }: TipProps) => {
  const [first] = mark?.places ?? [];
  const policy = mark !== null && mark.places.length === 1 && first !== undefined ? regionWord(first, regions, policyClass) : '';
  return (
    <div id={id} role="tooltip" className={styles['tip']} data-side={side} hidden={mark === null}>
      {mark !== null && (
        <>
          <p className={styles['title']}>{markName(mark, level)}</p>
          <p className={styles['counts']}>
            {verdictsIn(mark.counts).map(([verdict, hosts]) => (
              <span key={verdict}>
                <VerdictMark kind={verdict} size={11} /> {count(hosts)} {VERDICT_WORD[verdict].toLowerCase()}
              </span>
            ))}
          </p>
          <p>Location: {assuranceWords(mark.counts)}.</p>
          {policy !== '' && <p>Policy: {policy}.</p>}
          {mark.aside && <p>Stands beside the point of its country or subdivision; where in it is not known.</p>}
          <p className={styles['worst']}>
            <ChainGlyph chain={mark.counts.worst.chain} />
            <span>
              {mark.counts.worst.verdict === 'trusted' ? 'Every host is trusted, such as ' : 'Worst: '}
              {mark.counts.worst.name}
              {mark.counts.worst.verdict !== 'trusted' && `, ${VERDICT_WORD[mark.counts.worst.verdict].toLowerCase()}`}
            </span>
          </p>
        </>
      )}
    </div>
  );
};
