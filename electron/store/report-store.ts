import { z } from 'zod';
import {
  type Report,
  type ReportDefinition,
  reportDefinitionSchema,
  reportDifferenceSchema,
  type ReportRun,
} from '../../shared/contract/report-schemas.ts';
import { flaggedBeforeSchema } from '../../shared/contract/assessment-schemas.ts';
import { problemSchema } from '../../shared/contract/schemas.ts';
import type { JudgedControl } from './assessment-store.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Problem } from '../../shared/model/result.ts';
import type { Db } from './db.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { Who } from '../ledger/entry.ts';

export type StoredReport = Omit<Report, 'nextRunAtMs'> & {
  /** Runs that were due until then were made, or failed. */
  readonly lookedAtMs: number;
};

/** What a run leaves to be judged and to be held against: its rows, packed, where they are hosts, and controls, where its file has them. */
export type RunOf = { readonly sha256: string; readonly rows: Uint8Array | null; readonly controls: readonly Readonly<JudgedControl>[] };

export type ReportStore = {
  /** By name. One that another version defined and this one cannot read is left out. */
  readonly list: () => StoredReport[];
  readonly get: (id: number) => StoredReport | null;
  /** Names and verdicts of the hosts of its last run, packed; null where there was none, or its rows were no hosts. */
  readonly lastRows: (id: number) => Uint8Array | null;
  /** Defines one, or another in place of the one with this number: what its last run was of another question is forgotten. Enters it. */
  readonly save: (id: number | null, definition: ReportDefinition, who: Who, atMs: number) => number;
  /** Enters it; what was exported stays. */
  readonly remove: (report: StoredReport, who: Who) => void;
  readonly ran: (id: number, run: ReportRun, of: RunOf) => void;
  /** Whatever was due until then is not due any more. */
  readonly looked: (id: number, atMs: number) => void;
  /** A run that was due failed: notes and enters why. */
  readonly failed: (report: StoredReport, problem: Problem, who: Who) => void;
};

const rowSchema = z.object({
  id: z.number(),
  definition: z.string(),
  definedBy: z.string(),
  definedAtMs: z.number(),
  lookedAtMs: z.number(),
  problem: z.string().nullable(),
  entry: z.number().nullable(),
  cutOffMs: z.number().nullable(),
  count: z.number().nullable(),
  difference: z.string().nullable(),
  flagged: z.string().nullable(),
});
const bytesSchema = z.object({ rows: z.instanceof(Uint8Array).nullable() }).optional();
const COLUMNS = `
  SELECT r.id, r.definition, r.defined_by AS definedBy, r.defined_at_ms AS definedAtMs, r.looked_at_ms AS lookedAtMs, r.problem,
    u.entry, u.cut_off_ms AS cutOffMs, u.count, u.difference, u.flagged
  FROM report r LEFT JOIN report_run u ON u.report_id = r.id`;

const asJson = (text: string | null): unknown => {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
};

const toReport = (raw: unknown): StoredReport[] => {
  const row = rowSchema.parse(raw);
  const definition = reportDefinitionSchema.safeParse(asJson(row.definition));
  if (!definition.success) return [];
  const { entry, cutOffMs, count } = row;
  const flagged = flaggedBeforeSchema.safeParse(asJson(row.flagged)).data ?? { count: 0, first: [] };
  const difference = reportDifferenceSchema.safeParse(asJson(row.difference)).data ?? null;
  return [
    {
      id: row.id,
      definition: definition.data,
      definedBy: row.definedBy,
      definedAtMs: row.definedAtMs,
      lookedAtMs: row.lookedAtMs,
      problem: problemSchema.safeParse(asJson(row.problem)).data ?? null,
      lastRun: entry === null || cutOffMs === null || count === null ? null : { entry, cutOffMs, count, difference, flagged },
    },
  ];
};

const subjectOf = (id: number): string => `report ${id}`;

