import type { PlaceCount, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { clustersOf } from '../../../shared/map/clusters.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';
import { fold } from '../../../shared/query/fold.ts';
import { type Counts, together } from './places.ts';
import type { World } from './world.ts';

export const MARK = { width: 104, height: 30 } as const;
/** So many places of one point stand below each other; the others are one more mark. */
const MOST_IN_A_COLUMN = 8;

/** Where a place is drawn. `exact`: by coordinates that a person declared; else at the point of its subdivision or country. */
export type Anchor = { readonly x: number; readonly y: number; readonly exact: boolean };

/** A mark: one place, or several that would lie on each other. In pixels from the corner of the world at a scale. */
export type Mark = {
  readonly x: number;
  readonly y: number;
  readonly places: readonly PlaceCount[];
  readonly counts: Counts;
  /** Beside the point where it belongs, because others do as well. */
  readonly aside: boolean;
};

/** Null for what is on no map: no country, or a code that is none. */
export const anchorOf = (
  { country, subdivision, site }: Pick<PlaceCount, 'country' | 'subdivision' | 'site'>,
  level: PlaceLevel,
  { frame, countries, subdivisions }: World,
  sites: PolicyPlaces['sites'],
): Anchor | null => {
  if (country === null) return null;
  const declared =
    level === 'site' && site !== null ? sites.find((one) => one.country === country && fold(one.site) === fold(site)) : undefined;
  const region = (level === 'country' || subdivision === null ? undefined : subdivisions.get(subdivision)) ?? countries.get(country);
  const at = declared === undefined ? region?.at : ([declared.longitude, declared.latitude] as const);
  if (at === undefined) return null;
  const [x, y] = frame.place(at);
  return { x, y: Math.min(y, frame.height), exact: declared !== undefined };
};

type Standing = {
  readonly x: number;
  readonly y: number;
  readonly hosts: number;
  readonly members: readonly PlaceCount[];
  readonly aside: boolean;
};

/** Places of one point: below each other around it, the ones that come first by themselves. */
const columnOf = (x: number, y: number, places: readonly PlaceCount[]): readonly Standing[] => {
  const alone = places.length <= MOST_IN_A_COLUMN ? places : places.slice(0, MOST_IN_A_COLUMN - 1);
  const rest = places.slice(alone.length);
  const rows = [...alone.map((place) => [place]), ...(rest.length === 0 ? [] : [rest])];
  return rows.map((members, index) => ({
    x,
    y: y + (index - (rows.length - 1) / 2) * MARK.height,
    hosts: members.reduce((sum, { hosts }) => sum + hosts, 0),
    members,
    aside: rows.length > 1,
  }));
};

/** The marks of places at a scale, and how many hosts are in places that no map of ours shows although their country is said. */
export const marksOf = (
  places: readonly PlaceCount[],
  level: PlaceLevel,
  world: World,
  sites: PolicyPlaces['sites'],
  scale: number,
): { readonly marks: readonly Mark[]; readonly undrawn: number } => {
  const points = new Map<string, { readonly anchor: Anchor; readonly places: PlaceCount[] }>();
  let undrawn = 0;
  for (const place of places) {
    const anchor = anchorOf(place, level, world, sites);
    if (anchor === null) {
      if (place.country !== null) undrawn += place.hosts;
      continue;
    }
    const key = `${anchor.x} ${anchor.y}`;
    const known = points.get(key);
    if (known === undefined) points.set(key, { anchor, places: [place] });
    else known.places.push(place);
  }
  const standing = [...points.values()].flatMap(({ anchor, places: here }) => columnOf(anchor.x * scale, anchor.y * scale, here));
  const marks = clustersOf(standing, MARK.width, MARK.height).flatMap(({ x, y, members }): readonly Mark[] => {
    const all = members.flatMap((one) => one.members);
    const counts = together(all);
    return counts === null ? [] : [{ x, y, places: all, counts, aside: members.some(({ aside }) => aside) }];
  });
  return { marks, undrawn };
};
