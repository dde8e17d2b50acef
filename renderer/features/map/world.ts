import { useEffect, useState } from 'react';
import { frameOf, type Frame } from '../../../shared/map/equal-earth.ts';
import { byCode, outlineOf } from '../../../shared/map/outlines.ts';
import { readWorldMap, type Region } from '../../../shared/map/world-file.ts';
import { fail, ok, type Problem, type Result } from '../../../shared/model/result.ts';

/** The world in units of its own, `FRAME` wide; y goes down. */
export type World = {
  readonly frame: Frame;
  /** Every country by itself, so that what is out of sight costs nothing: `far` for the whole world, with fewer corners, and `near`. */
  readonly land: { readonly far: readonly string[]; readonly near: readonly string[] };
  readonly countries: ReadonlyMap<string, Region>;
  readonly subdivisions: ReadonlyMap<string, Region>;
  /** The outline of one region; made when it is first asked for. Empty where it has none. */
  readonly pathOf: (code: string) => string;
};

const FRAME = 1_000;
/** Corners nearer than this are one, in units: `far` is less than half a pixel as long as marks tell countries, `near` as long as they tell subdivisions. */
const GRID = { far: 0.25, near: 0.08 } as const;
/** An asset of its own: only whoever looks at the map pays for it. */
const FILE = new URL('../../../resources/map/world.json', import.meta.url).href;

export const worldOf = (text: string): Result<World> => {
  const read = readWorldMap(text);
  if (!read.ok) return read;
  const frame = frameOf(FRAME);
  const countries = byCode(read.value.countries);
  const subdivisions = byCode(read.value.subdivisions);
  const paths = new Map<string, string>();
  const land = (grid: number): readonly string[] =>
    read.value.countries.flatMap((region) => {
      const path = region.code === 'AQ' ? '' : outlineOf(region, frame, grid);
      return path === '' ? [] : [path];
    });
  return ok({
    frame,
    land: { far: land(GRID.far), near: land(GRID.near) },
    countries,
    subdivisions,
    pathOf: (code) => {
      const region = countries.get(code) ?? subdivisions.get(code);
      const path = paths.get(code) ?? (region === undefined ? '' : outlineOf(region, frame, GRID.near));
      paths.set(code, path);
      return path;
    },
  });
};

const load = async (): Promise<Result<World>> => {
  try {
    const response = await fetch(FILE);
    if (response.ok) return worldOf(await response.text());
  } catch {
    // Said below: there is nothing more to be known of it here.
  }
  return fail(
    'map-not-loaded',
    'The outlines of the world could not be loaded.',
    'Look at the page again; the table has everything the map shows.',
  );
};

/** Loaded once for the window, and tried again only where it failed. */
let loaded: Promise<Result<World>> | null = null;

/** Null while it is being loaded. */
export const useWorld = (): { readonly world: World | null; readonly problem: Problem | null } => {
  const [found, setFound] = useState<Result<World> | null>(null);
  useEffect(() => {
    let wanted = true;
    const show = async (): Promise<void> => {
      loaded ??= load();
      const result = await loaded;
      if (!result.ok) loaded = null;
      if (wanted) setFound(result);
    };
    void show();
    return () => {
      wanted = false;
    };
  }, []);
  return { world: found?.ok === true ? found.value : null, problem: found?.ok === false ? found.problem : null };
};
