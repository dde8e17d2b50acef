import { z } from 'zod';
import {
  FINDING_KINDS,
  type Finding,
  type FindingCluster,
  type FindingCounts,
  type FindingNote,
  type FindingQuery,
  type FindingSort,
  type FindingStep,
  SEVERITIES,
} from '../../shared/contract/finding-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { FindingAct } from '../../shared/contract/finding-bulk-schemas.ts';
import { actWhere } from './finding-bulk.ts';
import { FINDING_COLUMNS, FINDING_FROM, STATE_NOW, toFinding, visibleLines } from './finding-rows.ts';
import { type Bound, findingsWhere, orderOf } from './finding-query.ts';
import { findingSubject } from './journal.ts';
import type { Db } from './db.ts';

/** A cluster without its sentence, which is the engine's to say. */
export type StoredCluster = Omit<FindingCluster, 'sentence'>;
export type ClusterQuery = { readonly minFindings: number; readonly kind: string | null };

export type FindingReaders = {
  readonly list: (
    query: FindingQuery,
    sort: FindingSort,
    offset: number,
    limit: number,
    nowMs: number,
  ) => { readonly total: number; readonly rows: Finding[] };
  /** What a step for all that a query means would change: ids in order, and among how many that match. */
  readonly meant: (
    query: FindingQuery,
    act: FindingAct,
    nowMs: number,
  ) => { readonly matching: number; readonly ids: readonly number[]; readonly hosts: number; readonly critical: number };
  /** Of all that holds now. */
  readonly counts: (nowMs: number) => FindingCounts;
  /** How many held at a moment, and how many of them were silent endpoints. When one begins and ends is never changed afterwards. */
  readonly heldAt: (atMs: number) => { readonly findings: number; readonly silentEndpoints: number };
  readonly clusters: (
    query: ClusterQuery,
    offset: number,
    limit: number,
    nowMs: number,
  ) => { readonly total: number; readonly rows: StoredCluster[] };
  readonly cluster: (cause: string, nowMs: number) => StoredCluster | null;
  readonly one: (id: number, nowMs: number) => Finding | null;
  readonly notes: (id: number, limit: number) => FindingNote[];
  readonly journal: (id: number, limit: number) => FindingStep[];
};

