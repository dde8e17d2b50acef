import type { Connector, Observation, SweepOutcome } from '../connectors/port.ts';

/** Hosts asked at the same time, per endpoint. Each costs a TPM quote on the host and one connection here. */
export const HOST_CONCURRENCY = 16;
/** From connect to last byte of one answer. A hardware TPM needs up to a second for a quote; a slow link the rest. */
export const REQUEST_TIMEOUT_MS = 20_000;
const MAX_BACKOFF_MS = 10 * 60_000;

export type Polled = { readonly name: string; readonly intervalMs: number; readonly connector: Connector };

export type SweepReport = {
  readonly name: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: SweepOutcome;
};

export type PollingEvents = {
  readonly onObservation: (observation: Observation) => Promise<void>;
  readonly onProgress: (endpoint: string, done: number, total: number, running: boolean) => void;
  readonly onSweep: (report: SweepReport) => void;
};

export type PollingOptions = {
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** 0 ≤ x < 1; spreads endpoints with the same interval over time. */
  readonly random: () => number;
};

export type Scheduler = {
  readonly start: () => void;
  /** Sweeps every endpoint that is not already being swept. False when all were. */
  readonly sweepNow: () => boolean;
  readonly nextSweepAtMs: (name: string) => number | null;
  readonly isSweeping: (name: string) => boolean;
  readonly stop: () => Promise<void>;
};

/** One full pass over one endpoint. Never throws; a bug in a connector becomes a failed sweep that says so. */
export const sweepOnce = async (
  polled: Polled,
  events: PollingEvents,
  options: PollingOptions,
  signal: AbortSignal,
): Promise<SweepReport> => {
  const startedAtMs = options.nowMs();
  let total = 0;
  let done = 0;
  let outcome: SweepOutcome;
  events.onProgress(polled.name, 0, 0, true);
  try {
    outcome = await polled.connector.sweep({
      signal,
      nowMs: options.nowMs,
      randomBytes: options.randomBytes,
      concurrency: HOST_CONCURRENCY,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onInventory: (hosts) => {
        total = hosts.length;
        events.onProgress(polled.name, done, total, true);
      },
      onObservation: async (observation) => {
        await events.onObservation(observation);
        done += 1;
        events.onProgress(polled.name, done, total, true);
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    outcome = {
      ok: false,
      problem: {
        code: 'internal',
        message: `Asking ${polled.name} failed: ${message}`,
        nextStep: 'This is a bug in Plumbline; please report it.',
      },
    };
  }
  events.onProgress(polled.name, done, total, false);
  return { name: polled.name, startedAtMs, durationMs: options.nowMs() - startedAtMs, outcome };
};

type Slot = {
  readonly polled: Polled;
  timer: ReturnType<typeof setTimeout> | null;
  running: Promise<void> | null;
  failures: number;
  nextAtMs: number | null;
};

/** Sweeps each endpoint at its interval, one sweep of an endpoint at a time; a silent endpoint is asked less and less often, up to every ten minutes. */
export const createScheduler = (all: readonly Polled[], events: PollingEvents, options: PollingOptions): Scheduler => {
  const slots: Slot[] = all.map((polled) => ({ polled, timer: null, running: null, failures: 0, nextAtMs: null }));
  const controller = new AbortController();

  const plan = (slot: Slot, exactMs: number): void => {
    const delayMs = Math.round(exactMs);
    if (controller.signal.aborted) return;
    if (slot.timer) clearTimeout(slot.timer);
    slot.nextAtMs = options.nowMs() + delayMs;
    slot.timer = setTimeout(() => run(slot), delayMs);
  };

  const run = (slot: Slot): boolean => {
    if (slot.running || controller.signal.aborted) return false;
    if (slot.timer) clearTimeout(slot.timer);
    slot.timer = null;
    slot.nextAtMs = null;
    slot.running = sweepOnce(slot.polled, events, options, controller.signal)
      .then((report) => {
        slot.running = null;
        slot.failures = report.outcome.ok ? 0 : slot.failures + 1;
        const { intervalMs } = slot.polled;
        const wait = Math.min(Math.max(intervalMs, MAX_BACKOFF_MS), intervalMs * 2 ** Math.min(slot.failures, 10));
        // Planned from the start of the sweep, so that a slow sweep does not stretch the interval; never back to back.
        plan(slot, Math.max(wait * 0.1, wait - report.durationMs + wait * 0.1 * (options.random() - 0.5)));
        events.onSweep(report);
        return undefined;
      })
      .catch((error: unknown) => {
        // A bug in the recording of a sweep must not end polling; the next sweep reports its own.
        slot.running = null;
        if (slot.timer === null) plan(slot, slot.polled.intervalMs);
        process.emitWarning(`recording the sweep of ${slot.polled.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      });
    return true;
  };

  return {
    start: () => {
      slots.forEach((slot, index) => plan(slot, index * 50));
    },
    sweepNow: () => slots.map(run).some(Boolean),
    nextSweepAtMs: (name) => slots.find((slot) => slot.polled.name === name)?.nextAtMs ?? null,
    isSweeping: (name) => slots.some((slot) => slot.polled.name === name && slot.running !== null),
    stop: async () => {
      controller.abort();
      for (const slot of slots) if (slot.timer) clearTimeout(slot.timer);
      await Promise.all(slots.flatMap((slot) => slot.running ?? []));
      await Promise.all(slots.map((slot) => slot.polled.connector.close()));
    },
  };
};
