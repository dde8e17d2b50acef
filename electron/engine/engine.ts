import type { LoadedConfig } from './load-config.ts';
import type { EventName, EventPayload, Handlers } from '../../shared/contract/contract.ts';
import type { EndpointStatus } from '../../shared/contract/schemas.ts';
import { fail, type Problem } from '../../shared/model/result.ts';
import type { AlertConfig, AnchorConfig, EndpointConfig } from '../connectors/endpoints-file.ts';
import type { SweepReport } from '../polling/scheduler.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

import { breath } from './breath.ts';
import { type Collector, type CollectorConfig, type CollectorEvents, createCollector } from './collector.ts';
import { silentEndpoint } from './findings/drafts.ts';
import { createActOnFindings } from './findings/bulk.ts';
import { createFindingLife } from './findings/life.ts';
import { createAlerts } from './alerts/alerts.ts';
import { appInfo } from './app-info.ts';
import { createAnchors } from './ledger/anchors.ts';
import type { RunExport } from './exports/asked.ts';
import { createExports } from './exports/exports.ts';
import type { SigningFile } from './load-config.ts';
import { createViews } from './host-lists.ts';
import { headFile } from './ledger/head-file.ts';
import { createKeeper, type Known } from './ledger/keeper.ts';
import { keyFile } from './ledger/key-file.ts';
import { hostDetailOf } from './host-detail.ts';
import type { ReadEndorsement } from './evidence-folders.ts';
import { createTarget, readTarget } from './posture.ts';
import { createPolicy } from './policy/policy.ts';
import { decidedAnew } from './policy/redecide.ts';
import { createPreferences } from './preferences.ts';
import { createAnswers } from './readers/answers.ts';
import type { Moment } from './readers/messages.ts';
import type { Reader } from './readers/reader-thread.ts';
import { createReading } from './readers/reading.ts';
import { createAssess } from './reports/assess.ts';
import { createReports } from './reports/reports.ts';
import { createReferences } from './references/references.ts';
import { createJobs } from './upkeep/jobs.ts';
import { type Recheck, trustedByAnchors } from './upkeep/recheck/asked.ts';
import { recheckHere } from './upkeep/recheck/run.ts';
import { whoActs } from './who.ts';

export type EngineOptions = {
  readonly store: Store;
  readonly endpoints: readonly EndpointConfig[];
  /** Where checkpoints of the ledger go. */
  readonly anchors: readonly AnchorConfig[];
  readonly alerts?: readonly AlertConfig[];
  /** Text of an organisation's own mapping of controls. */
  readonly controlsText?: string | null;
  /** What reports can be signed with; none of it is shown but its certificate. */
  readonly signature?: SigningFile | null;
  /** Whose reports they are; null = nobody said. */
  readonly organisation?: LoadedConfig['organisation'];
  /** What endorsement certificates are judged by; null = nothing was named. */
  readonly endorsement: ReadEndorsement | null;
  /** Text of a manifest file given at start; null = none. */
  readonly manifestText: string | null;
  readonly version: string;
  readonly shell: 'desktop' | 'console';
  readonly dataFolder: string;
  /** The data folder to which the shell can leave this demo; null where it is none. */
  readonly leavesTo?: string | null;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  readonly nowMs?: () => number;
  /** Where the ledger is re-checked; default: in this thread. */
  readonly recheck?: Recheck;
  /** Where exports are written; default: in this thread. */
  readonly runExport?: RunExport;
  /** Where hosts are asked and judged; default: in this thread. */
  readonly collect?: (inForce: Pick<CollectorConfig, 'inForce' | 'references'>, events: CollectorEvents) => Collector;
  /** Who reads beside this thread; default: nobody. */
  readonly read?: (moment: () => Moment) => Reader;
};

export type Engine = {
  readonly handlers: Handlers;
  /** Starts polling and the clock that lets trust grow stale. */
  readonly start: () => void;
  /** Sweeps every endpoint once, in parallel, and records. For `poll --once`; only where hosts are asked in this thread. */
  readonly sweepAll: (signal: AbortSignal) => Promise<SweepReport[]>;
  /** Why something found was not recorded; null when all of it was. */
  readonly recordingProblem: () => Problem | null;
  /** Something about the manifest that a person should know: a file that waits for approval. */
  readonly policyNotice: () => string | null;
  /** How this start found the record, in sentences. */
  readonly recordNotices: () => readonly string[];
  readonly stop: () => Promise<void>;
};

