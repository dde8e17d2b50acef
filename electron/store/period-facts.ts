import { z } from 'zod';
import { type Verdict, VERDICTS } from '../../shared/model/verdict.ts';
import type { AsOf } from './as-of.ts';
import type { Db } from './db.ts';

/** What a report says of the time between a moment and now. */
export type PeriodFacts = {
  /** Makes the verdicts of a moment readable; `goOn` is called between steps. Only one moment at a time. */
  readonly show: (atMs: number, goOn: () => void) => void;
  /** What these hosts were then, by id; those that were not known yet are not there. */
  readonly verdictsThen: (ids: readonly string[]) => ReadonlyMap<string, Verdict>;
  /** Findings that were resolved in a time, without those that only inform: how many, and the middle one's time until it was. */
  readonly resolved: (fromMs: number, toMs: number) => { readonly findings: number; readonly medianMs: number | null };
  /** When the first host was recorded; null where there is none. */
  readonly beganAtMs: () => number | null;
};

const thenSchema = z.object({ id: z.string(), verdict: z.enum(VERDICTS) });
const resolvedSchema = z.object({ n: z.number(), ms: z.number().nullable() });
const beganSchema = z.object({ ms: z.number().nullable() });

const DURING = "FROM finding WHERE resolved_at_ms >= @from AND resolved_at_ms < @to AND severity <> 'info'";
/** What is asked, as SQL, so that a test can look at how it is answered. */
export const PERIOD_SQL = {
  verdicts: 'SELECT id, verdict FROM then_host WHERE id IN (SELECT value FROM json_each(@ids))',
  resolved: `SELECT (SELECT count(*) ${DURING}) AS n, (SELECT resolved_at_ms - opened_at_ms ${DURING} ORDER BY 1
    LIMIT 1 OFFSET ((SELECT count(*) ${DURING}) - 1) / 2) AS ms`,
  began: 'SELECT min(from_ms) AS ms FROM span WHERE id = (SELECT min(id) FROM span)',
} as const;
export const THEN_TABLE = 'CREATE TEMP TABLE IF NOT EXISTS then_host (id TEXT PRIMARY KEY NOT NULL, verdict TEXT NOT NULL) WITHOUT ROWID';

/** Only for a connection that reads one moment from begin to end. */
export const createPeriodFacts = (db: Db, asOf: AsOf): PeriodFacts => {
  db.exec(THEN_TABLE);
  const then = db.prepare(PERIOD_SQL.verdicts);
  const resolved = db.prepare(PERIOD_SQL.resolved);
  const began = db.prepare(PERIOD_SQL.began);
  return {
    show: (atMs, goOn) => {
      for (const steps = asOf.show(atMs); steps.next().done !== true; ) goOn();
      // By id, so that hosts of a question are found by looking, whatever their number.
      db.exec('DELETE FROM then_host; INSERT INTO then_host SELECT id, verdict FROM as_of_host');
      goOn();
    },
    verdictsThen: (ids) =>
      new Map(
        then.all({ ids: JSON.stringify(ids) }).map((raw) => {
          const { id, verdict } = thenSchema.parse(raw);
          return [id, verdict];
        }),
      ),
    resolved: (from, to) => {
      const { n, ms } = resolvedSchema.parse(resolved.get({ from, to }));
      return { findings: n, medianMs: ms };
    },
    beganAtMs: () => beganSchema.parse(began.get()).ms,
  };
};
