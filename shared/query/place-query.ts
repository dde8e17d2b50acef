import { join, negate, type Query, type Term } from './ast.ts';
import type { FieldRef } from './fields.ts';
import { HOST_LIST_FIELDS } from './host-fields.ts';
import { searchQuery } from './host-search.ts';
import { MAX_CONDITIONS, MAX_LIST, MAX_QUERY_LENGTH } from './limits.ts';
import { printQuery } from './print.ts';

/** How exactly a place is told: by its country alone, by its subdivision, or by its site as well. */
export const PLACE_LEVELS = ['country', 'subdivision', 'site'] as const;
export type PlaceLevel = (typeof PLACE_LEVELS)[number];
/** Null = nobody says. */
export type NamedPlace = { readonly country: string | null; readonly subdivision: string | null; readonly site: string | null };

const fieldOf = (name: PlaceLevel): FieldRef => {
  const found = HOST_LIST_FIELDS.field(name);
  if (found === null) throw new Error(`There is no field ${name}.`);
  return found.ref;
};
const says = (level: PlaceLevel, text: string | null): Term =>
  text === null
    ? negate({ kind: 'known', field: fieldOf(level) })
    : { kind: 'compare', field: fieldOf(level), operator: '=', value: { kind: 'text', text } };

const placeTerm = (place: NamedPlace, level: PlaceLevel): Term => {
  const levels = PLACE_LEVELS.slice(0, PLACE_LEVELS.indexOf(level) + 1);
  return join(
    'and',
    says('country', place.country),
    levels.slice(1).map((one) => says(one, place[one])),
  );
};

const anyOf = (places: readonly NamedPlace[], level: PlaceLevel): Term | null => {
  if (level === 'country' && places.length > 1 && places.length <= MAX_LIST) {
    const named = places.flatMap(({ country }) => (country === null ? [] : [{ kind: 'text', text: country } as const]));
    const known: Term[] = named.length === 0 ? [] : [{ kind: 'among', field: fieldOf('country'), values: named }];
    const [first, ...rest] = [...known, ...(named.length < places.length ? [says('country', null)] : [])];
    return first === undefined ? null : join('or', first, rest);
  }
  const [first, ...rest] = places;
  if (first === undefined || places.length * 3 > MAX_CONDITIONS) return null;
  return join(
    'or',
    placeTerm(first, level),
    rest.map((place) => placeTerm(place, level)),
  );
};

/**
 * The hosts in places, of those that were searched for, as one text of the filter language; null where that would be longer than the language
 * allows, or where the search cannot be read. `search` is what stands in the box: words or a filter.
 */
export const hostsInPlaces = (search: string, places: readonly NamedPlace[], level: PlaceLevel): string | null => {
  const searched = searchQuery(search);
  const where = anyOf(places, level);
  if (searched === null || where === null) return null;
  const whole: Query = searched.kind === 'all' ? where : join('and', searched, [where]);
  const text = printQuery(whole);
  return text.length > MAX_QUERY_LENGTH ? null : text;
};
