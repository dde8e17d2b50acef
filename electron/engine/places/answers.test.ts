import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_COUNTRIES, MOST_PLACES } from '../../../shared/contract/map-schemas.ts';
import { readSearch } from '../../../shared/query/host-search.ts';
import { hostsInPlaces, PLACE_LEVELS } from '../../../shared/query/place-query.ts';
import type { HostRecord } from '../../store/records.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createAnswers } from '../readers/answers.ts';
import type { ReadHandlers } from '../readers/messages.ts';

const T0 = 1_800_000_000_000;
const HOUR = 3_600_000;
const ROWS = { offset: 0, limit: 100 };

let folder: string;
let store: Store;
let clock = T0;
let answers: ReadHandlers;
beforeEach(() => {
  clock = T0;
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-places-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.judgeFreshness({ nowMs: () => clock, notRecorded: () => [] });
  answers = createAnswers(store, () => clock);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Said = readonly [country: string | null, subdivision?: string | null, site?: string | null];
const host = (id: string, [country, subdivision = null, site = null]: Said, over: Partial<HostRecord> = {}): HostRecord =>
  hostRecord({
    id: `dc/${id}`,
    agentId: id,
    name: `node-${id}`,
    location: { country, subdivision, site, assurance: country === null ? 'unknown' : 'reported', source: 'The endpoint' },
    seenAtMs: clock,
    evidenceAtMs: clock,
    ...over,
  });
const HOSTILE = `"); DROP TABLE host; -- <img src=x> and or not`;
const fleet = (): void =>
  store.write.recordHosts([
    host('1', ['DE', 'DE-HE', 'fra1']),
    host('2', ['DE', 'DE-HE', 'FRA1'], { verdict: 'failed', brokenLink: 'kernel' }),
    host('3', ['DE', 'DE-BE', HOSTILE], { verdict: 'inconclusive' }),
    host('4', ['DE', null, 'Zürich']),
    host('5', ['DE', null, 'Zu\u0308RICH']),
    host('6', ['FR']),
    host('7', [null], { verdict: 'failed', brokenLink: 'firmware' }),
    host('8', ['XX', 'XX-1', '']),
  ]);
const placesOf = (filter: string, atMs: number | null = null) => answers['fleet.places']({ query: {}, filter, atMs });
const listed = async (filter: string): Promise<number> => {
  const sort = { by: 'name', descending: false } as const;
  const found = await answers['hosts.list']({ query: {}, filter, sort, offset: 0, limit: 1 });
  expect(found.filterProblem).toBeNull();
  return found.total;
};

describe('where hosts are said to be', () => {
  it('is counted by country and by site, with the worst host of each', async () => {
    fleet();
    const { total, unknown, countries, places } = await placesOf('');
    expect([total, unknown]).toEqual([8, 1]);
    expect(countries[0]).toMatchObject({
      country: 'DE',
      hosts: 5,
      verdicts: { failed: 1, inconclusive: 1, stale: 0, trusted: 3 },
      assurances: { reported: 5, unknown: 0 },
      worst: { id: 'dc/2', verdict: 'failed' },
    });
    // Spelt otherwise, and the same to the filter language.
    expect(places.filter(({ site }) => site?.toLowerCase() === 'fra1').map(({ hosts }) => hosts)).toEqual([2]);
    expect(places.filter(({ site }) => site?.startsWith('Z')).map(({ hosts }) => hosts)).toEqual([2]);
  });

  it.each(['', 'verdict = trusted', 'node', 'verdict = failed or country = FR'])(
    'of "%s": every count is that of the list to which it leads, at each level, alone and together',
    async (search) => {
      fleet();
      const asked = readSearch(search);
      const { countries, places, total } = await (asked.kind === 'words'
        ? answers['fleet.places']({ query: { text: asked.words }, atMs: null })
        : placesOf(search));
      expect(total).toBeGreaterThan(0);
      for (const level of PLACE_LEVELS)
        for (const place of level === 'country' ? countries : places) {
          const filter = hostsInPlaces(search, [place], level) ?? 'none';
          const same = places.filter(
            (one) => one.country === place.country && (level === 'country' || one.subdivision === place.subdivision),
          );
          const hosts = level === 'site' ? place.hosts : same.reduce((sum, one) => sum + one.hosts, 0);
          expect([filter, await listed(filter)]).toEqual([filter, hosts]);
        }
      expect(await listed(hostsInPlaces(search, countries, 'country') ?? 'none')).toBe(total);
      expect(await listed(hostsInPlaces(search, places, 'site') ?? 'none')).toBe(total);
    },
  );

  it('of a filter that cannot be read is nothing, with the reason', async () => {
    fleet();
    const found = await placesOf('verdikt = failed');
    expect(found).toMatchObject({ total: 0, inventory: 8, countries: [], places: [] });
    expect(found.filterProblem).toMatchObject({ code: 'unknown-field' });
  });

  it('grows stale with the clock as lists do', async () => {
    fleet();
    clock += HOUR;
    const { countries } = await placesOf('');
    expect(countries.find(({ country }) => country === 'FR')?.verdicts).toMatchObject({ trusted: 0, stale: 1 });
    expect(await listed('country = FR and verdict = stale')).toBe(1);
  });

  it('at a moment is what it was then, and its list of then has as many', async () => {
    fleet();
    clock += HOUR;
    store.write.recordHosts([host('6', ['US', 'US-VA']), host('9', ['DE'])]);
    const then = await placesOf('country is known', T0);
    expect(then).toMatchObject({ atMs: T0, total: 7, inventory: 8 });
    expect(new Set(then.countries.map(({ country }) => country))).toEqual(new Set(['DE', 'FR', 'XX']));
    for (const place of then.countries) {
      const filter = hostsInPlaces('country is known', [place], 'country') ?? 'none';
      const { hosts } = await answers['fleet.asOf']({ atMs: T0, query: {}, filter, offset: 0, limit: 10 });
      expect([filter, hosts.total]).toEqual([filter, place.hosts]);
    }
    const unreadable = await answers['fleet.asOf']({ atMs: T0, query: {}, filter: 'verdikt = x', offset: 0, limit: 10 });
    expect(unreadable.hosts).toMatchObject({ total: 0, rows: [], inventory: 8 });
    expect((await placesOf('')).countries.map(({ country }) => country)).toContain('US');
  });

  it('is bounded, whatever hosts say, and what is left out is counted', async () => {
    const said = (index: number): Said => [`C${index % (MOST_COUNTRIES + 20)}`, null, `site ${index}`];
    const many = MOST_PLACES + 200;
    store.write.recordHosts(Array.from({ length: many }, (_, index) => host(String(index), said(index))));
    const { countries, places, left, total } = await placesOf('');
    expect([countries.length, places.length, total]).toEqual([MOST_COUNTRIES, MOST_PLACES, many]);
    expect(left).toEqual({ places: 200, countries: 20, hosts: 200 });
  });
});

const MANIFEST = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: europe }
places:
  - { name: home, countries: [DE, FR], sites: [lab] }
  - { name: ring, polygons: [[[0, 0], [1, 0], [1, 1]]] }
locations:
  - { hosts: name = node-1, country: DE, site: fra1, latitude: 50.1, longitude: 8.7 }
classes:
  - { name: bound, when: name like node-*, location: { places: [home] } }
  - { name: ringed, when: name like ring-*, location: { places: [ring] } }
  - { name: free, when: name like free-* }
`;
const activate = (text: string): number => {
  const number = store.policy.propose({ text, sha256: String(clock), name: 'europe', author: 'ann', reason: 'a test' }, clock);
  store.policy.activate(number, null, 'ann', clock, 'a test');
  return number;
};

describe('where the manifest lets hosts be', () => {
  it('is nothing in particular by the built-in defaults', async () => {
    expect(await answers['fleet.regions']({ atMs: null })).toMatchObject({ number: 0, classes: [{ name: null, anywhere: true }] });
  });
  it('is told by class, with sites and areas, and coordinates that a person declared', async () => {
    const number = activate(MANIFEST);
    const regions = await answers['fleet.regions']({ atMs: null });
    expect(regions).toEqual({
      number,
      name: 'europe',
      classes: [
        { name: 'bound', anywhere: false, countries: ['DE', 'FR'], subdivisions: [], sites: ['lab'], areas: 0 },
        { name: 'ringed', anywhere: false, countries: [], subdivisions: [], sites: [], areas: 1 },
        { name: 'free', anywhere: true, countries: [], subdivisions: [], sites: [], areas: 0 },
      ],
      sites: [{ country: 'DE', site: 'fra1', latitude: 50.1, longitude: 8.7 }],
    });
    expect(await answers['fleet.regions']({ atMs: T0 - 1 })).toMatchObject({ number: 0 });
  });
});

describe('movements', () => {
  const moves = async (fromMs: number, toMs: number) => {
    const { total, rows } = await answers['fleet.movements']({ fromMs, toMs, ...ROWS });
    expect(rows).toHaveLength(total);
    return rows;
  };
  const go = (id: string, places: readonly Said[], over: Partial<HostRecord> = {}): void => {
    for (const place of places) {
      store.write.recordHosts([host(id, place, { ...over, steady: String(clock) })]);
      clock += HOUR;
    }
  };

  it('are those of a period, newest first, from where to where and when', async () => {
    go('1', [['DE'], ['FR'], ['US']]);
    expect((await moves(0, clock)).map(({ hostId, from, to, atMs }) => [hostId, from.country, to.country, atMs])).toEqual([
      ['dc/1', 'FR', 'US', T0 + 2 * HOUR],
      ['dc/1', 'DE', 'FR', T0 + HOUR],
    ]);
    expect((await moves(T0 + HOUR, T0 + 2 * HOUR)).map(({ to }) => to.country)).toEqual(['US']);
    expect(await answers['fleet.movements']({ fromMs: 0, toMs: clock, offset: 1, limit: 1 })).toMatchObject({
      total: 2,
      rows: [{ to: { country: 'FR' } }],
    });
  });
  it.each([
    ['a host is seen for the first time', [['DE']], 0],
    ['its place becomes known better', [['DE'], ['DE', 'DE-HE'], ['DE', 'DE-HE', 'fra1']], 0],
    ['its place becomes known worse', [['DE', 'DE-HE', 'fra1'], ['DE']], 0],
    ['nobody says where it is any more', [['DE'], [null]], 0],
    ['it comes back where it was', [['DE'], [null], ['DE']], 0],
    ['it is elsewhere after nobody knew', [['DE'], [null], ['FR']], 1],
    [
      'it is at another site of the same country',
      [
        ['DE', 'DE-HE', 'fra1'],
        ['DE', 'DE-HE', 'fra2'],
      ],
      1,
    ],
  ] satisfies [string, Said[], number][])('where %s: %#', async (_what, places, expected) => {
    go('1', places);
    expect(await moves(0, clock)).toHaveLength(expected);
  });
  it('are allowed or not by the class and the manifest of then', async () => {
    const number = activate(MANIFEST);
    const by = (policyClass: string | null): Partial<HostRecord> => ({ policyClass, decidedBy: number });
    clock += HOUR;
    go('1', [['DE'], ['FR']], by('bound'));
    go('2', [['DE'], ['US', null, 'x'], ['US']], by('bound'));
    go('7', [['DE'], ['US']], by('bound'));
    go(
      '3',
      [
        ['US', null, 'x'],
        ['US', null, 'lab'],
      ],
      by('bound'),
    );
    go('4', [['DE'], ['US']], by('ringed'));
    go('5', [['DE'], ['US']], by('free'));
    go('6', [['DE'], ['US']], by('no such class'));
    activate(MANIFEST.replaceAll('[DE, FR]', '[US]'));
    clock += HOUR;
    expect(Object.fromEntries((await moves(0, clock)).map(({ hostId, rule }) => [hostId, rule]))).toEqual({
      'dc/1': 'allowed',
      'dc/2': 'not-allowed',
      'dc/3': 'allowed',
      'dc/4': 'cannot-tell',
      'dc/5': 'no-rule',
      'dc/6': 'cannot-tell',
      // The place it would be allowed in is a site as well, and its site is not known.
      'dc/7': 'cannot-tell',
    });
  });
});
