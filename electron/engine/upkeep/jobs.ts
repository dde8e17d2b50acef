import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { ExportAsk } from '../../../shared/contract/export-schemas.ts';
import {
  type Job,
  type JobAsk,
  type JobKind,
  type JobStart,
  type RecheckAsk,
  type Retention,
  retentionSchema,
} from '../../../shared/contract/job-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Who } from '../../ledger/entry.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import { DEFAULT_RETENTION } from '../../store/retention.ts';
import { RETENTION_SETTING } from '../../store/report-facts.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
import type { FindingBulkAsk } from '../../../shared/contract/finding-bulk-schemas.ts';
import type { ActOnFindings } from '../findings/bulk.ts';
import type { FromReport, MakeExport } from '../exports/exports.ts';
import { readAsked, type Recheck, type RecheckAsked } from './recheck/asked.ts';
import { enterRecheck } from './recheck/entry.ts';
import { nextStepOf, sentenceOf } from './recheck/report.ts';
import { recheckHere } from './recheck/run.ts';

export type JobsOptions = {
  readonly store: Pick<Store, 'ledger' | 'purge' | 'upkeep' | 'settings'> & { readonly write: Pick<Store['write'], 'dropUnused'> };
  readonly dataFolder: string;
  /** The operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  readonly onProgress: (job: Job) => void;
  /** Where a re-check runs; default: in this thread, which answers nobody meanwhile. */
  readonly recheck?: Recheck;
  /** Where exports are made; default: nowhere. */
  readonly makeExport?: MakeExport;
  /** Steps for many findings; default: none can be taken. */
  readonly findings?: ActOnFindings;
  /** By what the anchors of the ledger are verified. */
  readonly trusted?: Pick<RecheckAsked, 'witnessKeys' | 'roots'>;
  /** Nothing can be entered: a re-check is made all the same, and says so. */
  readonly readOnly?: boolean;
};

type Outcome = Pick<Job, 'sentence'> & Partial<Pick<Job, 'nextStep' | 'report' | 'made'>>;
/** What somebody kept elsewhere, to hold a ledger against; what an export is of. */
type Given = {
  readonly key?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly export?: ExportAsk;
  readonly from?: FromReport;
  readonly findings?: FindingBulkAsk;
};
type Running = { job: Job; readonly abort: AbortController; readonly finished: Promise<Job> };

export type Jobs = {
  readonly handlers: Pick<Handlers, 'jobs.list' | 'jobs.start' | 'jobs.cancel' | 'ledger.recheck' | 'retention.get' | 'retention.set'>;
  /** Begins the daily purge where a day has passed since the last one. */
  readonly tick: () => void;
  /** Runs one to its end. `file`: where a backup goes; by default into the folder `backups` of the data folder. */
  readonly run: (kind: JobKind, file?: string) => Promise<Job>;
  /** Begins the run of a report; null while another export goes on. */
  readonly report: (ask: ExportAsk, by: Who, from: FromReport) => { readonly id: number; readonly finished: Promise<Job> } | null;
  readonly stop: () => Promise<void>;
};

const KEPT = 50;
const PURGE_EVERY_MS = 24 * 60 * 60 * 1000;
const retentionName = RETENTION_SETTING;
const lastPurgeName = 'last-purge-at-ms';
const UNDER_WAY = { state: 'refused', message: 'This is under way already.', nextStep: 'Wait for its end, or stop it.' } as const;
const NOT_ENTERED = ' It is not entered into the ledger, because this Plumbline is read-only.';

/** With how it ended, where that is something else than of the others. */
class Stopped extends Error {}
class Failed extends Error {
  readonly nextStep: string;
  constructor(message: string, nextStep: string) {
    super(message);
    this.nextStep = nextStep;
  }
}

const words = (retention: Retention): string =>
  `Confirmations ${retention.confirmationsDays} days, quotes ${retention.quotesDays}, evidence ${retention.evidenceDays}, trend ${retention.trendDays}.`;

