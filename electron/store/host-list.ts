import { z } from 'zod';
import type { HostQuery, HostSort, HostsPage } from '../../shared/contract/schemas.ts';
import type { Db } from './open.ts';
import { HOST_COLUMNS, toStoredHost } from './rows.ts';

/** What hosts are read from: as they are now, or as they were known at a moment. */
export type HostSource = 'fresh_host' | 'as_of_host';

export type ListHosts = (
  query: HostQuery,
  sort: { readonly by: HostSort; readonly descending: boolean },
  offset: number,
  limit: number,
  nowMs: number,
) => HostsPage;

const ORDER: Readonly<Record<HostSort, string>> = {
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

const countSchema = z.object({ n: z.number() });

const escapeLike = (word: string): string => `%${word.toLowerCase().replace(/[\\%_]/g, (char) => `\\${char}`)}%`;

/** The WHERE clause of a host query with its values. Only column names from this file and bound values reach SQL. */
const whereOf = (query: HostQuery, nowMs: number): { clause: string; values: (string | number)[] } => {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...bound: (string | number)[]): void => {
    parts.push(sql);
    values.push(...bound);
  };
  if (query.verdicts && query.verdicts.length > 0) add(`verdict IN (${query.verdicts.map(() => '?').join(',')})`, ...query.verdicts);
  if (query.brokenLink) add('broken_link = ?', query.brokenLink);
  if (query.country !== undefined) {
    if (query.country === 'ZZ') add('country IS NULL');
    else add('country = ?', query.country);
  }
  if (query.endpoint) add('endpoint = ?', query.endpoint);
  if (query.disagreement !== undefined) add('disagreement = ?', query.disagreement ? 1 : 0);
  if (query.evidenceOlderThanMs !== undefined) add('(evidence_at_ms IS NULL OR evidence_at_ms < ?)', nowMs - query.evidenceOlderThanMs);
  for (const word of (query.text ?? '').split(/\s+/).filter(Boolean).slice(0, 10)) add("search LIKE ? ESCAPE '\\'", escapeLike(word));
  return { clause: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
};

/** One window of the hosts that a query means. */
export const createHostList = (db: Db, source: HostSource): ListHosts => {
  const inventory = db.prepare(`SELECT count(*) AS n FROM ${source}`);
  return (query, sort, offset, limit, nowMs) => {
    const { clause, values } = whereOf(query, nowMs);
    const column = ORDER[sort.by];
    const direction = sort.descending ? 'DESC' : 'ASC';
    const total = countSchema.parse(db.prepare(`SELECT count(*) AS n FROM ${source} ${clause}`).get(...values)).n;
    const rows = db
      .prepare(`SELECT ${HOST_COLUMNS} FROM ${source} ${clause} ORDER BY ${column} ${direction} NULLS LAST, name, id LIMIT ? OFFSET ?`)
      .all(...values, limit, offset)
      .map((raw) => toStoredHost(raw).row);
    return { total, inventory: countSchema.parse(inventory.get()).n, offset, rows };
  };
};
