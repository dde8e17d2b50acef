import { z } from 'zod';
import type { HostQuery, HostSort, HostsPage } from '../../shared/contract/schemas.ts';
import type { Query } from '../../shared/query/ast.ts';
import type { SqlQuery } from '../../shared/query/to-sql.ts';
import type { HostSource } from './freshness.ts';
import { asksTrust, type HostsWhere, hostsWhere } from './host-filter.ts';
import type { Db } from './db.ts';
import { severityOf } from './records.ts';
import { EXPORTED_COLUMNS, HOST_COLUMNS, toStoredHost } from './rows.ts';
import { createStatements } from './statements.ts';

export type Sorting = { readonly by: HostSort; readonly descending: boolean };

export type ListHosts = (query: HostQuery, sort: Sorting, offset: number, limit: number, nowMs: number, filter?: Query | null) => HostsPage;

const COLUMN: Readonly<Record<HostSort, string>> = {
  verdict: 'severity',
  name: 'name',
  hostClass: 'host_class',
  reported: 'reported',
  brokenLink: 'broken_order',
  country: 'country',
  evidenceAtMs: 'evidence_at_ms',
  changedAtMs: 'changed_at_ms',
  endpoint: 'endpoint',
};
export type ListBounds = {
  /** So many matches are put aside and in order; of more of them only the best of the window are kept, in a pass of their own. */
  readonly some: number;
  /** So many hosts are looked at along the order before it is given up. */
  readonly far: number;
  /** So many are looked at before all of very many matches are put in order. */
  readonly farther: number;
};
const BOUNDS: ListBounds = { some: 30_000, far: 2_000, farther: 20_000 };

/**
 * Descending is ascending read from its end, so that one index serves both; only what is missing is last either way. Hosts of the same moment
 * come by id, which the index of moments of evidence holds; a name in it would be moved at every confirmation.
 */
const orderOf = ({ by, descending }: Sorting, along: boolean): string => {
  const direction = descending ? 'DESC' : 'ASC';
  const ties = by === 'evidenceAtMs' || by === 'name' ? [] : [`name ${direction}`];
  return [`${along ? '' : '+'}${COLUMN[by]} ${direction} NULLS LAST`, ...ties, `id ${direction}`].join(', ');
};

/** What is asked, as SQL, so that a test can look at how it is answered. Ids first: the wide rows are read of the window only. */
export const LIST_SQL = {
  inventory: (from: HostSource): string => `SELECT count(*) AS n FROM ${from}`,
  all: (from: HostSource, sort: Sorting): string => `SELECT id FROM ${from} ORDER BY ${orderOf(sort, true)} LIMIT @limit OFFSET @offset`,
  put: (from: HostSource, where: string, { by }: Sorting): string =>
    `INSERT INTO temp.found SELECT ${COLUMN[by]}, name, id FROM ${from} WHERE ${where} LIMIT @most`,
  found: ({ by, descending }: Sorting): string =>
    `SELECT id FROM temp.found ORDER BY ${orderOf({ by, descending }, false).replace(COLUMN[by], 'key')} LIMIT @limit OFFSET @offset`,
  /** Words are looked for in an index that holds nothing else. */
  putWords: (from: HostSource, where: string): string =>
    `INSERT INTO temp.found SELECT NULL, '', id FROM ${from} WHERE ${where} LIMIT @most`,
  foundWords: (from: HostSource, sort: Sorting): string =>
    `SELECT id FROM ${from} WHERE id IN (SELECT id FROM temp.found) ORDER BY ${orderOf(sort, false)} LIMIT @limit OFFSET @offset`,
  count: (from: HostSource, where: string): string => `SELECT count(*) AS n FROM ${from} WHERE ${where}`,
  along: (from: HostSource, where: string, sort: Sorting): string =>
    `SELECT id FROM (SELECT * FROM ${from} ORDER BY ${orderOf(sort, true)} LIMIT @far) WHERE ${where} LIMIT @limit OFFSET @offset`,
  sorted: (from: HostSource, where: string, sort: Sorting): string =>
    `SELECT id FROM ${from} WHERE ${where} ORDER BY ${orderOf(sort, false)} LIMIT @limit OFFSET @offset`,
  /** All of them whole, in order, for whoever reads them one after the other: along an index, which asks for no memory. */
  each: (from: HostSource, where: string | null, sort: Sorting): string =>
    `SELECT ${EXPORTED_COLUMNS} FROM ${from} ${where === null ? '' : `WHERE ${where}`} ORDER BY ${orderOf(sort, true)}`,
  /** The same where no index has the order: what is sorted is narrow. */
  eachId: (from: HostSource, where: string | null, sort: Sorting): string =>
    `SELECT id FROM ${from} ${where === null ? '' : `WHERE ${where}`} ORDER BY ${orderOf(sort, true)}`,
  /** Ids by their bytes, as `LC_ALL=C sort` has them: texts are UTF-8 and compared as that. */
  ids: (from: HostSource, where: string | null): string => `SELECT id FROM ${from} ${where === null ? '' : `WHERE ${where}`} ORDER BY id`,
  /** Hosts of one recorded verdict, by name: for verdicts that do not age. */
  ofSeverity: (where: string, descending: boolean): string =>
    `SELECT id FROM plain_host WHERE severity = @severity AND (${where}) ORDER BY ${orderOf({ by: 'name', descending }, true)} LIMIT @limit`,
  rows: (from: HostSource): string => `SELECT ${HOST_COLUMNS} FROM ${from} WHERE id IN (SELECT value FROM json_each(@ids))`,
} as const;

