import type { Manifest, Policy } from '../../appraisal/manifest/manifest.ts';
import { parseManifest } from '../../appraisal/manifest/parse.ts';
import type { AllowedPlaces } from '../../reports/port.ts';

/** Policies that hosts can come under: those that no class takes have the defaults, or are not allowed at all. */
const policiesOf = ({ classes, defaults, unmatched }: Manifest): readonly Policy[] => {
  const own = classes.map(({ policy }) => policy);
  return classes.length === 0 || unmatched === 'defaults' ? [...own, defaults] : own;
};

/**
 * Where a manifest lets hosts be, all classes together. What its workloads may add or take away is not in it. Null for a text that is none any
 * more: then a map says nothing of what is allowed.
 */
export const allowedPlaces = (text: string): AllowedPlaces | null => {
  const parsed = parseManifest(text);
  if (!parsed.ok) return null;
  const { manifest } = parsed;
  const policies = policiesOf(manifest);
  const named = new Set(policies.flatMap(({ location }) => location.places ?? []));
  const places = manifest.places.filter(({ name }) => named.has(name));
  return {
    countries: [...new Set(places.flatMap(({ countries }) => countries))].toSorted(),
    subdivisions: [...new Set(places.flatMap(({ subdivisions }) => subdivisions))].toSorted(),
    others: places.reduce((sum, { sites, polygons }) => sum + sites.length + polygons.length, 0),
    anywhere: policies.some(({ location }) => location.places === null),
  };
};
