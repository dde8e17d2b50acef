import type { SaidItem } from '../../../shared/contract/assessment-schemas.ts';
import { FORMATS_OF, type ExportFormat } from '../../../shared/contract/export-schemas.ts';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { type ExportHead, readHeadCheckpoint } from '../../reports/export-head.ts';
import { builtInMapping, type ControlMapping, parseMapping, withOwn } from '../../reports/controls/mapping.ts';
import { countCoverage } from '../../reports/controls/coverage.ts';
import { controlStandings, type StandingControl } from '../../reports/controls/standings.ts';
import { FORMATS } from '../../reports/formats.ts';
import { MAX_PACK_HOSTS } from '../../pack/layout.ts';
import { readLogo } from '../../reports/logo/logo.ts';
import type { Organisation, Rows } from '../../reports/port.ts';
import { ANY_RUN } from '../../store/assessment-store.ts';
import { type ExportStore, openExportStore } from '../../store/export-store.ts';
import type { ExportAsked, ExportWritten, RunExport } from './asked.ts';
import { allowedPlaces } from './allowed-places.ts';
import { createFileSink, type FileSink } from './file-sink.ts';
import { readPackResource } from './pack-resources.ts';
import { differenceOf, flaggedIn, packStood, type Stood, unpackStood } from './standing.ts';
import { askStore, type Question, sampleOf } from './question.ts';

type Watch = {
  readonly nowMs: () => number;
  readonly onProgress: (done: number, total: number) => void;
  readonly isStopped: () => boolean;
};

class Stopped extends Error {}

const STOPPED = (): Result<never> => fail('export-stopped', 'Stopped; nothing is left of the file.', 'Begin it again when it is wanted.');
/** Between two looks at whether to stop. */
const LOOK_EVERY = 256;

const demoOf = ({ readers: { fleet } }: ExportStore): ExportHead['demo'] => {
  const hosts = fleet.demoHosts();
  return hosts > 0 || fleet.endpoints().some(({ demo }) => demo) ? { hosts } : null;
};

type Noted = { readonly stood: Stood; readonly add: (row: HostRow) => void };
/** Only for a report: memory then grows with the hosts, by a few hundred bytes for each. */
function* noted(each: Iterable<HostRow>, { stood, add }: Noted): Generator<HostRow> {
  for (const row of each) {
    stood.set(row.id, { name: row.name, verdict: row.verdict });
    add(row);
    yield row;
  }
}

/** Formats that say something of controls, so that a person can judge it. */
const WITH_CONTROLS: readonly ExportFormat[] = ['oscal', 'pdf', 'pack'];
type Against = NonNullable<ExportAsked['against']>;

/** What is kept of this run, and how it differs from the one before; without rows that can be read there is nothing to hold against. */
const stoodOf = (
  stood: Stood,
  controls: readonly StandingControl[],
  said: readonly SaidItem[],
  { rows, sinceMs }: Against,
): NonNullable<ExportWritten['stood']> => {
  const before = rows === null || sinceMs === null ? null : unpackStood(rows);
  return {
    packed: packStood(stood),
    controls: [...controls],
    difference: before === null || sinceMs === null ? null : differenceOf(before, stood, sinceMs),
    flagged: flaggedIn(said, stood, controls),
  };
};

type Counter = { readonly rows: Rows; readonly goOn: () => void; readonly done: () => number };

/** Counts the rows that a format takes, tells how far it is, and ends it when it is to be stopped. */
const counted = ({ total, rows }: Question, { onProgress, isStopped }: Watch, noting: Noted | null): Counter => {
  let done = 0;
  const goOn = (): void => {
    if (isStopped()) throw new Stopped();
  };
  function* through<Row>(each: Iterable<Row>): Generator<Row> {
    for (const row of each) {
      if (done % LOOK_EVERY === 0) {
        goOn();
        onProgress(done, total);
      }
      done += 1;
      yield row;
    }
  }
  const given = (): Rows => {
    if (rows.of === 'hosts') return { of: 'hosts', each: noting === null ? through(rows.each) : noted(through(rows.each), noting) };
    return rows.of === 'findings' ? { of: 'findings', each: through(rows.each) } : { of: 'ledger', each: through(rows.each) };
  };
  return { rows: given(), goOn, done: () => done };
};

const mappingOf = (own: string | undefined): Result<ControlMapping> => {
  if (own === undefined) return ok(builtInMapping());
  const parsed = parseMapping(own);
  return parsed.ok ? ok(withOwn(builtInMapping(), parsed.value)) : parsed;
};

