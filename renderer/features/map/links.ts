import { hostsInPlaces, type NamedPlace, type PlaceLevel } from '../../../shared/query/place-query.ts';
import { hostsHref, mapHref, type MapView } from '../../app/navigation.ts';

/**
 * The address of exactly the hosts of places that the map counts: the list of hosts now, and of a past moment the list below the map. Null where
 * they are too many places to be named; then one looks closer.
 */
export const placesHref = (view: MapView, places: readonly NamedPlace[], level: PlaceLevel): string | null => {
  const text = hostsInPlaces(view.text, places, level);
  if (text === null) return null;
  return view.atMs === null ? hostsHref({ text }) : mapHref({ ...view, hosts: text });
};

export const unknownHref = (view: MapView): string | null =>
  placesHref(view, [{ country: null, subdivision: null, site: null }], 'country');
