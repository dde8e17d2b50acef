import type { FleetPlaces, PlaceCount } from '../../../shared/contract/map-schemas.ts';
import { ASSURANCE_WORD, count, countryName, plural, VERDICT_WORD } from '../../../shared/model/words.ts';
import { ASSURANCES, type Assurance, type Verdict, VERDICTS } from '../../../shared/model/verdict.ts';
import { fold } from '../../../shared/query/fold.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';

/** Hosts of one place, or of several that were put together. */
export type Counts = Pick<PlaceCount, 'hosts' | 'verdicts' | 'assurances' | 'worst'>;

const rank = (verdict: Verdict): number => VERDICTS.indexOf(verdict);

export const together = (all: readonly Counts[]): Counts | null => {
  const [first, ...rest] = all;
  if (first === undefined) return null;
  const verdicts = { ...first.verdicts };
  const assurances = { ...first.assurances };
  let { hosts, worst } = first;
  for (const one of rest) {
    hosts += one.hosts;
    for (const verdict of VERDICTS) verdicts[verdict] += one.verdicts[verdict];
    for (const assurance of ASSURANCES) assurances[assurance] += one.assurances[assurance];
    if (rank(one.worst.verdict) < rank(worst.verdict)) worst = one.worst;
  }
  return { hosts, verdicts, assurances, worst };
};

/** Places as a level tells them apart: those that only a finer level tells apart are one. In the order in which they come. */
export const placesAt = ({ countries, places }: Pick<FleetPlaces, 'countries' | 'places'>, level: PlaceLevel): readonly PlaceCount[] => {
  if (level === 'country') return countries;
  if (level === 'site') return places;
  const bySubdivision = new Map<string, PlaceCount[]>();
  for (const place of places) {
    const key = JSON.stringify([place.country, place.subdivision].map((text) => (text === null ? null : fold(text))));
    const known = bySubdivision.get(key);
    if (known === undefined) bySubdivision.set(key, [place]);
    else known.push(place);
  }
  return [...bySubdivision.values()].flatMap((all) => {
    const [first] = all;
    const sum = together(all);
    return first === undefined || sum === null ? [] : [{ ...first, ...sum, site: null }];
  });
};

/** `Frankfurt 2, DE-HE, Germany`: the most exact first. A level that is told and not known says so. */
export const placeName = (
  { country, subdivision, site }: Pick<PlaceCount, 'country' | 'subdivision' | 'site'>,
  level: PlaceLevel,
): string => {
  if (country === null && subdivision === null && site === null) return countryName(null);
  const land = country === null ? 'no country said' : countryName(country);
  if (level === 'country') return land;
  const part = subdivision ?? 'no subdivision said';
  return level === 'subdivision' ? `${part}, ${land}` : `${site ?? 'no site said'}, ${subdivision === null ? '' : `${part}, `}${land}`;
};

/** As short as a mark needs it. */
export const placeMark = (
  { country, subdivision, site }: Pick<PlaceCount, 'country' | 'subdivision' | 'site'>,
  level: PlaceLevel,
): string => (level === 'site' ? (site ?? subdivision) : level === 'subdivision' ? subdivision : null) ?? country ?? '?';

export const verdictsIn = ({ verdicts }: Pick<Counts, 'verdicts'>): readonly (readonly [Verdict, number])[] =>
  VERDICTS.flatMap((verdict) => (verdicts[verdict] === 0 ? [] : [[verdict, verdicts[verdict]] as const]));

export const assurancesIn = ({ assurances }: Pick<Counts, 'assurances'>): readonly (readonly [Assurance, number])[] =>
  ASSURANCES.flatMap((assurance) => (assurances[assurance] === 0 ? [] : [[assurance, assurances[assurance]] as const]));

/** How the place of the host is known whose place is known worst. */
export const weakest = (counts: Pick<Counts, 'assurances'>): Assurance => assurancesIn(counts).at(-1)?.[0] ?? 'unknown';

export const verdictWords = (counts: Counts): string =>
  verdictsIn(counts)
    .map(([verdict, hosts]) => `${count(hosts)} ${VERDICT_WORD[verdict].toLowerCase()}`)
    .join(', ');
export const assuranceWords = (counts: Counts): string =>
  assurancesIn(counts)
    .map(([assurance, hosts]) => `${ASSURANCE_WORD[assurance]} ${count(hosts)}`)
    .join(', ');

/** All that a mark says, for who does not see it. */
export const markSentence = (name: string, counts: Counts): string =>
  `${name}: ${plural(counts.hosts, 'host', 'hosts')}, ${verdictWords(counts)}. Location ${assuranceWords(counts)}.`;
