import { ASSURANCES, type Assurance } from '../../../shared/model/verdict.ts';
import type { HostFacts, LocationClaim } from '../facts-schema.ts';
import { readLocationToken } from '../location-token.ts';
import { globMatches } from '../manifest/glob.ts';
import { matchesHost } from '../manifest/host-query.ts';
import type { Manifest, Place } from '../manifest/manifest.ts';
import { bestOf, distanceKm, type Membership, membershipOf, withinSubdivision } from '../places.ts';
import type { AppraisedLocation, Position } from '../position.ts';

const NOWHERE: Position = { country: null, subdivision: null, site: null, latitude: null, longitude: null };
const rankOf = (assurance: Assurance): number => ASSURANCES.indexOf(assurance);

export const isAtLeast = (assurance: Assurance, minimum: Assurance): boolean => rankOf(assurance) <= rankOf(minimum);

/** Countries that differ, subdivisions of which neither lies in the other, or sites by different names. */
const contradicts = (a: Position, b: Position): readonly [string, string] | null => {
  if (a.country !== null && b.country !== null && a.country !== b.country) return [a.country, b.country];
  if (
    a.subdivision !== null &&
    b.subdivision !== null &&
    !withinSubdivision(a.subdivision).includes(b.subdivision) &&
    !withinSubdivision(b.subdivision).includes(a.subdivision)
  )
    return [a.subdivision, b.subdivision];
  return a.site !== null && b.site !== null && a.site !== b.site ? [a.site, b.site] : null;
};

/** The word that counts most comes first; equal ones in the order in which they were said. */
const ranked = (claims: readonly LocationClaim[]): readonly LocationClaim[] =>
  claims.toSorted((a, b) => rankOf(a.assurance) - rankOf(b.assurance));

const TOPOLOGY_LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'] as const;

/** What the labels of an orchestrator mean by the manifest; the zone says more than the region. */
const byTopology = (facts: HostFacts, manifest: Manifest): readonly LocationClaim[] => {
  if (manifest.topology.length === 0) return [];
  for (const label of TOPOLOGY_LABELS) {
    const value = facts.host.labels[label];
    const known = value === undefined ? undefined : manifest.topology.find((one) => globMatches(one.value, value));
    if (known === undefined) continue;
    const { country, subdivision, site } = known;
    return [{ ...NOWHERE, country, subdivision, site, assurance: 'reported', source: `The label ${label}` }];
  }
  return [];
};

/** Declarations choose hosts by everything else that is known of them. */
const byPerson = (facts: HostFacts, manifest: Manifest, known: AppraisedLocation): readonly LocationClaim[] =>
  manifest.locations
    .filter((declared) => matchesHost(declared.hosts, facts, known))
    .slice(0, 1)
    .map(({ hosts: _hosts, ...position }) => ({ ...position, assurance: 'declared', source: 'A person' }));

/**
 * Where a host is, and on whose word. A TPM-certified tag proves that this TPM holds this tag; somebody provisioned it. It does not
 * measure where the machine stands.
 */
export const locate = (facts: HostFacts, manifest: Manifest, atMs: number): AppraisedLocation => {
  const token =
    facts.locationToken === null || manifest.issuers.length === 0
      ? null
      : readLocationToken(facts.locationToken, manifest.issuers, facts.host.ekSha256, atMs);
  const signed: readonly LocationClaim[] =
    token?.ok === true ? [{ ...token.position, assurance: 'issuer-signed', source: `The issuer ${token.issuer}` }] : [];
  const claims = [...facts.locations, ...signed, ...byTopology(facts, manifest)];
  const known = weigh(claims, facts, token?.ok === false ? token.message : null);
  if (manifest.locations.length === 0) return known;
  const declared = byPerson(facts, manifest, known);
  return declared.length === 0 ? known : weigh([...claims, ...declared], facts, known.contradiction);
};

