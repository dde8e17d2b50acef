import { useState } from 'react';
import type { FleetPlaces, PlaceCount, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { VERDICTS, type Verdict } from '../../../shared/model/verdict.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';
import { mapHref, type MapView } from '../../app/navigation.ts';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { count, countryName, plural, VERDICT_WORD } from '../../ui/words.ts';
import { placesHref } from './links.ts';
import { assuranceWords, placeName } from './places.ts';
import { regionWord } from './regions.ts';
import styles from './place-table.module.css';

type Sort = 'place' | 'hosts' | Verdict;
const MOST_ROWS = 400;

const sorted = (places: readonly PlaceCount[], level: PlaceLevel, by: Sort | null, descending: boolean): readonly PlaceCount[] => {
  if (by === null) return places;
  const way = descending ? -1 : 1;
  if (by === 'place') {
    const named = places.map((place) => ({ place, name: placeName(place, level) }));
    return named.toSorted((a, b) => way * a.name.localeCompare(b.name, 'en')).map(({ place }) => place);
  }
  const of = (place: PlaceCount): number => (by === 'hosts' ? place.hosts : place.verdicts[by]);
  return places.toSorted((a, b) => way * (of(a) - of(b)));
};

type RowProps = { place: PlaceCount; level: PlaceLevel; view: MapView; regions: PolicyPlaces | null };

const PlaceRow = ({ place, level, view, regions }: RowProps) => {
  const href = placesHref(view, [place], level);
  const name = placeName(place, level);
  const policy = regionWord(place, regions, view.policyClass);
  return (
    <tr>
      <th scope="row">
        {href === null ? name : <a href={href}>{name}</a>}
        {level === 'country' && place.country !== null && (
          <a className={styles['open']} href={mapHref({ ...view, place: place.country })} aria-label={`Sites in ${name}`}>
            sites
          </a>
        )}
        <small>
          {assuranceWords(place)}
          {policy !== '' && <> · policy: {policy}</>}
        </small>
      </th>
      {VERDICTS.map((verdict) => (
        <td key={verdict} data-none={place.verdicts[verdict] === 0}>
          {count(place.verdicts[verdict])}
        </td>
      ))}
      <td>{count(place.hosts)}</td>
    </tr>
  );
};

type PlaceTableProps = { data: FleetPlaces; view: MapView; regions: PolicyPlaces | null };

/** All that the map says, as a table: by country, or the sites of the country that is opened. */
export const PlaceTable = ({ data, view, regions }: PlaceTableProps) => {
  const [{ by, descending }, setSort] = useState<{ by: Sort | null; descending: boolean }>({ by: null, descending: true });
  const level: PlaceLevel = view.place === null ? 'country' : 'site';
  const places = view.place === null ? data.countries : data.places.filter(({ country }) => country === view.place);
  const rows = sorted(places, level, by, descending);
  const head = (sort: Sort, word: string, title: React.ReactNode): React.ReactNode => (
    <th scope="col" aria-sort={by !== sort ? 'none' : descending ? 'descending' : 'ascending'}>
      <button
        type="button"
        title={`Sort by ${word.toLowerCase()}`}
        onClick={() => setSort({ by: sort, descending: by === sort ? !descending : sort !== 'place' })}
      >
        {title}
        {by === sort && <span aria-hidden="true">{descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
  return (
    <section className={styles['side']} aria-labelledby="map-places">
      <div className={styles['title']}>
        <h2 id="map-places">{view.place === null ? 'Countries' : `Sites in ${countryName(view.place)}`}</h2>
        {view.place !== null && <a href={mapHref({ ...view, place: null })}>All countries</a>}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and keys must be able to scroll it */}
      <section className={styles['scroll']} aria-label="Places, table" tabIndex={0}>
        <table className={styles['table']}>
          <caption className="visually-hidden">Hosts by place, with how their locations are known. The same as on the map.</caption>
          <thead>
            <tr>
              {head('place', 'Place', 'Place')}
              {VERDICTS.map((verdict) => (
                <Fragmented key={verdict}>
                  {head(
                    verdict,
                    VERDICT_WORD[verdict],
                    <>
                      <VerdictMark kind={verdict} size={11} />
                      <span className="visually-hidden">{VERDICT_WORD[verdict]}</span>
                    </>,
                  )}
                </Fragmented>
              ))}
              {head('hosts', 'Hosts', 'Hosts')}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((place) => (
              <PlaceRow
                key={JSON.stringify([place.country, place.subdivision, place.site])}
                place={place}
                level={level}
                view={view}
                regions={regions}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className={styles['note']}>No host that was asked for is said to be there.</p>}
        {rows.length > MOST_ROWS && (
          <p className={styles['note']}>
            {plural(rows.length - MOST_ROWS, 'more place is', 'more places are')} not listed. Sort, or filter.
          </p>
        )}
        {data.left.places > 0 && (
          <p className={styles['note']}>
            {plural(data.left.places, 'more site has', 'more sites have')} {plural(data.left.hosts, 'host', 'hosts')}; they are counted in
            their countries only.
          </p>
        )}
      </section>
    </section>
  );
};

const Fragmented = ({ children }: { children: React.ReactNode }) => <>{children}</>;