/** Work on the database that takes longer than an answer may: each job is one at a time, tells how far it is, and can be stopped. */
export const createJobs = (options: JobsOptions): Jobs => {
  const { store, dataFolder, user, nowMs, onProgress } = options;
  const { witnessKeys, roots } = options.trusted ?? { witnessKeys: [], roots: [] };
  const jobs = new Map<number, Running>();
  let next = 1;
  const who: Who = { kind: 'os-user', name: user };
  const retention = (): Retention => store.settings.read(retentionName, retentionSchema) ?? DEFAULT_RETENTION;

  const show = (running: Running, change: Partial<Job>): void => {
    running.job = { ...running.job, ...change };
    onProgress(running.job);
  };

  const backup = async (running: Running, file: string): Promise<Outcome> => {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const made = await store.upkeep.backup(file, (done, total) => show(running, { done, total }), running.abort.signal);
    if (!made.ok) {
      if (running.abort.signal.aborted) throw new Stopped();
      throw new Failed(made.problem.message, made.problem.nextStep);
    }
    show(running, { done: made.value.pages, total: made.value.pages });
    const sentence = `${made.value.pages} pages to ${visibleText(file, 500)}. The key of the ledger is not part of it.`;
    const body = { file: path.basename(file), pages: made.value.pages, entries: store.ledger.size(), detail: sentence };
    store.ledger.append({ who, kind: 'store.backed-up', subject: 'database', body });
    return { sentence };
  };

  const steps = async <T>(running: Running, work: Generator<unknown, T>, onStep: () => void): Promise<T> => {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done === true) return step.value;
      onStep();
      await breath();
      if (running.abort.signal.aborted) throw new Stopped();
    }
  };

  const purge = async (running: Running, by: Who): Promise<Outcome> => {
    store.settings.write(lastPurgeName, nowMs());
    const onStep = (): void => show(running, { done: running.job.done + 1 });
    const purged = await steps(running, store.purge(retention(), nowMs(), by), onStep);
    // What large evidence consisted of; the next record would sweep it too, but a folder that nobody records to has none.
    for (const _ of store.write.dropUnused()) {
      onStep();
      await breath();
      if (running.abort.signal.aborted) throw new Stopped();
    }
    return {
      sentence: `${purged.confirmations} batches of confirmations, ${purged.quotes} quotes, ${purged.evidence} pieces of evidence and ${purged.trend} points of the trend were older than they are kept for.`,
    };
  };

  const compact = async (running: Running): Promise<Outcome> => {
    const work = store.upkeep.compact();
    const { pages } = await steps(running, work, () => show(running, { done: running.job.done + 1 }));
    const sentence = `${pages} pages were given back to the disk.`;
    store.ledger.append({ who, kind: 'store.compacted', subject: 'database', body: { pages, detail: sentence } });
    return { sentence };
  };

  const recheck = async (running: Running, given: Given): Promise<Outcome> => {
    const asked = { dataFolder, key: given.key ?? '', checkpoint: given.checkpoint ?? '', witnessKeys, roots };
    const run = options.recheck ?? recheckHere;
    const found = await run(asked, (done, total) => show(running, { done, total }), running.abort.signal);
    if (running.abort.signal.aborted) throw new Stopped('Stopped before its end: nothing can be concluded from it.');
    const entered = options.readOnly === true ? NOT_ENTERED : enterRecheck(store.ledger, who, found);
    if (!found.ok) throw new Failed(`${found.problem.message} Nothing can be concluded from it.${entered}`, found.problem.nextStep);
    return { sentence: `${sentenceOf(found.value)}${entered}`, nextStep: nextStepOf(found.value), report: found.value };
  };

  const makeExport = async (running: Running, { export: ask, from }: Given, by: Who): Promise<Outcome> => {
    if (ask === undefined || options.makeExport === undefined) throw new Failed('Nothing can be exported here.', 'Use plumbline export.');
    const made = await options.makeExport(ask, (done, total) => show(running, { done, total }), running.abort.signal, by, from);
    if (!made.ok && made.problem.code === 'export-stopped') throw new Stopped(made.problem.message);
    if (!made.ok) throw new Failed(made.problem.message, made.problem.nextStep);
    return { sentence: `${made.value.name}, entered into the ledger as entry ${made.value.id}.`, made: made.value };
  };

  const actOnFindings = async (running: Running, { findings: ask }: Given): Promise<Outcome> => {
    if (ask === undefined || options.findings === undefined) throw new Failed('Nothing can be done to findings here.', 'Open the console.');
    const { abort, job } = running;
    const { sentence, stopped } = await options.findings.run(ask, job.id, (done, total) => show(running, { done, total }), abort.signal);
    if (stopped) throw new Stopped(sentence);
    return { sentence };
  };

  const fileFor = (atMs: number): string =>
    path.join(dataFolder, 'backups', `plumbline-${new Date(atMs).toISOString().replaceAll(/[:.]/gu, '-')}.db`);

  const begin = (kind: JobKind, by: Who, file?: string, given: Given = {}): Running => {
    const id = next;
    next += 1;
    const startedAtMs = nowMs();
    const job: Job = {
      id,
      kind,
      state: 'running',
      who: by.name,
      startedAtMs,
      endedAtMs: null,
      done: 0,
      total: 0,
      sentence: '',
      nextStep: null,
      report: null,
      made: null,
    };
    const abort = new AbortController();
    const work = async (running: Running): Promise<Job> => {
      // What follows runs after `running` is known to everyone.
      await breath();
      try {
        const kinds: Readonly<Record<JobKind, () => Promise<Outcome>>> = {
          backup: () => backup(running, file ?? fileFor(startedAtMs)),
          purge: () => purge(running, by),
          compact: () => compact(running),
          recheck: () => recheck(running, given),
          export: () => makeExport(running, given, by),
          findings: () => actOnFindings(running, given),
        };
        const outcome = await kinds[kind]();
        show(running, { ...outcome, state: 'done', endedAtMs: nowMs() });
      } catch (error) {
        const ended = { endedAtMs: nowMs() };
        if (error instanceof Stopped)
          show(running, { ...ended, state: 'stopped', sentence: error.message || 'Stopped; what was done until then stays done.' });
        else {
          const why = visibleText(error instanceof Error ? error.message : String(error), 300);
          const nextStep = error instanceof Failed ? error.nextStep : 'Check the disk and the rights of the data folder, and begin again.';
          show(running, { ...ended, state: 'failed', sentence: why, nextStep });
        }
      }
      return running.job;
    };
    const running: Running = { job, abort, finished: Promise.resolve(job) };
    const started: Running = Object.assign(running, { finished: work(running) });
    jobs.set(id, started);
    const oldest = jobs.keys().next().value;
    if (jobs.size > KEPT && oldest !== undefined) jobs.delete(oldest);
    return started;
  };

  const isRunning = (kind: JobKind): boolean => [...jobs.values()].some(({ job }) => job.kind === kind && job.state === 'running');

  const start = (ask: JobAsk): JobStart => {
    if (isRunning(ask.kind)) return UNDER_WAY;
    if (ask.kind === 'findings') {
      const refused = options.findings?.problemWith(ask.findings) ?? null;
      if (refused !== null) return { state: 'refused', ...refused };
      return { state: 'running', id: begin('findings', who, undefined, { findings: ask.findings }).job.id };
    }
    const running = ask.kind === 'export' ? begin('export', who, undefined, { export: ask.export }) : begin(ask.kind, who);
    return { state: 'running', id: running.job.id };
  };

  const startRecheck = ({ key, checkpoint }: RecheckAsk): JobStart => {
    if (isRunning('recheck')) return UNDER_WAY;
    const given = readAsked({ key: key ?? '', checkpoint: checkpoint ?? '', witnessKeys: [], roots: [] });
    if (!given.ok) return { state: 'refused', message: given.problem.message, nextStep: given.problem.nextStep };
    return { state: 'running', id: begin('recheck', who, undefined, { key, checkpoint }).job.id };
  };

  return {
    handlers: {
      'jobs.list': () => [...jobs.values()].map(({ job }) => job).toReversed(),
      'jobs.start': start,
      'ledger.recheck': startRecheck,
      'jobs.cancel': ({ id }) => {
        jobs.get(id)?.abort.abort();
        return {};
      },
      'retention.get': () => retention(),
      'retention.set': ({ retention: wanted, reason }) => {
        const before = retention();
        const detail = `${reason} ${words(wanted)}`;
        const entry = { who, kind: 'settings.changed', subject: 'retention', body: { before, after: wanted, detail } };
        store.settings.change(retentionName, wanted, entry);
        return {};
      },
    },
    tick: () => {
      try {
        const last = store.settings.read(lastPurgeName, z.number().int());
        // Nothing is old enough on the first day.
        if (last === null) store.settings.write(lastPurgeName, nowMs());
        else if (nowMs() - last >= PURGE_EVERY_MS && !isRunning('purge')) begin('purge', BY_ITSELF);
      } catch {
        // A clock calls this, and nobody would hear it. What a full disk does not take now is noted at a later tick; until then nothing is purged.
      }
    },
    run: (kind, file) => begin(kind, who, file).finished,
    report: (ask, by, from) => {
      if (isRunning('export')) return null;
      const { job, finished } = begin('export', by, undefined, { export: ask, from });
      return { id: job.id, finished };
    },
    stop: async () => {
      for (const { abort } of jobs.values()) abort.abort();
      await Promise.all([...jobs.values()].map(({ finished }) => finished));
    },
  };
};