const countRow = z.object({ n: z.number() });
const heldRow = z.object({ findings: z.number(), silentEndpoints: z.number() });
const countsRow = z.object({ open: z.number(), acknowledged: z.number(), waived: z.number() });
const clusterRow = countsRow.extend({
  cause: z.string(),
  findings: z.number(),
  hosts: z.number(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
});
const newestRow = z.object({ kind: z.enum(FINDING_KINDS), severity: z.enum(SEVERITIES), what: z.string(), detail: z.string() });
const noteRow = z.object({ id: z.number(), atMs: z.number(), who: z.string(), text: z.string() });
const stepRow = z.object({ id: z.number(), at: z.string(), who: z.string(), kind: z.string(), detail: z.string() });

const COUNTS = `coalesce(sum(${STATE_NOW} = 'open'), 0) AS open, coalesce(sum(${STATE_NOW} = 'acknowledged'), 0) AS acknowledged,
  coalesce(sum(${STATE_NOW} = 'waived'), 0) AS waived`;
const CLUSTER_COLUMNS = `f.cause, count(*) AS findings, count(f.host_id) AS hosts, min(f.cause_since_ms) AS firstAtMs,
  max(f.cause_since_ms) AS lastAtMs, ${COUNTS}`;

/** What is asked, as SQL, so that a test can look at how it is answered. */
export const COUNTS_SQL = `SELECT ${COUNTS} FROM finding f WHERE f.resolved_at_ms IS NULL`;
export const HELD_AT_SQL = `SELECT
  (SELECT count(*) FROM finding f WHERE f.resolved_at_ms IS NULL AND f.opened_at_ms <= @at)
  + (SELECT count(*) FROM finding f WHERE f.resolved_at_ms > @at AND f.opened_at_ms <= @at) AS findings,
  (SELECT count(*) FROM finding f WHERE f.kind = 'endpoint-silent' AND f.opened_at_ms <= @at
    AND (f.resolved_at_ms IS NULL OR f.resolved_at_ms > @at)) AS silentEndpoints`;
export const clustersSql = (kind: string | null): { readonly page: string; readonly total: string } => {
  // A cause begins with its kind and a slash, and '0' is the character behind the slash.
  const which = kind === null ? "f.cause > ''" : "f.cause >= @kind || '/' AND f.cause < @kind || '0'";
  const from = `FROM finding f WHERE f.resolved_at_ms IS NULL AND ${which} GROUP BY f.cause HAVING count(*) >= @minFindings`;
  return {
    page: `SELECT ${CLUSTER_COLUMNS} ${from} ORDER BY min(f.severity_order), count(*) DESC, max(f.cause_since_ms) DESC, f.cause LIMIT @limit OFFSET @offset`,
    total: `SELECT count(*) AS n FROM (SELECT f.cause ${from})`,
  };
};

/** What the ledger says of a finding, newest first. */
export const JOURNAL_SQL = `
  SELECT e.seq AS id, json_extract(e.bytes, '$.at') AS at, json_extract(e.bytes, '$.who.name') AS who, e.kind, json_extract(e.bytes, '$.body.detail') AS detail
  FROM ledger_subject s JOIN ledger_entry e ON e.subject_id = s.id WHERE s.subject = ? ORDER BY e.seq DESC LIMIT ?`;

export const createFindingReaders = (db: Db): FindingReaders => {
  const sql = {
    counts: db.prepare(COUNTS_SQL),
    heldAt: db.prepare(HELD_AT_SQL),
    one: db.prepare(`SELECT ${FINDING_COLUMNS} FROM ${FINDING_FROM} WHERE f.id = @id`),
    cluster: db.prepare(`SELECT ${CLUSTER_COLUMNS} FROM finding f WHERE f.resolved_at_ms IS NULL AND f.cause = @cause GROUP BY f.cause`),
    newest: db.prepare(
      'SELECT kind, severity, what, detail FROM finding WHERE resolved_at_ms IS NULL AND cause = ? ORDER BY cause_since_ms DESC LIMIT 1',
    ),
    notes: db.prepare('SELECT id, at_ms AS atMs, who, text FROM finding_note WHERE finding_id = ? ORDER BY id DESC LIMIT ?'),
    journal: db.prepare(JOURNAL_SQL),
  };
  const toCluster = (raw: unknown): StoredCluster => {
    const { open, acknowledged, waived, ...row } = clusterRow.parse(raw);
    const { what, ...newest } = newestRow.parse(sql.newest.get(row.cause));
    return {
      ...row,
      kind: newest.kind,
      severity: newest.severity,
      title: visibleText(what),
      detail: visibleText(newest.detail, 2_000),
      counts: { open, acknowledged, waived },
    };
  };
  return {
    list: (query, sort, offset, limit, nowMs) => {
      const { clause, values } = findingsWhere(query, nowMs);
      const bound: Bound = { ...values, now: nowMs };
      const total = countRow.parse(db.prepare(`SELECT count(*) AS n FROM finding f ${clause}`).get(bound)).n;
      const rows = db
        .prepare(`SELECT ${FINDING_COLUMNS} FROM ${FINDING_FROM} ${clause} ORDER BY ${orderOf(sort)} LIMIT @limit OFFSET @offset`)
        .all({ ...bound, limit, offset });
      return { total, rows: rows.map(toFinding) };
    },
    meant: (query, act, now) => {
      const { clause, values } = findingsWhere(query, now);
      const bound: Bound = { ...values, now };
      const also = clause === '' ? `WHERE ${actWhere(act)}` : `${clause} AND ${actWhere(act)}`;
      const asked = { ...bound, ...(act.kind === 'assign' && { toPerson: act.person }) };
      const one = (text: string): number => countRow.parse(db.prepare(text).get(asked)).n;
      return {
        matching: countRow.parse(db.prepare(`SELECT count(*) AS n FROM finding f ${clause}`).get(bound)).n,
        ids: z.array(z.number()).parse(db.prepare(`SELECT f.id FROM finding f ${also} ORDER BY f.id`).pluck().all(asked)),
        hosts: one(`SELECT count(DISTINCT f.host_id) AS n FROM finding f ${also}`),
        critical: one(`SELECT count(*) AS n FROM finding f ${also} AND f.severity = 'critical'`),
      };
    },
    counts: (now) => countsRow.parse(sql.counts.get({ now })),
    heldAt: (at) => heldRow.parse(sql.heldAt.get({ at })),
    clusters: ({ minFindings, kind }, offset, limit, now) => {
      const { page, total } = clustersSql(kind);
      const bound: Bound = { minFindings, now, ...(kind !== null && { kind }) };
      return {
        total: countRow.parse(db.prepare(total).get(bound)).n,
        rows: db
          .prepare(page)
          .all({ ...bound, limit, offset })
          .map(toCluster),
      };
    },
    cluster: (cause, now) => {
      const raw = sql.cluster.get({ cause, now });
      return raw === undefined ? null : toCluster(raw);
    },
    one: (id, now) => {
      const raw = sql.one.get({ id, now });
      return raw === undefined ? null : toFinding(raw);
    },
    notes: (id, limit) =>
      sql.notes
        .all(id, limit)
        .map((raw) => {
          const note = noteRow.parse(raw);
          return { ...note, who: visibleText(note.who), text: visibleLines(note.text) };
        })
        .reverse(),
    journal: (id, limit) =>
      sql.journal
        .all(findingSubject(id), limit)
        .map((raw) => {
          const { at, ...step } = stepRow.parse(raw);
          return { ...step, atMs: Date.parse(at), who: visibleText(step.who), detail: visibleLines(step.detail) };
        })
        .reverse(),
  };
};
