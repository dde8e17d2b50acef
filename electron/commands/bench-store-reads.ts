import path from 'node:path';
import { HOST_SORTS, type HostQuery } from '../../shared/contract/schemas.ts';
import type { Query } from '../../shared/query/ast.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { bareReads, openBare } from '../store/bare-reads.ts';
import { multiplyHosts, writePast } from '../store/bench-past.ts';
import { openStore, type Store } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';
import { writeFleet } from './bench-store-fleet.ts';

const HOSTS = 10_000;
const LARGE = 100_000;
const CHANGES = 24;
const WINDOW = 200;
const MAX_AGE_MS = 900_000;
const TREND_SHOWN = 240;

const openOrThrow = (folder: string): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};

const timesOf = (rounds: number, work: () => void): number[] => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    work();
    times.push(performance.now() - begin);
  }
  return times;
};
const share = (times: readonly number[], part: number): number => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
};
/** Both beside the middle of the bare work. */
const shares = (name: string, times: readonly number[], bare: readonly number[]): BenchResult[] =>
  [0.5, 0.99].map((part) => {
    const value = share(times, part);
    const limit = share(bare, 0.5);
    return { name: `${name}, p${part * 100}`, value, unit: 'ms', limit, ratio: limit / value };
  });

const filterOf = (text: string): Query => {
  const parsed = parseQuery(text, HOST_LIST_FIELDS);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
type Asked = { readonly query: HostQuery; readonly filter: Query | null };
const structured = (query: HostQuery): Asked => ({ query, filter: null });
const written = (text: string): Asked => ({ query: {}, filter: filterOf(text) });

const ASKED: readonly (readonly [kind: string, asked: readonly Asked[]])[] = [
  ['any sort, no filter', [structured({})]],
  [
    'any sort, buttons',
    [
      structured({ verdicts: ['failed'] }),
      structured({ verdicts: ['failed', 'inconclusive'] }),
      structured({ verdicts: ['trusted'] }),
      structured({ brokenLink: 'kernel' }),
      structured({ country: 'DE' }),
      structured({ endpoint: 'dc-b' }),
      structured({ disagreement: true }),
      structured({ evidenceOlderThanMs: 120_000 }),
    ],
  ],
  [
    'any sort, words',
    [
      structured({ text: 'web' }),
      structured({ text: 'ber1-db' }),
      structured({ text: 'e' }),
      structured({ text: 'nothing-like-this' }),
      structured({ text: 'kernel changed' }),
      structured({ text: 'zürich' }),
    ],
  ],
  [
    'any sort, filter language',
    [
      written('verdict = failed and country in (DE, FR) and last_change > 7d'),
      written('reported != trusted or disagreement = true'),
      written('name like ber1-* and not failed_link in (kernel, runtime)'),
      written('label.role = db and country is unknown'),
      written('(site = fra2 or site = ams3) and evidence_at < 4m'),
      written('web and class is known and covered < 7'),
    ],
  ],
];

const overview = (store: Store, nowMs: number): void => {
  store.fleet.summary();
  store.fleet.trend(TREND_SHOWN);
  store.fleet.freshness(nowMs, MAX_AGE_MS);
  store.findings.list({ openOnly: true }, 'newest', 0, 8, nowMs);
  store.findings.counts(nowMs);
  store.fleet.endpoints();
};

const ofTheYear = (folder: string): BenchResult[] => {
  const nowMs = Date.now();
  const data = path.join(folder, 'year');
  let store = openOrThrow(data);
  writeFleet(store, HOSTS, nowMs);
  store.close();
  writePast(data, CHANGES, nowMs);

  const opened = timesOf(20, () => {
    const again = openOrThrow(data);
    again.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => [] });
    again.fleet.summary();
    again.close();
  });
  const bareOpened = timesOf(20, () => openBare(data));

  store = openOrThrow(data);
  store.judgeFreshness({ nowMs: () => nowMs, notRecorded: () => [] });
  const read = timesOf(300, () => overview(store, nowMs));
  const bare = bareReads(data);
  const counted = timesOf(300, bare.groups);
  bare.close();
  store.close();
  return [
    ...shares(`overview of ${HOSTS} hosts, ${CHANGES} changes each in a year`, read, counted),
    ...shares('opening that database to the first answer', opened, bareOpened),
  ];
};

const ofMany = (folder: string): BenchResult[] => {
  const nowMs = Date.now();
  const data = path.join(folder, 'many');
  let store = openOrThrow(data);
  writeFleet(store, HOSTS, nowMs);
  store.close();
  multiplyHosts(data, LARGE / HOSTS);
  store = openOrThrow(data);
  const bare = bareReads(data);
  const passed = timesOf(30, bare.pass);
  const walked = timesOf(30, bare.walk);
  bare.close();
  const measured = (kind: string, atMs: number, rounds: number): BenchResult[] => {
    store.judgeFreshness({ nowMs: () => atMs, notRecorded: () => [] });
    const every: number[] = [];
    const results = ASKED.flatMap(([name, asked]) => {
      const times = HOST_SORTS.flatMap((by) =>
        [false, true].flatMap((descending) =>
          asked.flatMap(({ query, filter }) =>
            timesOf(rounds, () => void store.hosts.list(query, { by, descending }, 0, WINDOW, atMs, filter)),
          ),
        ),
      );
      every.push(...times);
      return shares(`${LARGE} hosts${kind}, ${name}`, times, name.endsWith('no filter') ? walked : passed);
    });
    return [...results, ...shares(`${LARGE} hosts${kind}, all of these`, every, passed)];
  };
  const results = [
    ...measured('', nowMs, 5),
    // One in four has grown stale since it was written: no index knows that.
    ...measured(', trust ageing', nowMs + MAX_AGE_MS - 225_000, 2),
  ];
  store.close();
  return results;
};

/** How quickly screens are answered: the overview of a fleet with a year behind it, and any window of a list of many hosts. */
export const readResults = (folder: string): readonly BenchResult[] => [...ofTheYear(folder), ...ofMany(folder)];
