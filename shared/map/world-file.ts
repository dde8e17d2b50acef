import { z } from 'zod';
import { fail, ok, type Result } from '../model/result.ts';
import type { LonLat } from './equal-earth.ts';

/** A ring of corners, closed; the first of a polygon is its outline and the others are holes. None crosses 180 degrees. */
export type Ring = readonly LonLat[];
export type Region = {
  /** ISO 3166-1 alpha-2 or ISO 3166-2; null for land that has no code of its own. */
  readonly code: string | null;
  /** Only of land without a code. */
  readonly name: string | null;
  /** Well inside its largest part: where its mark belongs. */
  readonly at: LonLat;
  /** None for what is too small to have an outline here. */
  readonly polygons: readonly (readonly Ring[])[];
};
export type WorldMap = {
  readonly countries: readonly Region[];
  /** Only of some countries (docs/map.md). */
  readonly subdivisions: readonly Region[];
};

/** What is read at most. */
export const MAP_LIMITS = { characters: 4 * 1024 * 1024, regions: 1_000, arcs: 20_000, corners: 10_000 } as const;

const at = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const arc = z
  .array(z.tuple([z.number().int(), z.number().int()]))
  .min(2)
  .max(MAP_LIMITS.corners);
const code = z.string().regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/u);
const region = z.strictObject({
  type: z.literal('MultiPolygon'),
  id: code.optional(),
  properties: z.strictObject({ name: z.string().max(100).optional(), at }),
  arcs: z.array(z.array(z.array(z.number().int()).min(1).max(MAP_LIMITS.arcs)).min(1)),
});
const pair = z.tuple([z.number(), z.number()]);
const topology = z.strictObject({
  type: z.literal('Topology'),
  transform: z.strictObject({ scale: pair, translate: pair }),
  arcs: z.array(arc).max(MAP_LIMITS.arcs),
  objects: z.strictObject({
    regions: z.strictObject({ type: z.literal('GeometryCollection'), geometries: z.array(region).max(MAP_LIMITS.regions) }),
  }),
});
const fileSchema = z.strictObject({ v: z.literal(1), countries: topology, subdivisions: topology });
type Topology = z.output<typeof topology>;

const unreadable = (why: string): Result<never> =>
  fail(
    'map-unreadable',
    `The world map cannot be read: ${why}.`,
    'Install Plumbline again; resources/map/world.json is not as it was shipped.',
  );

/** Corners are kept as differences on a grid, each arc once however many regions share it (TopoJSON 2.1.4). */
const decode = ({ transform: { scale, translate }, arcs, objects }: Topology): readonly Region[] | string => {
  const lines = arcs.map((one) => {
    let [x, y] = [0, 0];
    return one.map(([dx, dy]): LonLat => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const backwards = new Map<number, Ring>();
  const lineOf = (number: number): Ring | undefined => {
    const line = lines[number < 0 ? ~number : number];
    if (number >= 0 || line === undefined) return line;
    const kept = backwards.get(number) ?? line.toReversed();
    backwards.set(number, kept);
    return kept;
  };
  const regions: Region[] = [];
  for (const { id, properties, arcs: parts } of objects.regions.geometries) {
    const polygons: Ring[][] = [];
    for (const part of parts) {
      const rings: Ring[] = [];
      for (const numbers of part) {
        const ring: LonLat[] = [];
        for (const number of numbers) {
          const line = lineOf(number);
          if (line === undefined) return `a ring names arc ${number}, and there are ${lines.length}`;
          // Where two arcs meet, the corner is in both.
          ring.push(...(ring.length === 0 ? line : line.slice(1)));
        }
        rings.push(ring);
      }
      polygons.push(rings);
    }
    regions.push({ code: id ?? null, name: properties.name ?? null, at: properties.at, polygons });
  }
  return regions;
};

/** Reads resources/map/world.json (docs/map.md). It is our own file, and is bounded and checked all the same. Problems: map-unreadable. */
export const readWorldMap = (text: string): Result<WorldMap> => {
  if (text.length > MAP_LIMITS.characters) return unreadable(`it has more than ${MAP_LIMITS.characters} characters`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unreadable('it is not JSON');
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another shape'}`);
  }
  const countries = decode(parsed.data.countries);
  const subdivisions = decode(parsed.data.subdivisions);
  if (typeof countries === 'string') return unreadable(countries);
  return typeof subdivisions === 'string' ? unreadable(subdivisions) : ok({ countries, subdivisions });
};