const EXPIRY_TICK_MS = 5_000;
/** Between two ticks, longer than any work takes. */
const HELD_MS = 60_000;
const TREND_EVERY_MS = 60_000;
const EMIT_EVERY_MS = 500;

const notRecorded = (error: unknown): Problem => ({
  code: 'not-recorded',
  message: `What was found could not be recorded: ${error instanceof Error ? error.message : String(error)}.`,
  nextStep: 'Free space on the disk or check the rights of the data folder; recording goes on by itself.',
});

/** A demo is left by the shell that started it; here is only what is said where there is none. */
const NO_DEMO = fail('no-demo', 'This Plumbline was not started as a demo.', 'Stop it and start it with your own endpoints file.');

const asKnown = ({ name, kind, verifier, intervalMs }: EndpointConfig): Known => ({ name, kind, url: verifier, intervalMs });

/** The default of where exports are written. What prints them is loaded by the first one. */
const exportIn =
  (nowMs: () => number): RunExport =>
  async (...args) => {
    const { exportHere } = await import('./exports/run.ts');
    return exportHere(nowMs)(...args);
  };

/** The monitor: asks, verifies, judges, records, and answers the contract's calls from what is recorded. */
export const createEngine = (options: EngineOptions): Engine => {
  const { store, endpoints } = options;
  const nowMs = options.nowMs ?? Date.now;
  const startedAtMs = nowMs();
  const user = whoActs();
  let revision = 0;
  let emitTimer: ReturnType<typeof setTimeout> | null = null;

  const changed = (): void => {
    revision += 1;
    emitTimer ??= setTimeout(() => {
      emitTimer = null;
      options.emit('fleet.changed', { revision, atMs: nowMs() });
    }, EMIT_EVERY_MS);
  };

  /**
   * Endpoints of which something found could not be recorded, until a whole sweep was recorded again.
   * Shown there: a screen that looks fresh and is not would be a lie.
   */
  const unrecorded = new Map<string, Problem>();
  const failedThisSweep = new Set<string>();
  const record = (endpoint: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      unrecorded.set(endpoint, notRecorded(error));
      failedThisSweep.add(endpoint);
    }
    changed();
  };

  /** Evidence of another host counts against this one from then on. */
  const freshSince = (): number => nowMs() - policy.inForce().manifest.defaults.maxEvidenceAgeMs;

  /** A manifest may have been activated while this host was being judged by the one before: what that one says is never written. */
  const recordDecided = (judged: HostRecord): void => {
    const { number, manifest } = policy.inForce();
    const found = judged.decidedBy === number ? judged : decidedAnew(judged, manifest, number);
    const beside = findings.besideOthers(found, freshSince());
    store.write.recordHosts([beside.length === 0 ? found : { ...found, steady: null, findings: [...found.findings, ...beside] }]);
  };

  let recording = 0;
  /** Large evidence is written and deleted in steps, between which calls are answered. */
  const recordFound = async (found: HostRecord): Promise<void> => {
    recording += 1;
    try {
      for (const _ of store.write.putLarge(found)) await breath();
      record(found.endpoint, () => recordDecided(found));
    } catch (error) {
      record(found.endpoint, () => {
        throw error;
      });
    } finally {
      recording -= 1;
    }
    if (recording > 0) return;
    try {
      // Parts on their way belong to nothing yet, so nothing is deleted while any are.
      for (const _ of store.write.dropUnused()) {
        await breath();
        if (recording > 0) return;
      }
    } catch (error) {
      unrecorded.set(found.endpoint, notRecorded(error));
    }
  };

  const collectorEvents: CollectorEvents = {
    prior: (endpoint, id, ekSha256) => {
      try {
        return { memory: store.hosts.memory(id), sharedWith: ekSha256 === null ? null : store.hosts.sharing(ekSha256, id, freshSince()) };
      } catch (error) {
        unrecorded.set(endpoint, notRecorded(error));
        failedThisSweep.add(endpoint);
        return null;
      }
    },
    onRecord: recordFound,
    onSweep: (report) => onSweep(report),
    onProgress: (endpoint, done, total, running) => options.emit('poll.progress', { endpoint, done, total, running }),
  };

  /** Endpoints whose sweep had begun with other reference values. */
  const askAgain = new Set<string>();
  let polling = false;
  const onSweep = (report: SweepReport): void => {
    const config = endpoints.find((endpoint) => endpoint.name === report.name);
    if (!config) return;
    const { outcome } = report;
    const atMs = report.startedAtMs + report.durationMs;
    const silent = outcome.ok ? null : silentEndpoint(config.name, outcome.problem);
    record(config.name, () => {
      store.write.recordEndpoint({
        name: config.name,
        kind: config.kind,
        url: config.verifier,
        problem: outcome.ok ? null : outcome.problem,
        hosts: outcome.ok ? outcome.hosts : 0,
        sweepAtMs: atMs,
        successAtMs: outcome.ok ? atMs : null,
        durationMs: report.durationMs,
        intervalMs: config.intervalMs,
        demo: outcome.ok && outcome.demo,
      });
      store.write.setEndpointFinding(config.name, silent, atMs);
      store.write.recordTrend(atMs, TREND_EVERY_MS);
    });
    if (!failedThisSweep.delete(config.name)) unrecorded.delete(config.name);
    keeper.seal(false);
    alerts.look();
    if (askAgain.delete(config.name) && polling) collector?.sweepNow();
  };

  const anchors = createAnchors({ configs: options.anchors, store, nowMs });
  const alerts = createAlerts({
    configs: options.alerts ?? [],
    store,
    nowMs,
    version: options.version,
    origin: () => store.ledger.newest()?.note.split('\n', 1)[0] ?? 'unsigned',
  });
  const keeper = createKeeper({
    store,
    anchors,
    keys: keyFile(options.dataFolder),
    head: headFile(options.dataFolder),
    nowMs,
    version: options.version,
    shell: options.shell,
  });
  const exportHere = exportIn(nowMs);
  const exports = createExports({
    store,
    dataFolder: options.dataFolder,
    version: options.version,
    ...(typeof options.controlsText === 'string' && { controls: options.controlsText }),
    signature: options.signature ?? null,
    ...(options.endorsement && { issuers: options.endorsement.issuers }),
    ...(options.organisation && { organisation: options.organisation }),
    nowMs,
    who: { kind: 'os-user', name: user },
    notRecorded: () => lost(),
    run: (...args) => {
      // As before a re-check: the checkpoint that is printed covers what was entered until now.
      keeper.seal(false);
      return (options.runExport ?? exportHere)(...args);
    },
  });
  const jobs = createJobs({
    store,
    dataFolder: options.dataFolder,
    user,
    nowMs,
    onProgress: (job) => options.emit('jobs.progress', job),
    trusted: trustedByAnchors(options.anchors),
    makeExport: exports.make,
    findings: createActOnFindings({ store, user, nowMs, onChange: changed }),
    recheck: (...args) => {
      // What was entered until now is signed first, which the clock would do a moment later: otherwise the last seconds are never covered.
      keeper.seal(false);
      return (options.recheck ?? recheckHere)(...args);
    },
  });
  const madeAgain = createReports({ store, user, nowMs, begin: jobs.report });
  const findings = createFindingLife({ store, user, nowMs, onChange: changed });
  const policy = createPolicy({
    store,
    given: options.manifestText,
    user,
    nowMs,
    onProgress: (id, done, total, running) => options.emit('policy.progress', { id, done, total, running }),
    onChange: (inForce) => {
      collector?.setManifest(inForce);
      changed();
    },
  });
  const references = createReferences({
    store,
    user,
    nowMs,
    manifest: () => policy.inForce().manifest,
    onChange: (sets) => {
      collector?.setReferences(sets);
      for (const { name } of endpoints) if (collector?.isSweeping(name) === true) askAgain.add(name);
      if (polling) collector?.sweepNow();
      changed();
    },
  });
  const start = { inForce: policy.inForce(), references: references.approved() };
  const local =
    options.collect === undefined
      ? createCollector({ endpoints, endorsement: options.endorsement, nowMs, ...start }, collectorEvents)
      : null;
  const collector: Collector | null = local ?? options.collect?.(start, collectorEvents) ?? null;

  let tickedAtMs = nowMs();
  const expire = (): void => {
    try {
      const ended = findings.endWaivers();
      if (store.write.expire(nowMs()) + ended === 0) return;
      store.write.recordTrend(nowMs(), TREND_EVERY_MS);
    } catch (error) {
      for (const config of endpoints) unrecorded.set(config.name, notRecorded(error));
    }
    changed();
  };
  const tick = (): void => {
    const heldMs = nowMs() - tickedAtMs;
    if (heldMs > HELD_MS) keeper.gap(tickedAtMs, 'the machine slept, Plumbline was held, or the clock was set forward');
    tickedAtMs = nowMs();
    expire();
    jobs.tick();
    madeAgain.tick();
    keeper.seal(false);
    anchors.look();
    alerts.look();
  };
  const lost = (): string[] => [...unrecorded.keys()];
  store.judgeFreshness({ nowMs, notRecorded: lost });
  // Before anyone looks: what was trusted when Plumbline stopped may not be now.
  expire();
  let expiry: ReturnType<typeof setInterval> | null = null;
  const reader = options.read?.(() => ({ nowMs: nowMs(), notRecorded: lost() })) ?? null;
  const { 'overview.read': readOverview, 'posture.read': readPosture, ...lists } = createReading(createAnswers(store, nowMs), reader, lost);

  const endpointStatuses = (): EndpointStatus[] => {
    const stored = new Map(store.fleet.endpoints().map((endpoint) => [endpoint.name, endpoint]));
    return endpoints.map((config) => {
      const known = stored.get(config.name);
      const asking = collector?.isSweeping(config.name) ?? false;
      return {
        name: config.name,
        kind: config.kind,
        url: config.verifier,
        state:
          unrecorded.has(config.name) || known?.problem
            ? 'silent'
            : known?.lastSuccessAtMs
              ? 'answering'
              : asking
                ? 'asking'
                : 'never-asked',
        problem: unrecorded.get(config.name) ?? known?.problem ?? null,
        hosts: known?.hosts ?? 0,
        lastSweepAtMs: known?.lastSweepAtMs ?? null,
        lastSuccessAtMs: known?.lastSuccessAtMs ?? null,
        lastDurationMs: known?.lastDurationMs ?? null,
        nextSweepAtMs: collector?.nextSweepAtMs(config.name) ?? null,
        intervalMs: config.intervalMs,
        demo: known?.demo ?? false,
      };
    });
  };

  const handlers: Handlers = {
    ...policy.handlers,
    ...references.handlers,
    ...findings.handlers,
    ...keeper.handlers,
    ...jobs.handlers,
    ...exports.handlers,
    ...madeAgain.handlers,
    ...createAssess({ store, who: { kind: 'os-user', name: user }, nowMs }),
    ...lists,
    ...createViews(store, { kind: 'os-user', name: user }, nowMs),
    'app.info': appInfo(store.fleet, { ...options, startedAtMs, user, readOnly: false }),
    ...createPreferences(store.settings, user, options.dataFolder),
    'demo.leave': () => NO_DEMO,
    'overview.get': async () => {
      const { name, builtIn, defaults } = policy.inForce().manifest;
      const recorded = await readOverview({ maxAgeMs: defaults.maxEvidenceAgeMs });
      return { ...recorded, endpoints: endpointStatuses(), manifest: { name, builtIn } };
    },
    'hosts.get': ({ id }) => hostDetailOf(store.hosts, id),
    'posture.get': async (asked) => ({ ...(await readPosture(asked)), target: readTarget(store) }),
    ...createTarget(store, { kind: 'os-user', name: user }),
    'pack.get': () => null,
    'endpoints.list': endpointStatuses,
    'alerts.list': () => [...alerts.state()],
    'poll.now': () => ({ started: collector?.sweepNow() ?? false }),
  };

  return {
    handlers,
    start: () => {
      polling = true;
      keeper.begin(store.fleet.endpoints(), endpoints.map(asKnown));
      tickedAtMs = nowMs();
      expiry = setInterval(tick, EXPIRY_TICK_MS);
      // Hosts that another version decided last, because Plumbline was stopped in between.
      void policy.apply().then(
        (isOther): void => (isOther ? changed() : undefined),
        () => {},
      );
      collector?.start();
    },
    sweepAll: async (signal) => {
      keeper.begin(store.fleet.endpoints(), endpoints.map(asKnown));
      // What cannot be written is said by `recordingProblem` at the first host.
      await policy.apply().catch(() => false);
      const reports = (await local?.sweepAll(signal)) ?? [];
      signal.addEventListener('abort', () => void Promise.all([anchors.stop(), alerts.stop()]), { once: true });
      for (const report of reports) onSweep(report);
      await anchors.settled();
      alerts.look();
      await alerts.settled();
      return reports;
    },
    policyNotice: policy.notice,
    recordNotices: keeper.found,
    recordingProblem: () => unrecorded.values().next().value ?? null,
    stop: async () => {
      polling = false;
      if (expiry) clearInterval(expiry);
      if (emitTimer) clearTimeout(emitTimer);
      await reader?.stop();
      await collector?.stop();
      await policy.stop();
      madeAgain.stop();
      await jobs.stop();
      await anchors.stop();
      await alerts.stop();
      keeper.end();
    },
  };
};
