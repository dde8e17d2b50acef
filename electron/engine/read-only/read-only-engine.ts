import type { EventName, EventPayload, Handlers } from '../../../shared/contract/contract.ts';
import type { ReadingCall } from '../../../shared/contract/call-effects.ts';
import type { EndpointStatus } from '../../../shared/contract/schemas.ts';
import type { StoredEndpoint } from '../../store/fleet-readers.ts';
import type { ReadOnlyStore } from '../../store/store.ts';
import { appInfo } from '../app-info.ts';
import { exportsFolder, keptExports } from '../exports/kept.ts';
import { createFindingLife } from '../findings/life.ts';
import { hostDetailOf } from '../host-detail.ts';
import { keyFile } from '../ledger/key-file.ts';
import { createSigning } from '../ledger/signing.ts';
import { createAnswers } from '../readers/answers.ts';
import { createReading } from '../readers/reading.ts';
import type { Reader } from '../readers/reader-thread.ts';
import type { Moment } from '../readers/messages.ts';
import { shownReport } from '../reports/reports.ts';
import { readTarget } from '../posture.ts';
import { readPreferences } from '../preferences.ts';
import { createReferences } from '../references/references.ts';
import { createJobs } from '../upkeep/jobs.ts';
import type { Recheck } from '../upkeep/recheck/asked.ts';
import { recheckHere } from '../upkeep/recheck/run.ts';
import { whoActs } from '../who.ts';
import { createPolicyInForce } from './policy-in-force.ts';

export type ReadOnlyOptions = {
  readonly opened: ReadOnlyStore;
  readonly version: string;
  readonly shell: 'desktop' | 'console';
  readonly dataFolder: string;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  readonly nowMs?: () => number;
  /** Where the ledger is re-checked; default: in this thread. */
  readonly recheck?: Recheck;
  /** Who reads beside this thread; default: nobody. */
  readonly read?: (moment: () => Moment) => Reader;
};

export type ReadOnlyEngine = {
  /** Calls that read, and no others. */
  readonly handlers: Readonly<Pick<Handlers, ReadingCall>>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

const nothing = (): void => {};
const LOOK_EVERY_MS = 2_000;
/** Trust ages by the clock alone, also where nobody writes. */
const AGED_EVERY_MS = 30_000;

/** As it was recorded last. Whether it is being asked right now is known to the Plumbline that writes. */
const asRecorded = (endpoint: StoredEndpoint): EndpointStatus => ({
  ...endpoint,
  state: endpoint.problem !== null ? 'silent' : endpoint.lastSuccessAtMs !== null ? 'answering' : 'never-asked',
  nextSweepAtMs: null,
});

/**
 * Shows a data folder and changes nothing of it: asks no endpoint, signs nothing, enters nothing. Two walls: the connection refuses every
 * write, and a call that writes is not among the handlers. Exports are left out, because one that no entry tells of cannot be told from a
 * forgery; those that are kept can be taken.
 */
export const createReadOnlyEngine = (options: ReadOnlyOptions): ReadOnlyEngine => {
  const { store, folder, version } = options.opened;
  const { dataFolder } = options;
  const nowMs = options.nowMs ?? Date.now;
  const user = whoActs();
  store.judgeFreshness({ nowMs, notRecorded: () => [] });
  const reader = options.read?.(() => ({ nowMs: nowMs(), notRecorded: [] })) ?? null;
  const {
    'overview.read': readOverview,
    'posture.read': readPosture,
    ...lists
  } = createReading(createAnswers(store, nowMs), reader, () => []);

  const policy = createPolicyInForce({
    store,
    user,
    nowMs,
    onProgress: (id, done, total, running) => options.emit('policy.progress', { id, done, total, running }),
  });
  const references = createReferences({ store, user, nowMs, manifest: () => policy.inForce().manifest, onChange: nothing }).handlers;
  const findings = createFindingLife({ store, user, nowMs, onChange: nothing }).handlers;
  const signing = createSigning(store.ledger, keyFile(dataFolder));
  const jobs = createJobs({
    store,
    dataFolder: folder,
    user,
    nowMs,
    readOnly: true,
    onProgress: (job) => options.emit('jobs.progress', job),
    recheck: options.recheck ?? recheckHere,
  });
  const kept = () => keptExports(exportsFolder(dataFolder), store.ledger);
  const endpoints = (): EndpointStatus[] => store.fleet.endpoints().map(asRecorded);

  const handlers: ReadOnlyEngine['handlers'] = {
    ...lists,
    ...policy.handlers,
    'app.info': appInfo(store.fleet, { ...options, startedAtMs: nowMs(), user, readOnly: true }),
    'preferences.get': readPreferences(store.settings, user, null),
    'overview.get': async () => {
      const { name, builtIn, defaults } = policy.inForce().manifest;
      const recorded = await readOverview({ maxAgeMs: defaults.maxEvidenceAgeMs });
      return { ...recorded, endpoints: endpoints(), manifest: { name, builtIn } };
    },
    'views.list': ({ list }) => store.views.list(list),
    'hosts.get': ({ id }) => hostDetailOf(store.hosts, id),
    'hosts.locations': findings['hosts.locations'],
    'findings.get': findings['findings.get'],
    'references.list': references['references.list'],
    'references.get': references['references.get'],
    'references.compare': references['references.compare'],
    'references.reach': references['references.reach'],
    'references.lint': references['references.lint'],
    'ledger.state': () => ({
      entries: store.ledger.size(),
      checkpoint: store.ledger.newest(),
      verifierKey: signing.named()[0]?.text ?? '',
      problem: null,
      anchors: [],
      found: [],
    }),
    'ledger.recheck': jobs.handlers['ledger.recheck'],
    'jobs.list': jobs.handlers['jobs.list'],
    'jobs.cancel': jobs.handlers['jobs.cancel'],
    'retention.get': jobs.handlers['retention.get'],
    'reports.list': () => store.reports.list().map(shownReport),
    'exports.list': () => [...kept()],
    'exports.get': ({ id }) => kept().find((one) => one.id === id) ?? null,
    'exports.save': () => ({ state: 'refused', message: 'There is no dialog here.', nextStep: 'Download it by its link.' }),
    // Nothing is made here, so nothing is signed.
    'exports.signing': () => null,
    'alerts.list': () => [],
    'posture.get': async (asked) => ({ ...(await readPosture(asked)), target: readTarget(store) }),
    'pack.get': () => null,
    'endpoints.list': endpoints,
  };

  let revision = 0;
  let known = version();
  let toldAtMs = nowMs();
  const look = (): void => {
    const now = version();
    if (now === known && nowMs() - toldAtMs < AGED_EVERY_MS) return;
    [known, toldAtMs, revision] = [now, nowMs(), revision + 1];
    options.emit('fleet.changed', { revision, atMs: toldAtMs });
  };
  let looking: ReturnType<typeof setInterval> | null = null;
  return {
    handlers,
    start: () => {
      looking = setInterval(look, LOOK_EVERY_MS);
    },
    stop: async () => {
      if (looking !== null) clearInterval(looking);
      await reader?.stop();
      await policy.stop();
      await jobs.stop();
    },
  };
};
