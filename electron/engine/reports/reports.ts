import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ExportAsk, ExportPeriod } from '../../../shared/contract/export-schemas.ts';
import type { Job } from '../../../shared/contract/job-schemas.ts';
import type { Report, ReportChange, ReportDefinition } from '../../../shared/contract/report-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import type { Who } from '../../ledger/entry.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import type { StoredReport } from '../../store/report-store.ts';
import type { Store } from '../../store/store.ts';
import type { FromReport } from '../exports/exports.ts';
import { nextRun } from './schedule.ts';

type ReportCalls = 'reports.list' | 'reports.save' | 'reports.delete' | 'reports.run';

export type ReportsOptions = {
  readonly store: Pick<Store, 'reports'>;
  /** The operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  /** Begins the job that makes the file; null while another export goes on. */
  readonly begin: (ask: ExportAsk, by: Who, from: FromReport) => { readonly id: number; readonly finished: Promise<Job> } | null;
};

export type Reports = {
  readonly handlers: Pick<Handlers, ReportCalls>;
  /** Begins one that is due: once, however many times it was due while Plumbline did not run. The others follow at the next ticks. */
  readonly tick: () => void;
  /** What is being made now, and is stopped after this, is due again at the next start. */
  readonly stop: () => void;
};

const MOST = 200;
const DAY_MS = 86_400_000;

const refused = (message: string, nextStep: string): Extract<ReportChange, { state: 'refused' }> => ({
  state: 'refused',
  message,
  nextStep,
});
const GONE = refused('There is no such report any more.', 'Look at the list again.');

const periodOf = (lastDays: number | null, atMs: number): ExportPeriod | null =>
  lastDays === null ? null : { fromMs: Math.max(0, atMs - lastDays * DAY_MS), toMs: null };

/** What is asked of a definition now. */
export const askOf = ({ of, format }: ReportDefinition, atMs: number): ExportAsk => {
  if (of.rows === 'hosts') return { ...of, format };
  const { lastDays, ...rows } = of;
  return { ...rows, format, period: periodOf(lastDays, atMs) };
};

/** Whether each run is of another sample. */
const drawsAnew = ({ of }: ReportDefinition): boolean => of.rows === 'hosts' && of.sample !== undefined && of.sample.seed === undefined;

/** As a screen is told of it. */
export const shownReport = ({ lookedAtMs, ...report }: StoredReport): Report => ({
  ...report,
  definedBy: visibleText(report.definedBy),
  nextRunAtMs: report.definition.schedule === null ? null : nextRun(report.definition.schedule, lookedAtMs),
});

/** Definitions of exports that are made again, when somebody asks for it or at their time, and held against the run before. */
export const createReports = ({ store: { reports }, user, nowMs, begin }: ReportsOptions): Reports => {
  const who: Who = { kind: 'os-user', name: user };
  let stopping = false;

  const run = (report: StoredReport, by: Who) => {
    const { id, definition, lastRun } = report;
    return begin(askOf(definition, nowMs()), by, {
      id,
      name: definition.name,
      sinceMs: lastRun?.cutOffMs ?? null,
      // Another sample has other hosts, and none of them came or went.
      rows: drawsAnew(definition) ? null : reports.lastRows(id),
      onMade: (kept, stood) => {
        const made = { entry: kept.id, cutOffMs: kept.cutOffMs, count: kept.count, difference: stood?.difference ?? null };
        const flagged = stood?.flagged ?? { count: 0, first: [] };
        const controls = (stood?.controls ?? []).map(({ id: control, title, standing }) => [control, title, standing] as const);
        try {
          reports.ran(id, { ...made, flagged }, { sha256: kept.sha256, rows: stood?.packed ?? null, controls });
        } catch {
          // The file is made and entered all the same; the next run is then held against an earlier one, and says against which.
        }
      },
    });
  };

  const problemWith = (id: number | null, { name, of }: ReportDefinition): ReportChange | null => {
    const others = reports.list().filter((one) => one.id !== id);
    if (id !== null && reports.get(id) === null) return GONE;
    if (id === null && others.length >= MOST) return refused(`There are ${MOST} reports already.`, 'Delete one that is not made any more.');
    if (others.some((one) => one.definition.name === name))
      return refused(`There is a report of the name ${visibleText(name)} already.`, 'Choose another name, or change that one.');
    const parsed = of.rows === 'hosts' ? parseQuery(of.filter ?? '', HOST_LIST_FIELDS) : null;
    return parsed?.ok === false
      ? refused(`The query cannot be read: ${visibleText(parsed.problem.message)}`, parsed.problem.nextStep)
      : null;
  };

  const whenEnded = (report: StoredReport, beganAtMs: number, job: Job): void => {
    if (job.state === 'stopped' && stopping) return;
    reports.looked(report.id, beganAtMs);
    if (job.state !== 'failed' || reports.get(report.id) === null) return;
    reports.failed(report, { code: 'report-failed', message: job.sentence, nextStep: job.nextStep ?? '' }, BY_ITSELF);
  };

  return {
    handlers: {
      'reports.list': () => reports.list().map(shownReport),
      'reports.save': ({ id, definition }) =>
        problemWith(id, definition) ?? { state: 'done', id: reports.save(id, definition, who, nowMs()) },
      'reports.delete': ({ id }) => {
        const report = reports.get(id);
        if (report === null) return GONE;
        reports.remove(report, who);
        return { state: 'done', id };
      },
      'reports.run': ({ id }) => {
        const report = reports.get(id);
        if (report === null) return GONE;
        const begun = run(report, who);
        return begun === null
          ? refused('Another export is under way.', 'Wait for its end, or stop it.')
          : { state: 'running', id: begun.id };
      },
    },
    tick: () => {
      if (stopping) return;
      const atMs = nowMs();
      try {
        const due = reports
          .list()
          .find(({ definition: { schedule }, lookedAtMs }) => schedule !== null && nextRun(schedule, lookedAtMs) <= atMs);
        const begun = due === undefined ? null : run(due, BY_ITSELF);
        if (due !== undefined && begun !== null) void begun.finished.then((job) => whenEnded(due, atMs, job)).catch(() => {});
      } catch {
        // What cannot be read or noted now, because of the disk, is due again at the next tick.
      }
    },
    stop: () => {
      stopping = true;
    },
  };
};
