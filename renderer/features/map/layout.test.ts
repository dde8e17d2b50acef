import { describe, expect, it } from 'vitest';
import type { Movement, PlaceCount } from '../../../shared/contract/map-schemas.ts';
import { arcsOf } from './arcs.ts';
import { MARK, marksOf } from './layout.ts';
import { placesAt, weakest } from './places.ts';
import { worldOf } from './world.ts';

// This side has no types of Node.
const fileSystem = 'node:fs';
const { readFileSync }: { readFileSync: (path: URL, encoding: string) => string } = await import(fileSystem);
const read = worldOf(readFileSync(new URL('../../../resources/map/world.json', import.meta.url), 'utf8'));
if (!read.ok) throw new Error(read.problem.message);
const world = read.value;

const place = (country: string | null, subdivision: string | null, site: string | null, trusted: number, failed = 0): PlaceCount => ({
  country,
  subdivision,
  site,
  hosts: trusted + failed,
  verdicts: { failed, inconclusive: 0, stale: 0, trusted },
  assurances: { 'tpm-certified': trusted, 'issuer-signed': 0, reported: failed, declared: 0, unknown: 0 },
  worst: { id: `${site}`, name: `${site}`, verdict: failed > 0 ? 'failed' : 'trusted', chain: [] },
});
const PLACES = [
  place('DE', 'DE-HE', 'fra1', 10),
  place('DE', 'DE-HE', 'fra2', 5, 1),
  place('DE', 'DE-BE', 'ber1', 7),
  place('FR', 'FR-IDF', 'par1', 4),
  place('JP', null, null, 3),
  place('XX', null, null, 2),
  place(null, null, null, 6),
];
const hostsOf = (marks: ReturnType<typeof marksOf>['marks']): number => marks.reduce((sum, { counts }) => sum + counts.hosts, 0);

describe('marks', () => {
  it.each([0.6, 2, 6, 20, 40])('at a scale of %d no host is lost, none is counted twice, and none lies on another', (scale) => {
    for (const level of ['subdivision', 'site'] as const) {
      const { marks, undrawn } = marksOf(placesAt({ countries: [], places: PLACES }, level), level, world, [], scale);
      expect([hostsOf(marks), undrawn]).toEqual([30, 2]);
      for (const [index, one] of marks.entries())
        for (const other of marks.slice(index + 1))
          expect(Math.abs(one.x - other.x) >= MARK.width || Math.abs(one.y - other.y) >= MARK.height).toBe(true);
    }
  });
  it('say the worst of what they put together, and the location that is known worst', () => {
    const { marks } = marksOf(placesAt({ countries: [], places: PLACES }, 'subdivision'), 'subdivision', world, [], 0.2);
    const [europe] = marks;
    expect(europe?.counts.worst).toMatchObject({ name: 'fra2', verdict: 'failed' });
    expect(europe === undefined ? null : weakest(europe.counts)).toBe('reported');
  });
  it('stand beside each other where only their subdivision is known, and say so', () => {
    const { marks } = marksOf(PLACES.slice(0, 2), 'site', world, [], 8);
    expect(marks.map(({ aside, places }) => [aside, places.length])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });
  it('of a thousand sites of one country are a column with the rest in one', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => place('JP', null, `site ${index}`, 1));
    const { marks } = marksOf(many, 'site', world, [], 8);
    expect(marks).toHaveLength(8);
    expect(hostsOf(marks)).toBe(1_000);
  });
  it('stand where a person declared a site to be', () => {
    const { marks } = marksOf(PLACES.slice(0, 1), 'site', world, [{ country: 'DE', site: 'FRA1', latitude: 50.1, longitude: 8.7 }], 1);
    const [x, y] = world.frame.place([8.7, 50.1]);
    expect(marks[0]).toMatchObject({ x, y, aside: false });
  });
});

describe('arcs', () => {
  const move = (from: string, to: string, rule: Movement['rule']): Movement => ({
    id: 1,
    hostId: 'dc/1',
    name: 'node',
    atMs: 0,
    from: { country: from, subdivision: null, site: null, assurance: 'reported' },
    to: { country: to, subdivision: null, site: null, assurance: 'reported' },
    source: null,
    rule,
    policyClass: null,
  });
  it('are one for each way, and say what was not allowed before what was', () => {
    const arcs = arcsOf([move('DE', 'JP', 'allowed'), move('DE', 'JP', 'not-allowed'), move('JP', 'DE', 'allowed')], world, 'country', 1);
    expect(arcs.map(({ rule }) => rule)).toEqual(['not-allowed', 'allowed']);
    expect(new Set(arcs.map(({ path: drawn }) => drawn)).size).toBe(2);
  });
  it('are none within one point, nor to what is on no map', () => {
    expect(arcsOf([move('DE', 'DE', 'allowed'), move('DE', 'XX', 'allowed')], world, 'country', 1)).toEqual([]);
  });
});
