import { z } from 'zod';
import {
  CONTROL_STANDINGS,
  EVIDENCE_STATES,
  ITEM_KINDS,
  type EvidenceState,
  type ItemKind,
  type SaidItem,
  type SaidOf,
} from '../../shared/contract/assessment-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Who } from '../ledger/entry.ts';
import type { Db } from './db.ts';
import type { LedgerWriter } from './ledger-writer.ts';

/** What is kept of the last run of a report, to be judged. */
export type RunToJudge = {
  readonly entry: number;
  readonly cutOffMs: number;
  /** SHA-256 of its file; null where an older version made it. */
  readonly sha256: string | null;
  /** Names and verdicts of its hosts, packed; null where its rows were no hosts. */
  readonly rows: Uint8Array | null;
  readonly controls: readonly JudgedControl[];
};

/** `[id, title, standing]` */
const controlSchema = z.tuple([z.string(), z.string(), z.enum(CONTROL_STANDINGS)]);
export type JudgedControl = z.output<typeof controlSchema>;

export type AssessmentReader = {
  readonly run: (report: number) => RunToJudge | null;
  /** What was said last of each item of one run. */
  readonly ofRun: (report: number, run: number) => readonly SaidItem[];
  /** What was said last of each item of any run before one; of none that was set back to ready. */
  readonly before: (report: number, run: number) => readonly SaidItem[];
  /** Newest first. */
  readonly history: (
    report: number,
    kind: ItemKind,
    id: string,
    offset: number,
    limit: number,
  ) => { readonly total: number; readonly rows: SaidOf[] };
};

export type Judged = { readonly kind: ItemKind; readonly id: string; readonly name: string; readonly standing: string };
export type AssessmentStore = {
  /** One entry for each item, all or none. What was said before stays. */
  readonly assess: (
    of: { readonly report: number; readonly name: string; readonly run: number; readonly sha256: string },
    items: readonly Judged[],
    state: EvidenceState,
    comment: string,
    who: Who,
    atMs: number,
  ) => void;
};

/** Behind every run: what was said of any. */
export const ANY_RUN = Number.MAX_SAFE_INTEGER;

const runSchema = z.object({
  entry: z.number(),
  cutOffMs: z.number(),
  sha256: z.string().nullable(),
  rows: z.instanceof(Uint8Array).nullable(),
  controls: z.string().nullable(),
});
const saidSchema = z.object({
  kind: z.enum(ITEM_KINDS),
  id: z.string(),
  name: z.string(),
  run: z.number(),
  sha256: z.string(),
  standing: z.string(),
  state: z.enum(EVIDENCE_STATES),
  comment: z.string(),
  who: z.string(),
  atMs: z.number(),
  entry: z.number(),
});
const countSchema = z.object({ n: z.number() });
const COLUMNS = 'a.kind, a.item AS id, a.name, a.run, a.sha256, a.standing, a.state, a.comment, a.who, a.at_ms AS atMs, a.entry';

/** What people wrote is shown as other text is that came from outside. */
const shown = (raw: unknown): SaidItem => {
  const said = saidSchema.parse(raw);
  return { ...said, name: visibleText(said.name), comment: visibleText(said.comment, 4_000), who: visibleText(said.who) };
};
const saidOf = ({ kind: _kind, id: _id, name: _name, ...said }: SaidItem): SaidOf => said;

const controlsIn = (text: string | null): readonly JudgedControl[] => {
  try {
    return z.array(controlSchema).safeParse(text === null ? [] : JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
};

export const createAssessmentReader = (db: Db): AssessmentReader => {
  const sql = {
    run: db.prepare('SELECT entry, cut_off_ms AS cutOffMs, sha256, rows, controls FROM report_run WHERE report_id = ?'),
    last: db.prepare(`
      SELECT ${COLUMNS} FROM assessment a WHERE a.id IN (
        SELECT max(id) FROM assessment WHERE report_id = @report AND run >= @from AND run < @to GROUP BY kind, item)
      ORDER BY a.id`),
    count: db.prepare('SELECT count(*) AS n FROM assessment WHERE report_id = ? AND kind = ? AND item = ?'),
    history: db.prepare(
      `SELECT ${COLUMNS} FROM assessment a WHERE a.report_id = ? AND a.kind = ? AND a.item = ? ORDER BY a.id DESC LIMIT ? OFFSET ?`,
    ),
  };
  return {
    run: (report) => {
      const raw = sql.run.get(report);
      if (raw === undefined) return null;
      const { controls, ...run } = runSchema.parse(raw);
      return { ...run, controls: controlsIn(controls) };
    },
    ofRun: (report, run) => sql.last.all({ report, from: run, to: run + 1 }).map(shown),
    before: (report, run) =>
      sql.last
        .all({ report, from: 0, to: run })
        .map(shown)
        .filter(({ state }) => state !== 'ready'),
    history: (report, kind, id, offset, limit) => ({
      total: countSchema.parse(sql.count.get(report, kind, id)).n,
      rows: sql.history.all(report, kind, id, limit, offset).map((raw) => saidOf(shown(raw))),
    }),
  };
};

export const createAssessmentStore = (db: Db, ledger: Pick<LedgerWriter, 'append'>): AssessmentStore => {
  const add = db.prepare(`
    INSERT INTO assessment (report_id, run, sha256, kind, item, name, standing, state, comment, who, at_ms, entry)
    VALUES (@report, @run, @sha256, @kind, @id, @name, @standing, @state, @comment, @who, @atMs, @entry)`);
  return {
    assess: db.transaction((of, items, state, comment, who, atMs) => {
      for (const { kind, id, name, standing } of items) {
        const { report, run, sha256 } = of;
        const why = comment === '' ? '' : ` ${visibleText(comment, 500)}`;
        const entry = ledger.append({
          who,
          kind: 'report.assessed',
          subject: `report ${report}`,
          body: {
            report: { id: report, name: of.name },
            run,
            sha256,
            item: { kind, id, name },
            standing,
            state,
            comment,
            detail: `${visibleText(of.name, 200)}, run of entry ${run}: ${kind} ${visibleText(name, 200)} (${standing}) is ${state}.${why}`,
          },
        });
        add.run({ report, run, sha256, kind, id, name, standing, state, comment, who: who.name, atMs, entry });
      }
    }),
  };
};
