import { frameOf, type Frame } from '../../shared/map/equal-earth.ts';
import { clustersOf } from '../../shared/map/clusters.ts';
import { byCode } from '../../shared/map/outlines.ts';
import { type AllowedPlaces, type Standing, standingOf } from '../../shared/map/standing.ts';
import { readWorldMap, type Region, type WorldMap } from '../../shared/map/world-file.ts';
import { ASSURANCE_WORD, count, countryName, plural, VERDICT_WORD } from '../../shared/model/words.ts';
import { type Verdict, VERDICTS } from '../../shared/model/verdict.ts';
import type { ExportSource } from './port.ts';
import { assurancesIn, type HostCounts, type PlaceCount } from './posture-count.ts';

export type MapMark = PlaceCount & { readonly country: string; readonly x: number; readonly y: number };
export type MapCluster = { readonly x: number; readonly y: number; readonly places: readonly MapMark[] };
export type MapRegion = { readonly region: Region; readonly hosts: number; readonly standing: Standing };

/** A map of where hosts are said to be: what is drawn, and what cannot be. */
export type MapView = {
  readonly frame: Frame;
  readonly land: readonly Region[];
  /** Regions that hosts are in or that the manifest names; countries first, then subdivisions over them. */
  readonly regions: readonly MapRegion[];
  readonly clusters: readonly MapCluster[];
  /** In the order of the counts: where most are not trusted first. */
  readonly marks: readonly MapMark[];
  /** Hosts of which nobody says where they are. */
  readonly unknown: number;
  /** Hosts whose country is on no map of ours, such as a code that is not ISO's. */
  readonly undrawn: number;
};

/** Read for each map, and not kept: a report has one, and its table needs the memory more. */
const worldOf = ({ resources }: Pick<ExportSource, 'resources'>): WorldMap => {
  const read = readWorldMap(resources('world.json'));
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
};

/** `mark`: how large a mark is, in points; those that would lie on each other are put together. */
export const mapView = (
  source: Pick<ExportSource, 'resources' | 'allowed'>,
  { places, subdivisions }: HostCounts,
  width: number,
  mark: { readonly width: number; readonly height: number },
): MapView => {
  const { allowed } = source;
  const world = worldOf(source);
  const frame = frameOf(width);
  const [countries, parts] = [byCode(world.countries), byCode(world.subdivisions)];
  const hostsIn = new Map([
    ...places.flatMap(({ country, hosts }) => (country === null ? [] : [[country, hosts] as const])),
    ...subdivisions.map(({ code, hosts }) => [code, hosts] as const),
  ]);
  const named = new Set([...hostsIn.keys(), ...(allowed?.countries ?? []), ...(allowed?.subdivisions ?? [])]);
  const shown = (all: ReadonlyMap<string, Region>): readonly MapRegion[] =>
    [...all].flatMap(([code, region]) =>
      named.has(code) ? [{ region, hosts: hostsIn.get(code) ?? 0, standing: standingOf(code, allowed) }] : [],
    );
  const marks = places.flatMap((place): readonly MapMark[] => {
    const region = place.country === null ? undefined : countries.get(place.country);
    if (place.country === null || region === undefined) return [];
    const [x, y] = frame.place(region.at);
    return [{ ...place, country: place.country, x, y: Math.min(y, frame.height) }];
  });
  const drawn = marks.reduce((sum, { hosts }) => sum + hosts, 0);
  const unknown = places.find(({ country }) => country === null)?.hosts ?? 0;
  return {
    frame,
    land: world.countries.filter(({ code }) => code !== 'AQ'),
    regions: [...shown(countries), ...shown(parts)],
    clusters: clustersOf(marks, mark.width, mark.height).map(({ x, y, members }) => ({ x, y, places: members })),
    marks,
    unknown,
    undrawn: places.reduce((sum, { hosts }) => sum + hosts, 0) - drawn - unknown,
  };
};

export const verdictsTogether = (places: readonly PlaceCount[]): readonly (readonly [Verdict, number])[] =>
  VERDICTS.flatMap((verdict) => {
    const hosts = places.reduce((sum, { verdicts }) => sum + verdicts[verdict], 0);
    return hosts === 0 ? [] : [[verdict, hosts] as const];
  });

const MOST_SAID = 40;
/** The same as the drawing, for whoever does not see it. */
export const mapAlt = ({ marks: places, unknown }: MapView): string => {
  const said = places.slice(0, MOST_SAID).map((place) => {
    const verdicts = verdictsTogether([place]).map(([verdict, hosts]) => `${VERDICT_WORD[verdict].toLowerCase()} ${hosts}`);
    return `${countryName(place.country)}: ${verdicts.join(', ')}`;
  });
  const more = places.length > MOST_SAID ? ` And ${places.length - MOST_SAID} more countries, in the table.` : '';
  return `World map of hosts by country. ${said.join('. ')}${said.length === 0 ? 'No host has a place on it' : ''}.${more} ${unknown} ${unknown === 1 ? 'host is' : 'hosts are'} in an unknown place and not on it.`;
};

/** How well the places are known, all together. */
export const assuranceSentence = ({ places, hosts }: HostCounts): string => {
  const all = new Map<string, number>();
  for (const { assurances } of places)
    for (const [one, of] of assurancesIn(assurances)) all.set(ASSURANCE_WORD[one], (all.get(ASSURANCE_WORD[one]) ?? 0) + of);
  if (hosts === 0) return 'No host is in this report.';
  return `How the places are known: ${[...all].map(([word, of]) => `${word} ${count(of)}`).join(', ')}. A place is a claim, not a measurement.`;
};

/** What the manifest says of places, and what the map cannot show of it. */
export const allowedSentence = (allowed: AllowedPlaces | null): string => {
  if (allowed === null) return 'No manifest is in force, so nothing is said of where hosts may be.';
  const { countries, subdivisions, others, anywhere } = allowed;
  const named = countries.length + subdivisions.length;
  if (named + others === 0) return 'The manifest in force has no rule about where hosts may be.';
  const beside = others === 0 ? '' : ` ${plural(others, 'site or area', 'sites or areas')} of it cannot be drawn.`;
  const rest = anywhere
    ? 'Hosts of some class may be anywhere, so nothing is called not allowed.'
    : others > 0
      ? 'Nothing else is called not allowed.'
      : 'Hosts elsewhere are where none may be.';
  return `The manifest in force names ${plural(named, 'country or subdivision', 'countries or subdivisions')} where hosts of one class or another may be.${beside} ${rest}`;
};
