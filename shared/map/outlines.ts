import type { Frame, LonLat } from './equal-earth.ts';
import type { Region, Ring, WorldMap } from './world-file.ts';

const cornersOf = (ring: Ring, { place }: Frame, grid: number): readonly (readonly [number, number])[] => {
  const corners: (readonly [number, number])[] = [];
  for (const at of ring) {
    const [x, y] = place(at);
    const corner = [Math.round(x / grid) * grid, Math.round(y / grid) * grid] as const;
    const before = corners.at(-1);
    if (before === undefined || before[0] !== corner[0] || before[1] !== corner[1]) corners.push(corner);
  }
  return corners;
};
const short = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * The outline of a region as the path of an SVG (`M L Z`), in the units of the frame. Corners are put on a grid of `grid` units and those that
 * fall on one place are drawn once; neighbours share their border still. Rings that become less than a triangle are left out: empty where
 * nothing is left, and then its mark alone says that it is there. To be filled by the even-odd rule: holes are rings like others.
 */
export const outlineOf = ({ polygons }: Region, frame: Frame, grid: number): string => {
  let path = '';
  for (const ring of polygons.flat()) {
    const corners = cornersOf(ring, frame, grid);
    if (corners.length < 4) continue;
    for (const [at, [x, y]] of corners.slice(0, -1).entries()) path += `${at === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`;
    path += 'Z';
  }
  return path;
};

/** Even-odd rule, flat degrees. A place on a border may fall to either side. */
const isIn = ([x, y]: LonLat, polygons: Region['polygons']): boolean => {
  let inside = false;
  for (const ring of polygons.flat())
    for (let at = 1; at < ring.length; at += 1) {
      const [a, b] = [ring[at - 1], ring[at]];
      if (a === undefined || b === undefined) continue;
      if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
  return inside;
};

/**
 * The region that a place lies in, by outlines that are simplified: within some 20 km of a border or a coast it may be the neighbour or none.
 * Good for pointing at a map; no evidence of where a host is. Null at sea, and in what has no outline here.
 */
export const regionAt = (regions: readonly Region[], at: LonLat): Region | null =>
  regions.find(({ polygons }) => isIn(at, polygons)) ?? null;

export const countryAt = ({ countries }: WorldMap, at: LonLat): Region | null => regionAt(countries, at);

/** By code; land without a code is in none. */
export const byCode = (regions: readonly Region[]): ReadonlyMap<string, Region> =>
  new Map(regions.flatMap((region) => (region.code === null ? [] : [[region.code, region] as const])));
