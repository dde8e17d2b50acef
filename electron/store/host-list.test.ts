import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HOST_SORTS, type HostQuery, type HostSort } from '../../shared/contract/schemas.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import type { Query } from '../../shared/query/ast.ts';
import { compileQuery, type FieldValue } from '../../shared/query/compile.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { STALE_SQL } from './expire.ts';
import { FLEET_SQL } from './fleet-readers.ts';
import { groupsSql } from './fleet-groups.ts';
import { ANY_AGED, createFreshHosts } from './freshness.ts';
import { hostsWhere } from './host-filter.ts';
import { createHostList, LIST_SQL, type ListHosts } from './host-list.ts';
import { addQueryFunctions } from './query-functions.ts';
import { type HostRecord, linkOrder, severityOf } from './records.ts';
import { searchText } from './search-text.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const HOSTS = 3_000;

/** A generator that gives the same numbers every time: what fails here fails again. */
let state = 11;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const pick = <const T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];

const someHost = (index: number): HostRecord => {
  const verdict = pick(['trusted', 'trusted', 'trusted', 'trusted', 'failed', 'inconclusive', 'stale']);
  const brokenLink = verdict === 'failed' ? pick(['kernel', 'runtime', 'firmware']) : null;
  return hostRecord({
    id: `dc/${index}`,
    agentId: `agent ${index}`,
    endpoint: pick(['dc', 'edge']),
    name: `${pick(['web', 'DB', 'Zürich', 'ZÜRICH', "x' OR 1=1 --", '100%', 'a_b', 'ς'])}-${index % 700}`,
    hostClass: pick([null, 'rack server', 'Blade']),
    verdict,
    verified: verdict,
    reported: pick(['trusted', 'failed', 'pending', 'unknown']),
    disagreement: random() < 0.05,
    brokenLink,
    reason: verdict === 'failed' ? 'Boot loader changed.' : 'Every link is true.',
    chain: LINKS.map((link) => (link === brokenLink ? 'failed' : 'trusted')),
    location: {
      country: pick(['DE', 'FR', null]),
      subdivision: null,
      site: pick(['ber1', null]),
      assurance: pick(['reported', 'unknown']),
      source: null,
    },
    labels: pick<Readonly<Record<string, string>>>([{}, { role: 'DB' }, { 'two "words"': 'ß', role: 'web' }]),
    evidenceAtMs: verdict !== 'trusted' && random() < 0.3 ? null : T0 - Math.floor(random() * 5 * MINUTE),
    seenAtMs: T0 - Math.floor(random() * 20) * DAY,
    policyClass: pick([null, 'edge']),
    coverage: { covered: pick([5, 6]), required: 6 },
  });
};

const valueOf = (host: HostRecord, name: string, member: string | null): FieldValue => {
  const known = <T extends string>(word: T): T | null => (word === 'unknown' ? null : word);
  if (member !== null) return host.labels?.[member] ?? null;
  const { location } = host;
  const values: Readonly<Record<string, FieldValue>> = {
    name: host.name,
    verdict: host.verdict,
    reported: known(host.reported),
    disagreement: host.disagreement,
    broken_link: host.brokenLink,
    failed_link: host.chain.flatMap((verdict, index) => (verdict === 'failed' ? [LINKS[index] ?? ''] : [])),
    reason: host.reason,
    ...location,
    assurance: known(location.assurance),
    last_change: host.seenAtMs,
    evidence_at: host.evidenceAtMs,
    last_seen: host.seenAtMs,
    first_seen: host.seenAtMs,
    endpoint: host.endpoint,
    host_class: host.hostClass,
    class: host.policyClass,
    ...host.coverage,
    max_age: host.maxAgeMs,
    address: host.address,
    id: host.id,
    demo: host.demo,
    text: [host.name, host.agentId, host.hostClass, location.site, location.country, host.endpoint, host.reason].join('\n'),
  };
  return values[name];
};
const parsed = (text: string): Query => {
  const query = parseQuery(text, HOST_LIST_FIELDS);
  if (!query.ok) throw new Error(query.problem.message);
  return query.value;
};

