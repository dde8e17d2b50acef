import { iso31661, iso31662 } from 'iso-3166';
import type { Place } from './manifest/manifest.ts';
import type { Position } from './position.ts';

export const COUNTRIES: ReadonlyMap<string, string> = new Map(
  iso31661.filter((entry) => entry.state === 'assigned').map(({ alpha2, name }) => [alpha2, name]),
);
const PARENTS: ReadonlyMap<string, string> = new Map(iso31662.map(({ code, parent }) => [code, parent]));

export const isSubdivision = (code: string): boolean => PARENTS.has(code);

/** A subdivision with those that it lies in, and its country: FR-75C lies in FR-IDF. A code that ISO does not know lies in nothing. */
export const withinSubdivision = (code: string): readonly string[] => {
  const all: string[] = [];
  for (let at: string | undefined = code; at !== undefined && all.length < 4; at = PARENTS.get(at)) all.push(at);
  return all;
};

/**
 * Whether a point lies in a ring of corners (even-odd rule, flat degrees). Corners on the edge may fall to either side. Linear in the
 * corners; rings that cross 180 degrees of longitude are not understood and must be written as two.
 */
export const inRing = (longitude: number, latitude: number, ring: readonly (readonly [number, number])[]): boolean => {
  let inside = false;
  let previous = ring.at(-1);
  for (const corner of ring) {
    if (previous !== undefined) {
      const [x1, y1] = previous;
      const [x2, y2] = corner;
      if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
    }
    previous = corner;
  }
  return inside;
};

/** `unknown` where the place asks for something that the position does not say; only `inside` ever allows. */
export type Membership = 'inside' | 'outside' | 'unknown';

/** Whether a position is in a named place: any one of its lists suffices. */
export const membershipOf = (position: Position, place: Place): Membership => {
  const { country, subdivision, site, latitude, longitude } = position;
  const within = subdivision === null ? [] : withinSubdivision(subdivision);
  if (country !== null && place.countries.includes(country)) return 'inside';
  if (place.subdivisions.some((code) => within.includes(code))) return 'inside';
  if (site !== null && place.sites.includes(site)) return 'inside';
  if (latitude !== null && longitude !== null && place.polygons.some((ring) => inRing(longitude, latitude, ring))) return 'inside';
  const open =
    (place.countries.length > 0 && country === null) ||
    (place.subdivisions.length > 0 && subdivision === null && mayHold(place.subdivisions, country)) ||
    (place.sites.length > 0 && site === null) ||
    (place.polygons.length > 0 && (latitude === null || longitude === null));
  return open ? 'unknown' : 'outside';
};

/** A host in another country is in none of these subdivisions, whichever its own is. */
const mayHold = (subdivisions: readonly string[], country: string | null): boolean =>
  country === null || subdivisions.some((code) => code.startsWith(`${country}-`));

/** The best membership over several places. */
export const bestOf = (all: readonly Membership[]): Membership =>
  all.includes('inside') ? 'inside' : all.includes('unknown') ? 'unknown' : 'outside';

const EARTH_KM = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres. */
export const distanceKm = (
  a: { readonly latitude: number; readonly longitude: number },
  b: { readonly latitude: number; readonly longitude: number },
): number => {
  const [dLat, dLon] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
  const half = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
};
