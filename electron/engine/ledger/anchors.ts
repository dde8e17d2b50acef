import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LedgerState } from '../../../shared/contract/ledger-schemas.ts';
import { fail, type Problem, type Result } from '../../../shared/model/result.ts';
import type { AnchorConfig } from '../../connectors/endpoints-file.ts';
import type { AnchorMade } from '../../store/ledger-anchors.ts';
import type { StoredCheckpoint } from '../../store/ledger-seal.ts';
import type { Store } from '../../store/store.ts';
import { createFolderMaker } from './anchors/folder.ts';
import type { AnchorMaker } from './anchors/maker.ts';
import { createTimeStampMaker } from './anchors/time-stamp.ts';
import { createWitnessMaker, type Tree } from './anchors/witness.ts';

export type Anchors = {
  /** Starts what is due; called after each checkpoint and by the clock. Never waits, never throws. */
  readonly look: () => void;
  /** Until nothing is under way any more. */
  readonly settled: () => Promise<void>;
  readonly state: () => LedgerState['anchors'];
  /** At once: what is under way is dropped, and counts neither as made nor as failed. */
  readonly stop: () => Promise<void>;
};

export type AnchorsOptions = {
  readonly configs: readonly AnchorConfig[];
  readonly store: Pick<Store, 'ledger' | 'anchors'>;
  readonly nowMs: () => number;
  /** For one request or one write. */
  readonly timeoutMs?: number;
};

type Slot = {
  readonly maker: AnchorMaker;
  last: { readonly size: number; readonly atMs: number } | null;
  problem: Problem | null;
  /** Reasons that the ledger already tells of since it last worked: each is entered once, however long it lasts. */
  readonly told: Set<string>;
  attempts: number;
  /** Nothing is tried before `untilMs`; a clock that is set back before `fromMs` ends the wait. */
  wait: { readonly fromMs: number; readonly untilMs: number };
  busy: boolean;
};

const TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;

const makerOf = (config: AnchorConfig, tree: Tree, asking: { nowMs: () => number; timeoutMs: number }): AnchorMaker => {
  if (config.kind === 'folder') return createFolderMaker(config, tree, asking);
  return config.kind === 'witness' ? createWitnessMaker(config, tree, asking) : createTimeStampMaker(config, asking);
};

const notKept = (error: unknown): Problem =>
  fail(
    'anchor-not-recorded',
    `What came of an anchor could not be recorded: ${visibleText(error instanceof Error ? error.message : String(error), 300)}.`,
    'Free space on the disk; it is tried again by itself.',
  ).problem;

/**
 * Puts checkpoints outside, each anchor at most as often as it says. What fails is tried again at growing distances, for good; recording and
 * signing never wait for it.
 */
export const createAnchors = ({ configs, store, nowMs, timeoutMs = TIMEOUT_MS }: AnchorsOptions): Anchors => {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const slotOf = (config: AnchorConfig): Slot => {
    const maker = makerOf(config, store.ledger, { nowMs, timeoutMs });
    const { last, problems } = store.anchors.memory(maker.id);
    const wait = { fromMs: last?.atMs ?? 0, untilMs: problems.length > 0 || last === null ? 0 : last.atMs + maker.everyMs };
    return {
      maker,
      last,
      problem: problems.at(-1) ?? null,
      told: new Set(problems.map(({ code }) => code)),
      attempts: 0,
      wait,
      busy: false,
    };
  };
  const slots = configs.map(slotOf);

  const waitFor = (slot: Slot, ms: number): void => {
    slot.wait = { fromMs: nowMs(), untilMs: nowMs() + ms };
  };

  const onFailure = (slot: Slot, size: number, problem: Problem): void => {
    slot.problem = problem;
    slot.attempts += 1;
    waitFor(slot, Math.min(FIRST_RETRY_MS * 2 ** Math.min(slot.attempts - 1, 20), LAST_RETRY_MS));
    if (slot.told.has(problem.code)) return;
    store.anchors.failed(slot.maker.id, size, nowMs(), problem);
    slot.told.add(problem.code);
  };

  const onMade = (slot: Slot, size: number, made: AnchorMade): void => {
    const atMs = nowMs();
    store.anchors.made(slot.maker.id, size, atMs, made);
    slot.last = { size, atMs };
    slot.problem = null;
    slot.attempts = 0;
    slot.told.clear();
    waitFor(slot, slot.maker.everyMs);
  };

  const run = async (slot: Slot, checkpoint: StoredCheckpoint): Promise<void> => {
    let result: Result<AnchorMade>;
    try {
      result = await slot.maker.make(checkpoint, slot.last?.size ?? 0, stopping.signal);
    } catch (error) {
      result = fail('anchor-fault', visibleText(error instanceof Error ? error.message : String(error), 300), 'Report this as a bug.');
    }
    slot.busy = false;
    if (stopping.signal.aborted) return;
    try {
      if (result.ok) onMade(slot, checkpoint.size, result.value);
      else onFailure(slot, checkpoint.size, result.problem);
    } catch (error) {
      slot.problem = notKept(error);
      waitFor(slot, FIRST_RETRY_MS);
    }
  };

  const isDue = ({ busy, wait }: Slot): boolean => !busy && (nowMs() >= wait.untilMs || nowMs() < wait.fromMs);
  /** Whether there is something new to hold; that the last anchor was made is not. */
  const hasNews = ({ last }: Slot, { size }: StoredCheckpoint): boolean =>
    last === null || (size !== last.size && store.anchors.hasNews(last.size));

  const look = (): void => {
    if (stopping.signal.aborted) return;
    const due = slots.filter(isDue);
    if (due.length === 0) return;
    try {
      const newest = store.ledger.newest();
      const wanted = newest === null ? [] : due.filter((slot) => hasNews(slot, newest));
      if (newest === null || wanted.length === 0) return;
      store.anchors.harden();
      for (const slot of wanted) {
        slot.busy = true;
        const work = run(slot, newest);
        running.add(work);
        void work.finally(() => running.delete(work));
      }
    } catch (error) {
      for (const slot of due) if (!slot.busy) slot.problem = notKept(error);
    }
  };

  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    look,
    settled,
    state: () =>
      slots.map(({ maker: { id, everyMs }, last, problem, wait }) => ({
        kind: id.kind,
        target: visibleText(id.target, 1_000),
        lastAtMs: last?.atMs ?? null,
        lastSize: last?.size ?? null,
        everyMs,
        problem,
        triedAgainAtMs: problem === null || wait.untilMs === 0 ? null : wait.untilMs,
      })),
    stop: async () => {
      stopping.abort();
      await settled();
    },
  };
};
