import { parseManifest } from '../../appraisal/manifest/parse.ts';
import type { AllowedPlaces } from '../../../shared/map/standing.ts';
import { policiesByClass } from '../places/manifest-places.ts';

/**
 * Where a manifest lets hosts be, all classes together. What its workloads may add or take away is not in it. Null for a text that is none any
 * more: then a map says nothing of what is allowed.
 */
export const allowedPlaces = (text: string): AllowedPlaces | null => {
  const parsed = parseManifest(text);
  if (!parsed.ok) return null;
  const { manifest } = parsed;
  const policies = policiesByClass(manifest).map(({ policy }) => policy);
  const named = new Set(policies.flatMap(({ location }) => location.places ?? []));
  const places = manifest.places.filter(({ name }) => named.has(name));
  return {
    countries: [...new Set(places.flatMap(({ countries }) => countries))].toSorted(),
    subdivisions: [...new Set(places.flatMap(({ subdivisions }) => subdivisions))].toSorted(),
    others: places.reduce((sum, { sites, polygons }) => sum + sites.length + polygons.length, 0),
    anywhere: policies.some(({ location }) => location.places === null),
  };
};
