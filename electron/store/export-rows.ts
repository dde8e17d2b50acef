import { z } from 'zod';
import type { ExportPeriod } from '../../shared/contract/export-schemas.ts';
import type { Finding, FindingQuery, FindingSort } from '../../shared/contract/finding-schemas.ts';
import type { HostQuery, HostRow } from '../../shared/contract/schemas.ts';
import type { Query } from '../../shared/query/ast.ts';
import type { Db } from './db.ts';
import { findingsWhere, orderOf } from './finding-query.ts';
import { FINDING_COLUMNS, FINDING_FROM, toRecordedFinding } from './finding-rows.ts';
import type { HostSource } from './freshness.ts';
import { asksTrust, hostsWhere } from './host-filter.ts';
import { LIST_SQL, type Sorting } from './host-list.ts';
import { type LedgerQuery, ledgerSearch } from './ledger-reader.ts';
import { toExportedHost, toStoredHost } from './rows.ts';
import { createStatements } from './statements.ts';

/** All rows of a question, how many they are, and each of them once: it can be gone through one time. */
export type RowSource<Row> = { readonly total: number; readonly rows: Iterable<Row> };

/** An entry as it is kept: nothing of it is read, so that one that cannot be read is a row all the same. */
export type EntryBytes = { readonly seq: number; readonly bytes: Buffer };

/** The same questions as lists are asked, answered whole, one row after the other. Nothing is held but a few hundred rows. */
export type ReadAll = {
  readonly hosts: (query: HostQuery, filter: Query, sort: Sorting, nowMs: number) => RowSource<HostRow>;
  /** Hosts of these ids and no others, in the order of a list. */
  readonly hostsOf: (ids: readonly string[], sort: Sorting) => RowSource<HostRow>;
  /** Ids of all hosts that are meant, sorted by their bytes. */
  readonly hostIds: (query: HostQuery, filter: Query, nowMs: number) => Iterable<string>;
  /** Texts are as they were recorded, not as they are shown. */
  readonly findings: (query: FindingQuery, sort: FindingSort, period: ExportPeriod | null, nowMs: number) => RowSource<Finding>;
  /** Newest first. */
  readonly ledger: (query: LedgerQuery, period: ExportPeriod | null) => RowSource<EntryBytes>;
};

const TOGETHER = 500;
const countSchema = z.object({ n: z.number() });
const idSchema = z.string();
const entrySchema = z.object({ seq: z.number(), bytes: z.union([z.string(), z.instanceof(Uint8Array)]) });
const iso = (ms: number): string => new Date(ms).toISOString();
type Bound = Readonly<Record<string, string | number>>;

/** What held at some time of a period: it began before its end and did not end before its begin. */
const heldDuring = (clause: string, period: ExportPeriod | null): { readonly clause: string; readonly values: Bound } => {
  const parts: string[] = [];
  const values: Record<string, number> = {};
  if (period !== null && period.toMs !== null) {
    parts.push('f.opened_at_ms < @to');
    values['to'] = period.toMs;
  }
  if (period !== null && period.fromMs !== null) {
    parts.push('(f.resolved_at_ms IS NULL OR f.resolved_at_ms >= @from)');
    values['from'] = period.fromMs;
  }
  if (parts.length === 0) return { clause, values };
  return { clause: clause === '' ? `WHERE ${parts.join(' AND ')}` : `${clause} AND ${parts.join(' AND ')}`, values };
};