const organisationOf = (asked: ExportAsked['organisation']): Result<Organisation | null> => {
  if (asked === undefined) return ok(null);
  const logo = asked.logo === null ? ok(null) : readLogo(asked.logo);
  return logo.ok ? ok({ name: asked.name, logo: logo.value }) : logo;
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const NOT_READ = /^SQLITE_(?!FULL|IOERR)/u;

const failed = (error: unknown): Result<never> => {
  if (error instanceof Stopped) return STOPPED();
  const why = visibleText(error instanceof Error ? error.message : String(error), 300);
  const code = codeOf(error);
  if (NOT_READ.test(code))
    return fail(
      'export-database',
      `The database cannot be read: ${why}.`,
      'Check it: plumbline audit verify --data DIR, or restore a backup.',
    );
  if (code === '') return fail('export-ended', `The export ended before its end: ${why}.`, 'Nothing is left of the file. Report this.');
  return fail(
    'export-disk',
    `The export could not be written: ${why}. Nothing is left of the file.`,
    'Free space on the disk or check the rights of the folder, then begin again.',
  );
};

const write = async (store: ExportStore, asked: ExportAsked, cutOffMs: number, watch: Watch): Promise<Result<ExportWritten>> => {
  const { ask, version, who, notRecorded } = asked;
  const format = FORMATS[ask.format];
  if (!FORMATS_OF[ask.rows].includes(ask.format))
    return fail('export-format', `There is no ${ask.format} of ${ask.rows}.`, 'Choose another format.');
  const goOn = (): void => {
    if (watch.isStopped()) throw new Stopped();
  };
  const drawn = sampleOf(store.readers.all, ask, cutOffMs, goOn);
  if (!drawn.ok) return drawn;
  const sampled = drawn.value?.ids ?? null;
  const question = askStore(store.readers.all, ask, cutOffMs, sampled);
  if (!question.ok) return question;
  const controls = mappingOf(asked.controls);
  if (!controls.ok) return controls;
  const organisation = organisationOf(asked.organisation);
  if (!organisation.ok) return organisation;
  const { query, sort, total } = question.value;
  if (ask.format === 'pack' && total > MAX_PACK_HOSTS)
    return fail(
      'export-pack-large',
      `A pack has at most ${MAX_PACK_HOSTS} hosts, and these are ${total}.`,
      'Choose some by a filter, and make several packs.',
    );
  const checkpoint = readHeadCheckpoint(store.ledgerFile.newest()?.note ?? null);
  const demo = demoOf(store);
  const period = ask.rows === 'hosts' ? null : ask.period;
  const entries = store.ledgerFile.size();
  const sample = drawn.value === null ? {} : { sample: drawn.value.sample };
  const said = { product: 'Plumbline', version, rows: ask.rows, count: total, query, ...sample, sort, period, cutOffMs } as const;
  const head: ExportHead = { ...said, checkpoint, entries, demo, notRecorded, who };
  const again = (): Rows => {
    const once = askStore(store.readers.all, ask, cutOffMs, sampled);
    if (!once.ok) throw new Error(once.problem.message);
    return once.value.rows;
  };
  // What reads PKCS#12 takes a while to load, and most exports are not signed.
  const signing = asked.signature === undefined ? null : { ...(await import('./sign-export.ts')), given: asked.signature };
  const unsigned = signing?.signatureFault(ask.format, signing.given, watch.nowMs()) ?? null;
  if (unsigned !== null) return unsigned;
  const refused = format.refusal?.(head) ?? null;
  if (refused !== null) return { ok: false, problem: refused };
  const since = ask.rows === 'hosts' && ask.sinceMs !== undefined ? { sinceMs: ask.sinceMs } : {};
  const of = ask.rows === 'hosts' ? asked.against : undefined;
  const coverage = countCoverage(controls.value);
  const noting = of === undefined ? null : { stood: new Map(), add: coverage.add };
  const saidBefore = of === undefined ? [] : store.readers.assessments.before(of.report, ANY_RUN);
  const counter = counted(question.value, watch, noting);
  const active = store.readers.policy.active();
  const allowed = active === null ? null : allowedPlaces(active.text);
  const given = {
    controls: controls.value,
    organisation: organisation.value,
    store,
    said: saidBefore,
    allowed,
    issuers: asked.issuers ?? { roots: [], issuers: [] },
    resources: readPackResource,
    ...since,
  };
  let sink: FileSink | null = null;
  try {
    sink = createFileSink(asked.file);
    await format.write({ head, rows: counter.rows, again, goOn: counter.goOn, ...given }, sink);
    counter.goOn();
    const whole = sink.end();
    // The head says how many rows there are before the first of them was read.
    if (counter.done() !== total) {
      sink.abandon();
      return fail(
        'export-count',
        `${total} rows were counted and ${counter.done()} could be read.`,
        'Check the database: plumbline audit verify --data DIR.',
      );
    }
    const signed = signing === null ? null : signing.signExport(asked.file, signing.given, watch.nowMs());
    if (signed?.ok === false) {
      sink.abandon();
      return signed;
    }
    watch.onProgress(total, total);
    const { bytes, sha256 } = signed?.value ?? whole;
    const signedBy = signed?.value.signedBy ?? null;
    const written = {
      count: total,
      bytes,
      sha256,
      signedBy,
      query,
      sort,
      ...sample,
      cutOffMs,
      checkpointSize: checkpoint?.size ?? 0,
      demo: demo !== null,
    };
    if (noting === null || of === undefined) return ok(written);
    const judged = WITH_CONTROLS.includes(ask.format) ? controlStandings(coverage.result(store.facts(cutOffMs))) : [];
    return ok({ ...written, stood: stoodOf(noting.stood, judged, saidBefore, of) });
  } catch (error) {
    sink?.abandon();
    return failed(error);
  }
};

/** An export, in this thread and to its end. All of it is of one moment: that at which the database was opened. */
export const runExport = async (asked: ExportAsked, watch: Watch): Promise<Result<ExportWritten>> => {
  let cutOffMs: number | null = null;
  const cutOff = (): number => (cutOffMs ??= watch.nowMs());
  const opened = openExportStore(asked.dataFolder, { nowMs: cutOff, notRecorded: () => asked.notRecorded ?? [] });
  if (!opened.ok) return opened;
  try {
    return await write(opened.value, asked, cutOff(), watch);
  } catch (error) {
    return failed(error);
  } finally {
    opened.value.close();
  }
};

/** Where nothing else needs this thread: it answers nobody until it ends. */
export const exportHere =
  (nowMs: () => number): RunExport =>
  (asked, onProgress, signal) =>
    runExport(asked, { nowMs, onProgress, isStopped: () => signal.aborted });
