import { readFileSync } from 'node:fs';
import path from 'node:path';
import { iso31661, iso31662 } from 'iso-3166';
import { describe, expect, it } from 'vitest';
import { clustersOf } from './clusters.ts';
import { equalEarth, frameOf, type LonLat } from './equal-earth.ts';
import { byCode, countryAt, outlineOf, regionAt } from './outlines.ts';
import { MAP_LIMITS, readWorldMap } from './world-file.ts';

const text = readFileSync(path.join(import.meta.dirname, '..', '..', 'resources', 'map', 'world.json'), 'utf8');
const read = readWorldMap(text);
if (!read.ok) throw new Error(read.problem.message);
const world = read.value;
const codeAt = (...at: LonLat): string | null => countryAt(world, at)?.code ?? null;

describe('the shipped map', () => {
  it('has a place for every country of ISO 3166-1, each once', () => {
    const codes = world.countries.flatMap(({ code }) => (code === null ? [] : [code])).toSorted();
    expect(codes).toEqual(
      iso31661
        .filter(({ state }) => state === 'assigned')
        .map(({ alpha2 }) => alpha2)
        .toSorted(),
    );
  });
  it('calls subdivisions as ISO 3166-2 does, and has all of Germany, Canada, Brazil and the United States', () => {
    const known = new Set(iso31662.map(({ code }) => code));
    const codes = world.subdivisions.map(({ code }) => code ?? '');
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
    const of = (country: string): number => codes.filter((code) => code.startsWith(`${country}-`)).length;
    expect([of('DE'), of('CA'), of('BR'), of('US')]).toEqual([16, 13, 27, 51]);
  });
  it('names land without a code, so that it is not taken for another country', () => {
    const without = world.countries.filter(({ code }) => code === null);
    expect(without.map(({ name }) => name)).toContain('Kosovo');
    expect(without.every(({ name }) => name !== null && name !== '')).toBe(true);
  });
  it('finds the country and the subdivision of a place', () => {
    expect(codeAt(8.68, 50.11)).toBe('DE');
    expect(codeAt(-74, 40.9)).toBe('US');
    expect(codeAt(103.82, 1.37)).toBe('SG');
    expect(codeAt(55.5, -21.1)).toBe('RE');
    expect(codeAt(-53, 4)).toBe('GF');
    expect(codeAt(-30, 30)).toBeNull();
    expect(regionAt(world.subdivisions, [9.2, 50.5])?.code).toBe('DE-HE');
    expect(regionAt(world.subdivisions, [-119, 37])?.code).toBe('US-CA');
  });
  it('has both sides of the antimeridian, and nothing that crosses it', () => {
    expect([codeAt(170, 66), codeAt(-175, 67), codeAt(178.4, -17.8)]).toEqual(['RU', 'RU', 'FJ']);
    // Only Antarctica goes around, along its edge at the pole.
    const crossing = world.countries.filter(
      ({ code, polygons }) =>
        code !== 'AQ' && polygons.flat().some((ring) => ring.some(([x], at) => Math.abs(x - (ring[at - 1]?.[0] ?? x)) >= 180)),
    );
    expect(crossing.map(({ code }) => code)).toEqual([]);
  });
  it('marks each region inside of it, where it has an outline', () => {
    const outside = [...world.countries, ...world.subdivisions].filter(
      (region) => region.polygons.length > 0 && regionAt([region], region.at) === null,
    );
    // What is smaller than the simplification may lie beside its point.
    expect(outside.map(({ code }) => code).length).toBeLessThan(12);
    for (const code of ['DE', 'FR', 'NO', 'US', 'CL', 'ID', 'HR', 'ZA']) expect(outside.map((one) => one.code)).not.toContain(code);
  });
});

