import type { Overview } from '../../../shared/contract/schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { hostsHref } from '../../app/navigation.ts';
import { useMedia } from '../../ui/use-media.ts';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { count, countryName, plural, VERDICT_WORD } from '../../ui/words.ts';
import { Section } from './section.tsx';
import styles from './places.module.css';

const SHOWN = { usual: 4, tall: 10 };

type Place = Overview['places'][number];

const PlaceRow = ({ place }: { place: Place }) => (
  <li>
    <span className={styles['name']}>
      <a href={hostsHref({ country: place.country ?? 'ZZ' })}>{countryName(place.country)}</a>
    </span>
    <span className={styles['off']}>
      {VERDICTS.filter((verdict) => verdict !== 'trusted' && place[verdict] > 0).map((verdict) => (
        <span key={verdict} title={VERDICT_WORD[verdict]}>
          <VerdictMark kind={verdict} size={10} />
          {count(place[verdict])}
          <span className="visually-hidden"> {VERDICT_WORD[verdict]}</span>
        </span>
      ))}
    </span>
    <span className={styles['hosts']}>
      {count(place.trusted)} <span>of {count(place.hosts)}</span>
    </span>
  </li>
);

export const Places = ({ places }: { places: Overview['places'] }) => {
  const ranked = [...places].sort((a, b) => b.failed - a.failed || b.hosts - a.hosts);
  const shown = useMedia('(min-height: 960px)') ? SHOWN.tall : SHOWN.usual;
  const more = ranked.length - shown;
  return (
    <Section title="Places" aside={<span>trusted of all</span>}>
      <ul className={styles['places']}>
        {ranked.slice(0, shown).map((place) => (
          <PlaceRow key={place.country ?? ''} place={place} />
        ))}
      </ul>
      {more > 0 && (
        <p className={styles['more']}>
          <a href={hostsHref({ sort: 'country' })}>{plural(more, 'more place', 'more places')}</a>
        </p>
      )}
    </Section>
  );
};
