import type { ClassPlaces, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { type AllowedPlaces, STANDING_WORD, standingOf } from '../../../shared/map/standing.ts';
import { plural } from '../../../shared/model/words.ts';

const DEFAULTS = 'defaults';
/** In the address and to be chosen: the classes by their names, and what has none. */
export const classKey = ({ name }: Pick<ClassPlaces, 'name'>): string => name ?? DEFAULTS;
export const classWord = ({ name }: Pick<ClassPlaces, 'name'>): string => name ?? 'no class (defaults)';

const unique = (all: readonly string[]): readonly string[] => [...new Set(all)];

/** Where hosts of one class may be, or of any of them; null where nothing is known of it. */
export const allowedBy = ({ classes }: PolicyPlaces, policyClass: string | null): AllowedPlaces | null => {
  const mine = policyClass === null ? classes : classes.filter((one) => classKey(one) === policyClass);
  if (mine.length === 0) return null;
  return {
    countries: unique(mine.flatMap(({ countries }) => countries)),
    subdivisions: unique(mine.flatMap(({ subdivisions }) => subdivisions)),
    others: mine.reduce((sum, { sites, areas }) => sum + sites.length + areas, 0),
    anywhere: mine.some(({ anywhere }) => anywhere),
  };
};

/** What the policy says of a place, by its country and subdivision; empty where it says nothing. */
export const regionWord = (
  place: { readonly country: string | null; readonly subdivision: string | null },
  regions: PolicyPlaces | null,
  policyClass: string | null,
): string => {
  const allowed = regions === null ? null : allowedBy(regions, policyClass);
  if (place.country === null) return allowed === null || (allowed.anywhere && allowed.countries.length === 0) ? '' : 'cannot be told';
  const standing = standingOf(place.subdivision ?? place.country, allowed);
  return standing === 'no rule' ? '' : STANDING_WORD[standing];
};

/** What the hatching rests on, in a sentence. */
export const regionsSentence = (regions: PolicyPlaces, policyClass: string | null): string => {
  const whose = regions.number === 0 ? 'The built-in defaults have' : `${regions.name}, version ${regions.number}, has`;
  const allowed = allowedBy(regions, policyClass);
  if (allowed === null)
    return policyClass === null
      ? `Of ${regions.name}, version ${regions.number}, it cannot be said where hosts may be.`
      : `There is no class ${policyClass} in the manifest.`;
  const named = allowed.countries.length + allowed.subdivisions.length;
  if (named + allowed.others === 0) return `${whose} no rule about where these hosts may be.`;
  const beside = allowed.others === 0 ? '' : ` ${plural(allowed.others, 'site or area', 'sites or areas')} it names cannot be drawn.`;
  const rest = allowed.anywhere
    ? ' Hosts of some class may be anywhere, so nothing is called not allowed.'
    : allowed.others > 0
      ? ' Nothing else is called not allowed.'
      : '';
  return `${whose} ${plural(named, 'country or subdivision', 'countries or subdivisions')} where these hosts may be.${beside}${rest}`;
};