describe('a file that is not the one that was shipped', () => {
  const codeOf = (changed: string): string => {
    const again = readWorldMap(changed);
    return again.ok ? 'ok' : again.problem.code;
  };
  it('is refused with a sentence', () => {
    expect(codeOf('')).toBe('map-unreadable');
    expect(codeOf('{"v":1}')).toBe('map-unreadable');
    expect(codeOf(text.slice(0, -100))).toBe('map-unreadable');
    expect(codeOf(text.replace('"id":"DE"', '"id":"Germany"'))).toBe('map-unreadable');
    expect(codeOf(' '.repeat(MAP_LIMITS.characters + 1))).toBe('map-unreadable');
  });
  it('is refused where a ring names an arc that is not there', () => {
    expect(codeOf(text.replace(/("at":\[[^\]]*\]\},"arcs":\[\[\[)-?\d+/u, (_, before: string) => `${before}19999`))).toBe('map-unreadable');
  });
});

describe('Equal Earth', () => {
  it('has the values of its authors at the corners', () => {
    expect(equalEarth([0, 0])).toEqual([0, 0]);
    expect(equalEarth([180, 0])[0]).toBeCloseTo(2.70663, 4);
    expect(equalEarth([0, 90])[1]).toBeCloseTo(1.31736, 4);
    // A pole is a line of 0.59 times the length of the equator.
    expect(equalEarth([180, 90])[0] / equalEarth([180, 0])[0]).toBeCloseTo(0.59, 2);
  });
  it('keeps areas: a degree square at 60° north is half of one at the equator', () => {
    const area = (latitude: number): number => {
      const corners = [
        [0, latitude - 0.5],
        [1, latitude - 0.5],
        [1, latitude + 0.5],
        [0, latitude + 0.5],
      ].map(([x = 0, y = 0]) => equalEarth([x, y]));
      return Math.abs(
        corners.reduce((sum, [x, y], at) => {
          const [nextX, nextY] = corners[(at + 1) % 4] ?? [0, 0];
          return sum + x * nextY - nextX * y;
        }, 0) / 2,
      );
    };
    expect(area(60) / area(0)).toBeCloseTo(0.5, 3);
  });
  it('draws the north above the south and the west left of the east, inside of its frame', () => {
    const frame = frameOf(500);
    const [oslo, capeTown, lima] = [frame.place([10.7, 59.9]), frame.place([18.4, -33.9]), frame.place([-77, -12])];
    expect(oslo[1]).toBeLessThan(capeTown[1]);
    expect(lima[0]).toBeLessThan(capeTown[0]);
    for (const [x, y] of [oslo, capeTown, lima]) expect(x > 0 && x < frame.width && y > 0 && y < frame.height).toBe(true);
  });
});

describe('outlines and marks', () => {
  const frame = frameOf(500);
  const countries = byCode(world.countries);
  const outline = (code: string): string => {
    const region = countries.get(code);
    if (region === undefined) throw new Error(code);
    return outlineOf(region, frame, 0.25);
  };
  it('are paths on the grid', () => {
    expect(outline('DE')).toMatch(/^(?:M[\d.]+ [\d.]+(?:L[\d.]+ [\d.]+){2,}Z)+$/u);
    const steps = outline('DE').match(/\d+(?:\.\d+)?/gu) ?? [];
    expect(steps.every((step) => Number.isInteger(Number(step) * 4))).toBe(true);
  });
  it('are empty where a country is too small to be drawn', () => {
    expect(outline('VA')).toBe('');
  });
  it('are put together where their marks would lie on each other, the largest first', () => {
    const marks = [
      { x: 10, y: 10, hosts: 1, code: 'LU' },
      { x: 12, y: 9, hosts: 30, code: 'DE' },
      { x: 90, y: 40, hosts: 2, code: 'JP' },
    ];
    const clusters = clustersOf(marks, 20, 10);
    expect(clusters.map(({ x, members }) => [x, members.map(({ code }) => code)])).toEqual([
      [12, ['DE', 'LU']],
      [90, ['JP']],
    ]);
  });
});