/** In the order of their severity, and before what ages. */
const UNAGEING = ['failed', 'inconclusive'] as const;
const ALL: SqlQuery = { sql: '1', params: {} };
const countSchema = z.object({ n: z.number() });
const idsSchema = z.array(z.string());

/** One window of the hosts that a query means, and how many it means. */
export const createHostList = (db: Db, source: () => HostSource, { some, far, farther }: ListBounds = BOUNDS): ListHosts => {
  const statement = createStatements(db);
  db.exec('CREATE TEMP TABLE IF NOT EXISTS found (key ANY, name TEXT NOT NULL, id TEXT NOT NULL) STRICT');
  const clear = db.prepare('DELETE FROM temp.found');
  type Bound = Record<string, string | number>;
  const count = (sql: string, bound: Bound): number => countSchema.parse(statement(sql).get(bound)).n;
  const ids = (sql: string, bound: Bound): readonly string[] => idsSchema.parse(statement(sql).pluck().all(bound));

  const filtered = (
    from: HostSource,
    { sql, params, words }: HostsWhere,
    sort: Sorting,
    window: { readonly limit: number; readonly offset: number },
  ): { readonly total: number; readonly found: readonly string[] } => {
    // Frequent matches are found soon along the order, and then counting them is all that is left. No index has the order of verdicts that aged.
    const ordered = from === 'plain_host' || (from !== 'as_of_host' && sort.by !== 'verdict');
    const alongWithin = (bound: number): readonly string[] | null => {
      const along = ordered ? ids(LIST_SQL.along(from, sql, sort), { ...params, ...window, far: bound }) : [];
      return along.length === window.limit ? along : null;
    };
    const near = alongWithin(far);
    if (near !== null) return { total: count(LIST_SQL.count(from, sql), params), found: near };
    clear.run();
    const total = statement(words ? LIST_SQL.putWords(from, sql) : LIST_SQL.put(from, sql, sort)).run({
      ...params,
      most: some + 1,
    }).changes;
    if (total <= some) return { total, found: ids(words ? LIST_SQL.foundWords(from, sort) : LIST_SQL.found(sort), window) };
    const found = alongWithin(farther) ?? ids(LIST_SQL.sorted(from, sql, sort), { ...params, ...window });
    return { total: count(LIST_SQL.count(from, sql), params), found };
  };

  /**
   * The first window by verdict while trust ages, where an index soon fills it: of what failed or is inconclusive, which does not age, or of what is
   * still trusted. Null where it does not: then all that match are gone through once.
   */
  const firstByVerdict = (from: HostSource, { sql, params }: SqlQuery, descending: boolean, limit: number): readonly string[] | null => {
    const window = { ...params, limit, offset: 0 };
    const found = descending
      ? ids(LIST_SQL.along(from, `(${sql}) AND +verdict = 'trusted'`, { by: 'name', descending }), { ...window, far })
      : UNAGEING.flatMap((verdict) => ids(LIST_SQL.ofSeverity(sql, descending), { ...params, limit, severity: severityOf(verdict) }));
    return found.length < limit ? null : found.slice(0, limit);
  };

  const read = db.transaction(
    (query: HostQuery, asSorted: Sorting, offset: number, limit: number, nowMs: number, filter: Query | null): HostsPage => {
      const now = source();
      // All have the same verdict: what is left of the order is the order by name.
      const sort: Sorting = asSorted.by === 'verdict' && query.verdicts?.length === 1 ? { ...asSorted, by: 'name' } : asSorted;
      // Which hosts and in which order does not depend on trust unless it is asked; what their rows say always does.
      const from = now !== 'as_of_host' && !asksTrust(query, filter, sort) ? 'plain_host' : now;
      const where = hostsWhere(query, filter, nowMs);
      const ofTrust = asksTrust(query, filter, { by: 'name' });
      const inventory = count(LIST_SQL.inventory(from), {});
      const ages = from === 'aged_host' || from === 'fresh_host';
      const first = ages && sort.by === 'verdict' && offset === 0 ? firstByVerdict(from, where ?? ALL, sort.descending, limit) : null;
      const { total, found } =
        where === null
          ? { total: inventory, found: first ?? ids(LIST_SQL.all(from, sort), { limit, offset }) }
          : first === null
            ? filtered(from, where, sort, { limit, offset })
            : { total: count(LIST_SQL.count(ofTrust ? from : 'plain_host', where.sql), where.params), found: first };
      const place = new Map(found.map((id, index) => [id, index]));
      const rows = statement(LIST_SQL.rows(now))
        .all({ ids: JSON.stringify(found) })
        .map((raw) => toStoredHost(raw).row)
        .sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
      return { total, inventory, offset, rows };
    },
  );
  return (query, sort, offset, limit, nowMs, filter = null) => read(query, sort, offset, limit, nowMs, filter);
};
