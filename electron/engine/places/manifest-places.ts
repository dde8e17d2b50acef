import type { ClassPlaces, MovementRule, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { isAllowed } from '../../appraisal/decide/place.ts';
import { BUILT_IN_MANIFEST, type Manifest, type Policy } from '../../appraisal/manifest/manifest.ts';
import { parseManifest } from '../../appraisal/manifest/parse.ts';
import type { StoredMovement } from '../../store/movements.ts';
import type { PolicyReader } from '../../store/policy-store.ts';

/** Policies that hosts can come under, by class: those that no class takes have the defaults, or are not allowed at all. */
export const policiesByClass = ({ classes, defaults, unmatched }: Manifest): readonly { name: string | null; policy: Policy }[] => {
  const own = classes.map(({ name, policy }) => ({ name, policy }));
  return classes.length === 0 || unmatched === 'defaults' ? [...own, { name: null, policy: defaults }] : own;
};

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted();

const placesOfClass = ({ places }: Manifest, name: string | null, { location }: Policy): ClassPlaces => {
  const named = new Set(location.places ?? []);
  const mine = places.filter((place) => named.has(place.name));
  return {
    name,
    anywhere: location.places === null,
    countries: unique(mine.flatMap(({ countries }) => countries)),
    subdivisions: unique(mine.flatMap(({ subdivisions }) => subdivisions)),
    sites: unique(mine.flatMap(({ sites }) => sites)),
    areas: mine.reduce((sum, { polygons }) => sum + polygons.length, 0),
  };
};

/** Where a manifest lets hosts of each class be. What its workloads ask for is not in it. */
export const manifestPlaces = (number: number, manifest: Manifest): PolicyPlaces => ({
  number,
  name: visibleText(manifest.name),
  classes: policiesByClass(manifest).map(({ name, policy }) => placesOfClass(manifest, name, policy)),
  sites: manifest.locations.flatMap(({ country, site, latitude, longitude }) =>
    country === null || site === null || latitude === null || longitude === null ? [] : [{ country, site, latitude, longitude }],
  ),
});

type Versions = Pick<PolicyReader, 'active' | 'activeAt' | 'version'>;

/** A text that was accepted once is read as what it said then; null where it cannot be read any more. */
const read = (text: string): Manifest | null => {
  const parsed = parseManifest(text);
  return parsed.ok ? parsed.manifest : null;
};

export const policyPlaces = (policy: Versions, atMs: number | null): PolicyPlaces => {
  const version = atMs === null ? policy.active() : policy.activeAt(atMs);
  const manifest = version === null ? BUILT_IN_MANIFEST : read(version.text);
  // A map must not say "anywhere" of a manifest that nobody can read.
  if (manifest === null) return { number: version?.number ?? 0, name: visibleText(version?.name ?? ''), classes: [], sites: [] };
  return manifestPlaces(version?.number ?? 0, manifest);
};

/** Says of movements whether the manifest that judged the host then let it be where it went. Each version is read once. */
export const createMovementRules = (policy: Versions): ((movement: StoredMovement) => MovementRule) => {
  const known = new Map<number, Manifest | null>();
  const manifestOf = (number: number): Manifest | null => {
    if (number === 0) return BUILT_IN_MANIFEST;
    const before = known.get(number);
    if (before !== undefined) return before;
    const version = policy.version(number);
    const manifest = version === null ? null : read(version.text);
    known.set(number, manifest);
    return manifest;
  };
  return ({ manifest: number, policyClass, to, atMs }) => {
    const manifest = manifestOf(number ?? policy.activeAt(atMs)?.number ?? 0);
    const own = manifest === null ? undefined : policiesByClass(manifest).find(({ name }) => name === policyClass);
    if (manifest === null || own === undefined) return 'cannot-tell';
    const { places } = own.policy.location;
    if (places === null) return 'no-rule';
    // Coordinates are not kept with places, so that an area cannot be held against them.
    const { country, subdivision, site } = to;
    const where = isAllowed({ country, subdivision, site, latitude: null, longitude: null }, manifest, { places, countries: null });
    return where === 'unknown' ? 'cannot-tell' : where === 'inside' ? 'allowed' : 'not-allowed';
  };
};
