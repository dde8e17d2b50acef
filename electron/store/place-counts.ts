import { z } from 'zod';
import { MOST_COUNTRIES, MOST_PLACES, type FleetPlaces, type PlaceCount } from '../../shared/contract/map-schemas.ts';
import type { HostQuery } from '../../shared/contract/schemas.ts';
import { ASSURANCES, VERDICTS } from '../../shared/model/verdict.ts';
import type { Query } from '../../shared/query/ast.ts';
import { fold } from '../../shared/query/fold.ts';
import type { Db } from './db.ts';
import type { HostSource } from './freshness.ts';
import { hostsWhere } from './host-filter.ts';
import { severityOf, unpackChain } from './records.ts';
import { createStatements } from './statements.ts';

/** Where the hosts that a query means are said to be, counted from the moment that is read. */
export type CountPlaces = (query: HostQuery, filter: Query | null, nowMs: number) => Omit<FleetPlaces, 'atMs' | 'filterProblem'>;

/**
 * With `min`, SQLite gives the other columns of the row that has it. A `+` keeps it from going along an index of countries, from which it would look
 * up every host by itself.
 */
export const placesSql = (from: HostSource, where: string | null): string =>
  `SELECT country, subdivision, site, assurance, verdict, count(*) AS n, min(id) AS id, name, chain
    FROM ${from} ${where === null ? '' : `WHERE ${where}`} GROUP BY +country, subdivision, site, assurance, verdict`;

const groupSchema = z.object({
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  assurance: z.enum(ASSURANCES),
  verdict: z.enum(VERDICTS),
  n: z.number(),
  id: z.string(),
  name: z.string(),
  chain: z.string(),
});
type Group = z.output<typeof groupSchema>;
const countSchema = z.object({ n: z.number() });

type Place = Pick<PlaceCount, 'country' | 'subdivision' | 'site'>;
type Counted = Place & {
  hosts: number;
  readonly verdicts: PlaceCount['verdicts'];
  readonly assurances: PlaceCount['assurances'];
  worst: Pick<Group, 'id' | 'name' | 'verdict' | 'chain'>;
};

const add = (counted: Map<string, Counted>, place: Place, group: Group): void => {
  // As the filter language compares them: a link to these hosts finds all that are counted here.
  const key = JSON.stringify([place.country, place.subdivision, place.site].map((text) => (text === null ? null : fold(text))));
  const known = counted.get(key) ?? {
    ...place,
    hosts: 0,
    verdicts: { failed: 0, inconclusive: 0, stale: 0, trusted: 0 },
    assurances: { 'tpm-certified': 0, 'issuer-signed': 0, reported: 0, declared: 0, unknown: 0 },
    worst: group,
  };
  known.hosts += group.n;
  known.verdicts[group.verdict] += group.n;
  known.assurances[group.assurance] += group.n;
  const [mine, theirs] = [severityOf(group.verdict), severityOf(known.worst.verdict)];
  if (mine < theirs || (mine === theirs && group.id < known.worst.id)) known.worst = group;
  counted.set(key, known);
};

const textOf = ({ country, subdivision, site }: Place): string => [country, subdivision, site].map((text) => text ?? '').join('\n');
const byUrgency = (a: Counted, b: Counted): number => {
  for (const verdict of ['failed', 'inconclusive', 'stale'] as const) {
    const more = b.verdicts[verdict] - a.verdicts[verdict];
    if (more !== 0) return more;
  }
  return b.hosts - a.hosts || (textOf(a) < textOf(b) ? -1 : 1);
};
const shown = ({ worst: { id, name, verdict, chain }, ...place }: Counted): PlaceCount => ({
  ...place,
  worst: { id, name, verdict, chain: unpackChain(chain) },
});
const hostsIn = (places: readonly Counted[]): number => places.reduce((sum, { hosts }) => sum + hosts, 0);

export const createPlaceCounts = (db: Db, source: () => HostSource): CountPlaces => {
  const statement = createStatements(db);
  const read = db.transaction((query: HostQuery, filter: Query | null, nowMs: number): ReturnType<CountPlaces> => {
    const from = source();
    const where = hostsWhere(query, filter, nowMs);
    const countries = new Map<string, Counted>();
    const places = new Map<string, Counted>();
    for (const raw of statement(placesSql(from, where?.sql ?? null)).iterate(where?.params ?? {})) {
      const group = groupSchema.parse(raw);
      add(places, { country: group.country, subdivision: group.subdivision, site: group.site }, group);
      add(countries, { country: group.country, subdivision: null, site: null }, group);
    }
    const [allCountries, allPlaces] = [countries, places].map((found) => [...found.values()].sort(byUrgency));
    if (allCountries === undefined || allPlaces === undefined) throw new Error('both were counted');
    return {
      total: hostsIn(allCountries),
      inventory: countSchema.parse(statement(`SELECT count(*) AS n FROM ${from}`).get()).n,
      unknown: hostsIn(allCountries.filter(({ country }) => country === null)),
      countries: allCountries.slice(0, MOST_COUNTRIES).map(shown),
      places: allPlaces.slice(0, MOST_PLACES).map(shown),
      left: {
        places: Math.max(0, allPlaces.length - MOST_PLACES),
        countries: Math.max(0, allCountries.length - MOST_COUNTRIES),
        hosts: hostsIn(allPlaces.slice(MOST_PLACES)),
      },
    };
  });
  return (query, filter, nowMs) => read(query, filter, nowMs);
};
