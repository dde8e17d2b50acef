import { useEffect, useState } from 'react';
import { frameOf, type Frame } from '../../../shared/map/equal-earth.ts';
import { byCode, outlineOf } from '../../../shared/map/outlines.ts';
import { readWorldMap, type Region } from '../../../shared/map/world-file.ts';
import { fail, ok, type Problem, type Result } from '../../../shared/model/result.ts';

/** The world in units of its own, `FRAME` wide; y goes down. */
export type World = {
  readonly frame: Frame;
  /** All land and its borders, as one path. */
  readonly land: string;
  readonly countries: ReadonlyMap<string, Region>;
  readonly subdivisions: ReadonlyMap<string, Region>;
  /** The outline of one region; made when it is first asked for. Empty where it has none. */
  readonly pathOf: (code: string) => string;
};

const FRAME = 1_000;
/** A tenth of a unit: half a pixel at eight times the size of a usual window, so that coasts stay coasts. */
const GRID = 0.1;
/** An asset of its own: only whoever looks at the map pays for it. */
const FILE = new URL('../../../resources/map/world.json', import.meta.url).href;

export const worldOf = (text: string): Result<World> => {
  const read = readWorldMap(text);
  if (!read.ok) return read;
  const frame = frameOf(FRAME);
  const countries = byCode(read.value.countries);
  const subdivisions = byCode(read.value.subdivisions);
  const paths = new Map<string, string>();
  return ok({
    frame,
    land: read.value.countries
      .filter(({ code }) => code !== 'AQ')
      .map((region) => outlineOf(region, frame, GRID))
      .join(''),
    countries,
    subdivisions,
    pathOf: (code) => {
      const region = countries.get(code) ?? subdivisions.get(code);
      const path = paths.get(code) ?? (region === undefined ? '' : outlineOf(region, frame, GRID));
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
