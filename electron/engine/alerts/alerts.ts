import { hostname } from 'node:os';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { AlertPlace } from '../../../shared/contract/alert-schemas.ts';
import { fail, type Problem } from '../../../shared/model/result.ts';
import { placeOf } from '../../connectors/alert-config.ts';
import type { AlertConfig } from '../../connectors/endpoint-types.ts';
import type { AlertMemory } from '../../store/alert-store.ts';
import type { Store } from '../../store/store.ts';
import { type Alert, alertOf, isTold } from './alert.ts';
import type { AlertSender } from './sender.ts';
import { createSyslog } from './syslog.ts';
import { createWebhook } from './webhook.ts';

export type Alerts = {
  /** Begins to tell what is new; called after entries were made and by the clock. Never waits, never throws. */
  readonly look: () => void;
  /** Until nothing is under way any more. */
  readonly settled: () => Promise<void>;
  readonly state: () => readonly AlertPlace[];
  /** At once: what is under way is dropped and told again at the next start. */
  readonly stop: () => Promise<void>;
};

export type AlertsOptions = {
  readonly configs: readonly AlertConfig[];
  readonly store: Pick<Store, 'alerts' | 'ledger'>;
  readonly nowMs: () => number;
  readonly version: string;
  /** Name of the ledger, so that a receiver of several can tell them apart. */
  readonly origin: () => string;
  /** For one sending. */
  readonly timeoutMs?: number;
};

type Slot = {
  readonly config: AlertConfig;
  readonly sender: AlertSender;
  memory: AlertMemory;
  attempts: number;
  /** Nothing is tried before `untilMs`; a clock that is set back before `fromMs` ends the wait. */
  wait: { readonly fromMs: number; readonly untilMs: number };
  busy: boolean;
};

const TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 900_000;
/** Entries looked at, and alerts sent, at once. */
const LOOK_AT = 500;
const TOGETHER = 100;

const messageOf = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error), 300);

/**
 * Tells places outside what the ledger tells: each place has its own position in the ledger, which goes on only when it was told. So nothing is left
 * out by a crash, a restart or a receiver that was away for a week; what is told twice has the same number. Recording never waits for it.
 */
export const createAlerts = ({ configs, store, nowMs, version, origin, timeoutMs = TIMEOUT_MS }: AlertsOptions): Alerts => {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const machine = { host: hostname(), version, process: process.pid };
  const senderOf = (config: AlertConfig): AlertSender =>
    config.kind === 'webhook'
      ? createWebhook(config, { origin, version, nowMs, timeoutMs })
      : createSyslog(config, { origin: machine, timeoutMs });
  const slots = configs.map((config): Slot => {
    const memory = store.alerts.memory(config.name);
    return { config, sender: senderOf(config), memory, attempts: 0, wait: { fromMs: 0, untilMs: 0 }, busy: false };
  });

  const remember = (slot: Slot): void => {
    slot.memory = store.alerts.memory(slot.config.name);
  };
  const waitAfter = (slot: Slot): void => {
    slot.attempts += 1;
    const ms = Math.min(FIRST_RETRY_MS * 2 ** Math.min(slot.attempts - 1, 20), LAST_RETRY_MS);
    slot.wait = { fromMs: nowMs(), untilMs: nowMs() + ms };
  };
  const onFailure = (slot: Slot, problem: Problem): void => {
    waitAfter(slot);
    if (slot.memory.problems.some(({ code }) => code === problem.code)) return;
    store.alerts.failed(slot.config.name, slot.sender.who, problem);
    remember(slot);
  };

  /** What is to be told next, with the position behind it; null where there is nothing. */
  const nextOf = ({ config, memory }: Slot): { readonly alerts: readonly Alert[]; readonly next: number } | null => {
    for (let at = memory.seq; ; ) {
      const { entries, next } = store.alerts.entries(at, LOOK_AT);
      const told = entries.filter((entry) => isTold(entry, config.kinds)).slice(0, TOGETHER);
      const last = told.at(-1);
      if (last !== undefined) return { alerts: told.map(alertOf), next: told.length === TOGETHER ? last.seq + 1 : next };
      if (next === at) return null;
      store.alerts.passed(config.name, next);
      at = next;
    }
  };

  const run = async (slot: Slot): Promise<void> => {
    for (let more = nextOf(slot); more !== null && !stopping.signal.aborted; more = nextOf(slot)) {
      const { alerts, next } = more;
      const sent = await slot.sender.send(alerts, stopping.signal);
      if (stopping.signal.aborted) return;
      if (!sent.ok) return onFailure(slot, sent.problem);
      const told = { from: alerts[0]?.seq ?? 0, to: alerts.at(-1)?.seq ?? 0, count: alerts.length };
      store.alerts.sent(slot.config.name, slot.sender.who, told, next, nowMs());
      slot.attempts = 0;
      remember(slot);
    }
    remember(slot);
  };

  const isDue = ({ busy, wait }: Slot): boolean => !busy && (nowMs() >= wait.untilMs || nowMs() < wait.fromMs);
  const begin = (slot: Slot): void => {
    slot.busy = true;
    const work = run(slot)
      .catch((error: unknown) => {
        // The disk, or a bug: either way the next look begins where it was.
        waitAfter(slot);
        const { problem } = fail(
          'alert-not-recorded',
          `What came of an alert could not be recorded: ${messageOf(error)}.`,
          'Free space on the disk; it is tried again by itself.',
        );
        slot.memory = { ...slot.memory, problems: [...slot.memory.problems.filter(({ code }) => code !== problem.code), problem] };
      })
      .finally(() => {
        slot.busy = false;
        running.delete(work);
      });
    running.add(work);
  };

  return {
    look: () => {
      if (stopping.signal.aborted) return;
      for (const slot of slots) if (isDue(slot)) begin(slot);
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    state: () =>
      slots.map(({ config, memory, wait }) => ({
        name: visibleText(config.name),
        kind: config.kind,
        place: visibleText(placeOf(config), 1_000),
        kinds: config.kinds === null ? null : [...config.kinds],
        sent: memory.sent,
        sentAtMs: memory.sentAtMs,
        problem: memory.problems.at(-1) ?? null,
        triedAgainAtMs: memory.problems.length === 0 ? null : wait.untilMs,
      })),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
};