export const createReportStore = (db: Db, ledger: LedgerWriter): ReportStore => {
  const sql = {
    list: db.prepare(`${COLUMNS} ORDER BY r.name`),
    get: db.prepare(`${COLUMNS} WHERE r.id = ?`),
    rows: db.prepare('SELECT rows FROM report_run WHERE report_id = ?'),
    add: db.prepare(
      'INSERT INTO report (name, definition, defined_by, defined_at_ms, looked_at_ms) VALUES (@name, @text, @who, @atMs, @atMs)',
    ),
    change: db.prepare(
      'UPDATE report SET name = @name, definition = @text, defined_by = @who, defined_at_ms = @atMs, looked_at_ms = @atMs, problem = NULL WHERE id = @id',
    ),
    forget: db.prepare('DELETE FROM report_run WHERE report_id = ?'),
    remove: db.prepare('DELETE FROM report WHERE id = ?'),
    ran: db.prepare(`
      INSERT INTO report_run (report_id, entry, cut_off_ms, count, rows, difference, sha256, controls, flagged)
      SELECT @id, @entry, @cutOffMs, @count, @rows, @difference, @sha256, @controls, @flagged WHERE EXISTS (SELECT 1 FROM report WHERE id = @id)
      ON CONFLICT (report_id) DO UPDATE SET entry = @entry, cut_off_ms = @cutOffMs, count = @count, rows = @rows, difference = @difference,
        sha256 = @sha256, controls = @controls, flagged = @flagged`),
    well: db.prepare('UPDATE report SET problem = NULL WHERE id = ?'),
    looked: db.prepare('UPDATE report SET looked_at_ms = ? WHERE id = ?'),
    failed: db.prepare('UPDATE report SET problem = ? WHERE id = ?'),
  };
  const get = (id: number): StoredReport | null => {
    const raw = sql.get.get(id);
    return raw === undefined ? null : (toReport(raw)[0] ?? null);
  };

  const save = db.transaction((id: number | null, definition: ReportDefinition, who: Who, atMs: number): number => {
    const { name } = definition;
    const bound = { name, text: JSON.stringify(definition), who: who.name, atMs };
    const before = id === null ? null : get(id);
    const kept = id ?? Number(sql.add.run(bound).lastInsertRowid);
    if (id !== null) {
      sql.change.run({ ...bound, id });
      // Held against other rows, a difference would be none of the fleet.
      if (JSON.stringify(before?.definition.of) !== JSON.stringify(definition.of)) sql.forget.run(id);
    }
    const detail = `${visibleText(name, 200)}: ${definition.of.rows} as ${definition.format}, ${definition.schedule === null ? 'when somebody asks for it' : `every ${definition.schedule.every}`}.`;
    ledger.append({
      who,
      kind: 'report.defined',
      subject: subjectOf(kept),
      body: { before: before === null ? null : JSON.stringify(before.definition), after: bound.text, detail },
    });
    return kept;
  });

  const remove = db.transaction((report: StoredReport, who: Who): void => {
    sql.forget.run(report.id);
    sql.remove.run(report.id);
    const detail = `${visibleText(report.definition.name, 200)} is not made any more. What was exported stays.`;
    ledger.append({ who, kind: 'report.deleted', subject: subjectOf(report.id), body: { name: report.definition.name, detail } });
  });

  const failed = db.transaction((report: StoredReport, problem: Problem, who: Who): void => {
    const { code, message, nextStep } = problem;
    sql.failed.run(JSON.stringify({ code, message, nextStep }), report.id);
    const detail = `${visibleText(report.definition.name, 200)} was due and could not be made: ${message}`;
    ledger.append({ who, kind: 'report.failed', subject: subjectOf(report.id), body: { code, message, detail } });
  });

  const ran = db.transaction((id: number, run: ReportRun, { sha256, rows, controls }: RunOf): void => {
    const { entry, cutOffMs, count, difference, flagged } = run;
    const texts = { difference: difference === null ? null : JSON.stringify(difference), flagged: JSON.stringify(flagged) };
    sql.ran.run({ id, entry, cutOffMs, count, rows, sha256, controls: JSON.stringify(controls), ...texts });
    sql.well.run(id);
  });

  return {
    list: () => sql.list.all().flatMap(toReport),
    get,
    lastRows: (id) => bytesSchema.parse(sql.rows.get(id))?.rows ?? null,
    save,
    remove,
    ran,
    looked: (id, atMs) => void sql.looked.run(atMs, id),
    failed,
  };
};