let folder: string;
let store: Store;
let clock = T0;
const hosts = Array.from({ length: HOSTS }, (_, index) => someHost(index));
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-list-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.judgeFreshness({ nowMs: () => clock, notRecorded: () => [] });
  store.write.recordHosts(hosts);
});
beforeEach(() => {
  clock = T0;
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Key = string | number | null;
const KEY: Readonly<Record<HostSort, (host: HostRecord) => Key>> = {
  verdict: (host) => severityOf(host.verdict),
  name: (host) => host.name,
  hostClass: (host) => host.hostClass,
  reported: (host) => host.reported,
  brokenLink: (host) => linkOrder(host.brokenLink),
  country: (host) => host.location.country,
  evidenceAtMs: (host) => host.evidenceAtMs,
  changedAtMs: (host) => host.seenAtMs,
  endpoint: (host) => host.endpoint,
};
const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const compareKeys = (a: Key, b: Key): number => {
  if (typeof a === 'string' && typeof b === 'string') return inBytes(a, b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
};
/** Trusted evidence that is missing counts as aged, as `isFresh` has it. */
const shown = (host: HostRecord): HostRecord =>
  host.verdict === 'trusted' && (host.evidenceAtMs === null || host.evidenceAtMs < clock - host.maxAgeMs)
    ? { ...host, verdict: 'stale', disagreement: false, coverage: { ...host.coverage, covered: 0 } }
    : host;
const expected = (filter: Query, by: HostSort, descending: boolean): string[] => {
  const fits = compileQuery<HostRecord>(
    filter,
    ({ name, member }) =>
      (host) =>
        valueOf(host, name, member),
  );
  const key = KEY[by];
  return hosts
    .map(shown)
    .filter((host) => fits(host, clock) === 'yes')
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if ((x === null) !== (y === null)) return x === null ? 1 : -1;
      const ascending = compareKeys(x, y) || (by === 'evidenceAtMs' ? 0 : inBytes(a.name, b.name)) || inBytes(a.id, b.id);
      return descending ? -ascending : ascending;
    })
    .map((host) => host.id);
};
const FILTERS = [
  '',
  'verdict = failed and country in (DE, FR) and last_change > 7d',
  'verdict != failed',
  'not verdict = trusted or country is unknown',
  'reported is unknown',
  'reported != trusted',
  'name ~ zürich',
  'name like zü*-1?',
  'name like *%*',
  'name ~ "_"',
  `name ~ "' or 1=1"`,
  'label.role = db',
  'label.role != db',
  'label.role is unknown',
  'labels."two \\"words\\"" = ß',
  'failed_link in (kernel, firmware)',
  'failed_link != kernel',
  'broken_link is known and not disagreement = true',
  'evidence_at < 2m or evidence_at is unknown',
  'assurance is unknown and host_class = BLADE',
  'covered < 6 and class = edge and max_age = 10m',
  'boot and Σ',
  'not web',
  'address is unknown',
  'text ~ "web-1"',
];

describe('one window of a list of hosts', () => {
  it.each(FILTERS)('%j finds the same hosts in the same order as in memory, by every sort', (text) => {
    const filter = parsed(text);
    for (const by of HOST_SORTS)
      for (const descending of [false, true]) {
        const want = expected(filter, by, descending);
        const read = (offset: number, limit: number) => store.hosts.list({}, { by, descending }, offset, limit, clock, filter);
        expect(read(0, 50)).toMatchObject({ total: want.length, inventory: HOSTS });
        expect(read(0, 50).rows.map((row) => row.id)).toEqual(want.slice(0, 50));
        const late = Math.max(0, want.length - 20);
        expect(read(late, 50).rows.map((row) => row.id)).toEqual(want.slice(late));
      }
  });

  it('sorts and filters by what trust is at the moment of reading, not by what was recorded', () => {
    clock = T0 + 7 * MINUTE;
    for (const text of [...FILTERS, 'verdict = stale', 'verdict in (trusted, stale)', 'disagreement = true'])
      for (const [by, descending] of [
        ['verdict', false],
        ['verdict', true],
        ['name', false],
        ['changedAtMs', true],
      ] as const) {
        const want = expected(parsed(text), by, descending);
        for (const [offset, limit] of [
          [0, 500],
          [0, 3_000],
          [700, 200],
        ] as const) {
          const page = store.hosts.list({}, { by, descending }, offset, limit, clock, parsed(text));
          expect({ text, total: page.total }).toEqual({ text, total: want.length });
          expect(page.rows.map((row) => row.id)).toEqual(want.slice(offset, offset + limit));
        }
      }
    const aged = new Set(hosts.filter((host) => host.verdict === 'trusted' && shown(host).verdict === 'stale').map((host) => host.id));
    const { rows } = store.hosts.list({ country: 'DE' }, { by: 'name', descending: false }, 0, 500, clock);
    expect(rows.filter((row) => aged.has(row.id)).map((row) => row.verdict)).toContain('stale');
    expect(rows.filter((row) => aged.has(row.id)).map((row) => row.verdict)).not.toContain('trusted');
  });

  it.each([['trusted'], ['stale'], ['trusted', 'stale'], ['failed', 'inconclusive'], ['failed', 'stale']] as const)(
    'verdicts %j %j, by the buttons, are those at the moment of reading, by every sort',
    (...verdicts) => {
      clock = T0 + 7 * MINUTE;
      const filter = parsed(`verdict in (${verdicts.join(', ')})`);
      for (const by of HOST_SORTS)
        for (const descending of [false, true]) {
          const want = expected(filter, by, descending);
          const page = store.hosts.list({ verdicts: [...verdicts] }, { by, descending }, 0, 200, clock);
          expect(page).toMatchObject({ total: want.length });
          expect(page.rows.map((row) => row.id)).toEqual(want.slice(0, 200));
        }
    },
  );

  it('a disagreement ends where the trust that it was with has aged', () => {
    clock = T0 + 7 * MINUTE;
    for (const verdicts of [[], ['failed'], ['trusted']] as const) {
      const among = verdicts.length === 0 ? '' : ` and verdict in (${verdicts.join(', ')})`;
      const want = expected(parsed(`disagreement = true${among}`), 'name', false);
      const page = store.hosts.list({ disagreement: true, verdicts: [...verdicts] }, { by: 'name', descending: false }, 0, 500, clock);
      expect(page.rows.map((row) => row.id)).toEqual(want);
    }
  });

  it('takes plain words as before: every word must occur, in any case', () => {
    const list = (query: HostQuery): number => store.hosts.list(query, { by: 'name', descending: false }, 0, 1, clock).total;
    const both = hosts.filter((host) => host.name.startsWith('Z') && host.endpoint === 'edge').length;
    expect(list({ text: 'zÜrIch EDGE' })).toBe(both);
    expect(list({ text: '%' })).toBe(hosts.filter((host) => host.name.includes('%')).length);
  });

  it('looks for what a host is said to be now, after another manifest or the clock decided', () => {
    const text = searchText(['No fresh evidence']);
    expect(store.hosts.list({ text }, { by: 'name', descending: false }, 0, 1, clock).total).toBe(0);
    const before = hosts.filter((host) => host.verdict === 'trusted' && host.evidenceAtMs !== null && host.evidenceAtMs < T0).length;
    expect(store.write.expire(T0 + DAY)).toBe(before);
    expect(store.hosts.list({ text }, { by: 'name', descending: false }, 0, 1, clock).total).toBe(before);
  });
});

describe('how it is looked up', () => {
  let db: Database.Database;
  let shortSighted: ListHosts;
  beforeAll(() => {
    db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    addQueryFunctions(db);
    createFreshHosts(db);
    shortSighted = createHostList(db, () => 'plain_host', { some: 100, far: 300, farther: 900 });
  });
  afterAll(() => db.close());
  const bound = { now: T0, most: 10, far: 10, limit: 10, offset: 0, ids: '[]', from: 0, to: 1, after: 0 };
  const plan = (sql: string, params: object = {}): string[] =>
    z
      .array(z.object({ detail: z.string() }))
      .parse(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({ ...bound, ...params }))
      .map((row) => row.detail.replace('main.host', 'host'));
  const SORTED = 'USE TEMP B-TREE FOR ORDER BY';
  const TIES = /^USE TEMP B-TREE FOR (LAST 2 TERMS|LAST TERM) OF ORDER BY$/u;

  const DIRECTIONS = HOST_SORTS.flatMap((by) => [
    { by, descending: false },
    { by, descending: true },
  ]);
  it.each(DIRECTIONS)('all hosts by $by, descending $descending: along an index, without reading one of the wide rows', (sort) => {
    const [scan, ...rest] = plan(LIST_SQL.all('plain_host', sort));
    expect(scan).toMatch(/^SCAN host USING COVERING INDEX host_by_/u);
    for (const said of rest) expect(said).toMatch(TIES);
  });

  it.each(FILTERS)('%j is answered the same whichever way is taken', (text) => {
    const filter = parsed(text);
    for (const by of HOST_SORTS)
      for (const descending of [false, true])
        for (const [offset, limit] of [
          [0, 20],
          [150, 90],
        ] as const) {
          const read = (list: ListHosts) => list({}, { by, descending }, offset, limit, clock, filter);
          expect(read(shortSighted)).toEqual(read(store.hosts.list));
        }
  });

  const where = (text: string) => hostsWhere({}, parsed(text), T0) ?? { sql: '1', params: {}, words: false };
  it.each(FILTERS.filter((text) => text !== ''))('%j: one pass from end to end, by no index that would be worse', (text) => {
    const { sql, params } = where(text);
    for (const asked of [LIST_SQL.put('plain_host', sql, { by: 'name', descending: false }), LIST_SQL.count('plain_host', sql)])
      expect(plan(asked, params)[0]).toMatch(/^SCAN host( USING COVERING INDEX host_\w+)?$/u);
    const sorted = plan(LIST_SQL.sorted('plain_host', sql, { by: 'name', descending: false }), params);
    expect(sorted[0]).toMatch(/^SCAN host( USING COVERING INDEX host_\w+)?$/u);
    expect(sorted).toContain(SORTED);
  });

  it('words: one pass over an index that holds nothing else', () => {
    const { sql, params, words } = where('web');
    expect(words).toBe(true);
    for (const asked of [LIST_SQL.putWords('plain_host', sql), LIST_SQL.count('plain_host', sql)])
      expect(plan(asked, params)).toEqual(['SCAN host USING COVERING INDEX host_by_search']);
  });

  it.each([true, false])('hosts of one verdict by name, descending %j: along the index of verdicts', (descending) => {
    const { sql, params } = where('country = DE');
    const said = plan(LIST_SQL.ofSeverity(sql, descending), { ...params, severity: 0 });
    expect(said).toEqual(['SEARCH host USING INDEX host_by_severity (severity=?)']);
  });

  it.each(DIRECTIONS)('many matches by $by, descending $descending: along the index of the order', (sort) => {
    const { sql, params } = where('country = DE');
    const said = plan(LIST_SQL.along('plain_host', sql, sort), params);
    expect(said[1]).toMatch(/^SCAN host USING (COVERING )?INDEX host_by_/u);
    expect(said).not.toContain(SORTED);
  });

  it.each([LIST_SQL.rows('plain_host'), LIST_SQL.rows('fresh_host'), LIST_SQL.foundWords('plain_host', { by: 'name', descending: true })])(
    'the hosts of a window: each by its id (%#)',
    (sql) => {
      expect(plan(sql)[0]).toBe('SEARCH host USING PRIMARY KEY (id=?)');
    },
  );

  it.each([
    ['how many hosts there are', LIST_SQL.inventory('plain_host'), /^SCAN host USING COVERING INDEX/u],
    ['the overview, without sorting', groupsSql('plain_host'), /^SCAN host USING COVERING INDEX host_overview$/u],
    ['the newest evidence', FLEET_SQL.newest('plain_host'), /^SEARCH host USING COVERING INDEX host_by_evidence$/u],
    ['the oldest evidence of trust', FLEET_SQL.oldestTrusted('plain_host'), /^SEARCH host USING COVERING INDEX host_by_evidence/u],
    ['evidence by age', FLEET_SQL.between('plain_host'), /^SEARCH host USING COVERING INDEX host_by_evidence/u],
    [
      'simulated hosts',
      FLEET_SQL.demoHosts('plain_host'),
      /^SCAN host USING COVERING INDEX host_demo$|^SEARCH host USING COVERING INDEX host_demo/u,
    ],
    ['trust that has grown stale', STALE_SQL, /^SEARCH host USING INDEX host_by_evidence \(evidence_at_ms<\?\)$/u],
    ['a point of the trend', FLEET_SQL.point, /^SEARCH trend USING INTEGER PRIMARY KEY/u],
  ])('%s', (_what, sql, expectedPlan) => {
    const said = plan(sql);
    expect(said[0]).toMatch(expectedPlan);
    expect(said.join()).not.toContain('TEMP B-TREE');
  });

  it('whether any trust has aged: asked of indexes alone', () => {
    const said = plan(ANY_AGED).filter((step) => step.includes(' host'));
    expect(said.length).toBeGreaterThan(3);
    for (const step of said) expect(step).toMatch(/^SEARCH host USING (COVERING )?INDEX host_by_(evidence|max_age|endpoint)/u);
  });
});