/** Only on a connection that reads one moment from begin to end, and whose sorter may use the disk (`createReaders`, `FILE`). */
export const createReadAll = (db: Db, source: () => HostSource): ReadAll => {
  const statement = createStatements(db);
  const count = (sql: string, bound: Bound): number => countSchema.parse(statement(sql).get(bound)).n;

  /** Ids first, in order; what their rows say is read of a few hundred at once. */
  function* sortedHosts(each: string, now: HostSource, bound: Bound): Generator<HostRow> {
    const rowsOf = statement(LIST_SQL.rows(now));
    const read = (some: readonly string[]): readonly HostRow[] => {
      const found = new Map(
        rowsOf.all({ ids: JSON.stringify(some) }).map((raw) => {
          const { row } = toStoredHost(raw);
          return [row.id, row];
        }),
      );
      return some.flatMap((id) => found.get(id) ?? []);
    };
    let together: string[] = [];
    for (const id of ids(each, bound)) {
      together.push(id);
      if (together.length < TOGETHER) continue;
      yield* read(together);
      together = [];
    }
    if (together.length > 0) yield* read(together);
  }

  function* ids(each: string, bound: Bound): Generator<string> {
    for (const id of db.prepare(each).pluck().iterate(bound)) yield idSchema.parse(id);
  }

  function* parsed<Row>(sql: string, bound: Bound | readonly string[], parse: (raw: unknown) => Row): Generator<Row> {
    for (const raw of db.prepare(sql).iterate(bound)) yield parse(raw);
  }

  /** As arrays: making an object of each row takes longer than all that an export does with it. */
  function* eachHost(sql: string, bound: Bound): Generator<HostRow> {
    for (const raw of db.prepare(sql).raw().iterate(bound)) yield toExportedHost(raw);
  }

  return {
    hosts: (query, filter, sort, nowMs) => {
      const now = source();
      // As in a list: which hosts and in which order does not depend on trust unless it is asked; what their rows say always does.
      const from = asksTrust(query, filter, sort) ? now : 'plain_host';
      const where = hostsWhere(query, filter, nowMs);
      const bound = where?.params ?? {};
      // Only the severity that aging gives is in no index.
      const isSorted = now !== 'plain_host' && sort.by === 'verdict';
      const clause = where?.sql ?? null;
      return {
        total: where === null ? count(LIST_SQL.inventory(from), {}) : count(LIST_SQL.count(from, where.sql), bound),
        rows: isSorted ? sortedHosts(LIST_SQL.eachId(from, clause, sort), now, bound) : eachHost(LIST_SQL.each(now, clause, sort), bound),
      };
    },
    hostsOf: (only, sort) => {
      const now = source();
      const from = sort.by === 'verdict' ? now : 'plain_host';
      const each = LIST_SQL.eachId(from, 'id IN (SELECT value FROM json_each(@only))', sort);
      return { total: only.length, rows: sortedHosts(each, now, { only: JSON.stringify(only) }) };
    },
    hostIds: (query, filter, nowMs) => {
      const from = asksTrust(query, filter, { by: 'name' }) ? source() : 'plain_host';
      const where = hostsWhere(query, filter, nowMs);
      return ids(LIST_SQL.ids(from, where?.sql ?? null), where?.params ?? {});
    },
    findings: (query, sort, period, nowMs) => {
      const asked = findingsWhere(query, nowMs);
      const { clause, values } = heldDuring(asked.clause, period);
      const bound = { ...asked.values, ...values, now: nowMs };
      return {
        total: count(`SELECT count(*) AS n FROM finding f ${clause}`, bound),
        rows: parsed(`SELECT ${FINDING_COLUMNS} FROM ${FINDING_FROM} ${clause} ORDER BY ${orderOf(sort)}`, bound, toRecordedFinding),
      };
    },
    ledger: (query, period) => {
      const { from: table, parts, values } = ledgerSearch(query);
      // Moments of entries have one spelling, so that they compare as texts.
      const at = "json_extract(e.bytes, '$.at')";
      const from = period === null || period.fromMs === null ? [] : [iso(period.fromMs)];
      const to = period === null || period.toMs === null ? [] : [iso(period.toMs)];
      const all = [...parts, ...from.map(() => `${at} >= ?`), ...to.map(() => `${at} < ?`)];
      const bound = [...values, ...from, ...to];
      const clause = all.length === 0 ? table : `${table} WHERE ${all.join(' AND ')}`;
      return {
        total: countSchema.parse(db.prepare(`SELECT count(*) AS n FROM ${clause}`).get(bound)).n,
        rows: parsed(`SELECT e.seq, e.bytes FROM ${clause} ORDER BY e.seq DESC`, bound, (raw) => {
          const { seq, bytes } = entrySchema.parse(raw);
          return { seq, bytes: Buffer.from(bytes) };
        }),
      };
    },
  };
};
