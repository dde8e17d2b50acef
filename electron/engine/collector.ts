import { randomBytes } from 'node:crypto';
import type { ReferenceSet } from '../../shared/model/reference-set.ts';
import { createJudging } from '../appraisal/reference-values/effective.ts';
import type { EndpointConfig } from '../connectors/endpoints-file.ts';
import { createKeylimeConnector } from '../connectors/keylime/connector.ts';
import type { Observation } from '../connectors/port.ts';
import { createKeyCache, createLogCache } from '../evidence/index.ts';
import { createScheduler, type Polled, type PollingOptions, sweepOnce, type SweepReport } from '../polling/scheduler.ts';
import type { HostMemory, HostRecord } from '../store/records.ts';
import type { ReadEndorsement } from './evidence-folders.ts';
import { ekSha256Of, hostKey, recordOf } from './observe.ts';
import type { InForce } from './policy/policy.ts';

/** What is known of a host before it is judged again. */
export type Prior = {
  readonly memory: HostMemory | null;
  /** Another host that answers with the same TPM at this time, by name. */
  readonly sharedWith: string | null;
};

/** What the collector needs from whoever remembers, and tells it. */
export type CollectorEvents = {
  /** Null where it cannot be read: the host is then not judged, because without its past a change of identity would pass unseen. */
  readonly prior: (endpoint: string, id: string, ekSha256: string | null) => Prior | null | Promise<Prior | null>;
  /** Back-pressure: the next host of the endpoint waits for it. */
  readonly onRecord: (record: HostRecord) => void | Promise<void>;
  readonly onSweep: (report: SweepReport) => void;
  readonly onProgress: (endpoint: string, done: number, total: number, running: boolean) => void;
};

/** Asks endpoints, verifies and judges what they answer. Everything that costs time per host happens here, wherever "here" is. */
export type Collector = {
  readonly start: () => void;
  /** Sweeps every endpoint that is not already being swept. False when all were. */
  readonly sweepNow: () => boolean;
  readonly isSweeping: (endpoint: string) => boolean;
  readonly nextSweepAtMs: (endpoint: string) => number | null;
  /** From the next host on, another manifest decides. */
  readonly setManifest: (inForce: InForce) => void;
  /** From the next host on, these sets of our own are added to what endpoints give; all of them are approved. */
  readonly setReferences: (sets: readonly ReferenceSet[]) => void;
  readonly stop: () => Promise<void>;
};

/** A collector in the thread of its caller, which can also sweep once and wait. */
export type LocalCollector = Collector & { readonly sweepAll: (signal: AbortSignal) => Promise<SweepReport[]> };

export type CollectorConfig = {
  readonly endorsement: ReadEndorsement | null;
  readonly endpoints: readonly EndpointConfig[];
  readonly inForce: InForce;
  readonly references: readonly ReferenceSet[];
  readonly nowMs: () => number;
};

export const createCollector = ({ endpoints, nowMs, ...start }: CollectorConfig, events: CollectorEvents): LocalCollector => {
  let { inForce } = start;
  let judging = createJudging(start.references);
  const caches = {
    keyCache: createKeyCache(),
    logCache: createLogCache(),
    ...(start.endorsement !== null && { endorsement: start.endorsement.trust }),
  };
  const polled: Polled[] = endpoints.map((config) => ({
    name: config.name,
    intervalMs: config.intervalMs,
    connector: createKeylimeConnector(config),
  }));
  const onObservation = async (observation: Observation): Promise<void> => {
    const prior = await events.prior(observation.endpoint, hostKey(observation), ekSha256Of(observation));
    if (prior !== null)
      await events.onRecord(recordOf(observation, prior.memory, inForce.manifest, prior.sharedWith, caches, inForce.number, judging));
    // A breath between hosts, so that a sweep never keeps whoever shares this thread waiting for longer than one host takes.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  };
  const polling: PollingOptions = { nowMs, randomBytes, random: Math.random };
  const pollingEvents = { onObservation, onSweep: events.onSweep, onProgress: events.onProgress };
  const scheduler = createScheduler(polled, pollingEvents, polling);
  return {
    ...scheduler,
    setManifest: (next) => {
      inForce = next;
    },
    setReferences: (sets) => {
      judging = createJudging(sets);
    },
    sweepAll: (signal) => Promise.all(polled.map((one) => sweepOnce(one, pollingEvents, polling, signal))),
  };
};
