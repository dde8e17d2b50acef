import { fail, type Problem, type Result } from '../../../../shared/model/result.ts';
import type { AnchorId, AnchorMade } from '../../../store/ledger-anchors.ts';
import type { StoredCheckpoint } from '../../../store/ledger-seal.ts';

/** One place outside. Fetches and verifies; what came of it is judged, kept and tried again by whoever asks. */
export type AnchorMaker = {
  readonly id: AnchorId;
  readonly everyMs: number;
  /** `lastSize` is what was anchored here before, 0 where nothing was. Never throws; ends soon after an abort. */
  readonly make: (checkpoint: StoredCheckpoint, lastSize: number, signal: AbortSignal) => Promise<Result<AnchorMade>>;
};

/** A longer time is one that a person would call wrong; a shorter one may be a clock that is merely not set. */
const MAX_DIFFERENCE_MS = 24 * 3_600_000;

/** Of a clock outside that tells another day: then one of the two is wrong, and what is recorded has a wrong time, too. */
export const clockProblem = (who: string, at: string, nowMs: number): Problem | null =>
  Math.abs(Date.parse(at) - nowMs) <= MAX_DIFFERENCE_MS
    ? null
    : fail(
        'anchor-clock',
        `By ${who} it is ${at}, here it is ${new Date(nowMs).toISOString()}.`,
        'Check the clock of this machine; if it is right, use another anchor.',
      ).problem;
