import { COUNTRIES, isSubdivision } from '../places.ts';
import type { Path, Say } from './problems.ts';

const MEANT: ReadonlyMap<string, string> = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
]);

const checkCountry = (problem: Say, code: string, path: Path): void => {
  if (!COUNTRIES.has(code)) problem(path, `${code} is no country (ISO 3166-1).`, () => MEANT.get(code) ?? null);
};

export const checkCountries = (problem: Say, codes: readonly string[] | undefined, path: Path): void =>
  (codes ?? []).forEach((code, index) => checkCountry(problem, code, [...path, index]));

export const checkSubdivision = (problem: Say, code: string, path: Path): void => {
  if (!isSubdivision(code)) problem(path, `${code} is no subdivision (ISO 3166-2).`);
};

type Written = {
  readonly country: string;
  readonly subdivision?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
};

/** Where hosts are said to be: codes that exist and agree, and whole coordinates. */
export const checkPosition = (problem: Say, { country, subdivision, latitude, longitude }: Written, path: Path): void => {
  checkCountry(problem, country, [...path, 'country']);
  if (subdivision !== undefined) {
    const at = [...path, 'subdivision'];
    checkSubdivision(problem, subdivision, at);
    if (isSubdivision(subdivision) && !subdivision.startsWith(`${country}-`)) problem(at, `${subdivision} does not lie in ${country}.`);
  }
  if ((latitude === undefined) !== (longitude === undefined))
    problem([...path, latitude === undefined ? 'longitude' : 'latitude'], 'Latitude and longitude are only used together.');
};

/**
 * A ring across 180 degrees of longitude would be read as everything but the area meant: on flat degrees its long edge runs around the
 * other side of the world.
 */
export const checkRing = (problem: Say, ring: readonly (readonly [number, number])[], path: Path): void => {
  const wide = ring.findIndex(([longitude], index) => Math.abs(longitude - (ring.at(index - 1)?.[0] ?? longitude)) > 180);
  if (wide !== -1)
    problem(
      [...path, wide],
      'The edge to this corner spans more than 180 degrees of longitude; write an area that crosses 180 degrees as two.',
    );
};