const weigh = (claims: readonly LocationClaim[], facts: HostFacts, refused: string | null): AppraisedLocation => {
  const [best, ...others] = ranked(claims);
  // A tag that was announced and did not come, or is not the host's own, must not be outweighed by somebody's word.
  if (facts.tagProblem !== null) return { ...NOWHERE, assurance: 'unknown', source: null, contradiction: facts.tagProblem.message };
  if (best === undefined) return { ...NOWHERE, assurance: 'unknown', source: null, contradiction: refused };
  let contradiction = refused;
  for (const other of others) {
    const differing = contradicts(best, other);
    if (differing === null) continue;
    const [ours, theirs] = differing;
    contradiction ??= `${best.source} says ${ours}, ${other.source.charAt(0).toLowerCase()}${other.source.slice(1)} says ${theirs}.`;
  }
  const { assurance, source, country, subdivision, latitude, longitude } = best;
  return { country, subdivision, site: best.site, latitude, longitude, assurance, source, contradiction };
};

type Where = { readonly places: readonly string[] | null; readonly countries: readonly string[] | null };

const byName = new WeakMap<Manifest['places'], ReadonlyMap<string, Place>>();
const placesOf = ({ places }: Manifest, names: readonly string[]): readonly Place[] => {
  const known = byName.get(places) ?? new Map(places.map((place) => [place.name, place]));
  byName.set(places, known);
  return names.flatMap((name) => known.get(name) ?? []);
};

/** What was found for one location: a host runs many workloads under many rules that name the same polygons. */
const found = new WeakMap<Position, Map<Place | Where, Membership>>();
const once = (location: Position, what: Place | Where, find: () => Membership): Membership => {
  const known = found.get(location) ?? new Map<Place | Where, Membership>();
  found.set(location, known);
  const membership = known.get(what) ?? find();
  known.set(what, membership);
  return membership;
};

/** Whether a location is in any of the named places or countries. Neither named = anywhere. */
export const isAllowed = (location: Position, manifest: Manifest, where: Where): Membership => {
  const { places, countries } = where;
  if (places === null && countries === null) return 'inside';
  return once(location, where, () => {
    const allowed = [
      ...(places === null ? [] : placesOf(manifest, places)),
      ...(countries === null ? [] : [{ name: 'countries', countries, subdivisions: [], sites: [], polygons: [] }]),
    ];
    return bestOf(allowed.map((place) => once(location, place, () => membershipOf(location, place))));
  });
};

/** Where a host was when it was last seen somewhere. */
export type Seen = Position & { readonly atMs: number; readonly resetCount: number | null };

const HOUR_MS = 3_600_000;
/** Coordinates of a city are good for some kilometres; below this, nothing is a journey. */
const SAME_PLACE_KM = 50;

/**
 * A move that no machine makes: between two coordinates faster than the manifest allows, or into another country while the TPM was never
 * reset (its resetCount did not change), so that the host ran all the way. Null = possible. Says nothing about who is lying.
 */
export const impossibleMove = (before: Seen, now: Seen, maxSpeedKmh: number): string | null => {
  const from = before.latitude === null || before.longitude === null ? null : { latitude: before.latitude, longitude: before.longitude };
  const to = now.latitude === null || now.longitude === null ? null : { latitude: now.latitude, longitude: now.longitude };
  if (from !== null && to !== null) {
    const km = distanceKm(from, to);
    const hours = Math.max(0, now.atMs - before.atMs) / HOUR_MS;
    if (km > SAME_PLACE_KM && km > hours * maxSpeedKmh)
      return `Moved ${Math.round(km)} km in ${hours < 1 ? `${Math.round(hours * 60)} minutes` : `${Math.round(hours)} hours`}; at most ${maxSpeedKmh} km/h is possible.`;
  }
  const sameBoot = before.resetCount !== null && before.resetCount === now.resetCount;
  return sameBoot && before.country !== null && now.country !== null && before.country !== now.country
    ? `Moved from ${before.country} to ${now.country} without being switched off: the TPM was not reset in between.`
    : null;
};
