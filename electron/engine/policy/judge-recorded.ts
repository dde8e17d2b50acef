import { agedTo, type Said } from '../../appraisal/what-if.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { chainVerdicts } from '../../appraisal/decide/decide.ts';
import type { RecordedStanding, StandingReader } from '../../store/standing-reader.ts';
import { breath } from '../breath.ts';
import { judgeStanding, readStanding } from '../standing.ts';

/** Hosts judged before others get their turn: some milliseconds. */
const STEP = 20;

export type Saying = {
  /** What was said at that moment. */
  readonly was: Said;
  readonly said: Said;
  readonly policyClass: string | null;
  /** Workloads that this manifest judges otherwise than the one in force then. */
  readonly workloads: readonly {
    readonly name: string;
    readonly before: boolean | null;
    readonly after: boolean | null;
    readonly reason: string;
  }[];
};

/** What another manifest says of a recorded standing at a moment, beside the one in force then; null where nothing was kept to decide by. */
export const sayOf = (recorded: RecordedStanding, manifest: Manifest, inForce: Manifest, atMs: number): Saying | null => {
  const standing = readStanding(recorded.standing, recorded.pulse);
  if (standing === null) return null;
  const { appraisal, verdict, reason } = judgeStanding(standing, manifest);
  const said = { verdict, reason, brokenLink: verdict === 'failed' ? appraisal.brokenLink : null, chain: chainVerdicts(appraisal.chain) };
  const { evidenceAtMs, chain } = recorded;
  const was = { verdict: recorded.verdict, brokenLink: recorded.brokenLink, reason: recorded.reason, chain };
  // Of the past, what is recorded last may be older than the moment asked for: nobody was there to write that it grew stale.
  const mayBeOld = chain === null && was.verdict === 'trusted' && (evidenceAtMs === null || evidenceAtMs < atMs);
  const then = mayBeOld || appraisal.workloads.length > 0 ? judgeStanding(standing, inForce).appraisal : null;
  return {
    was: mayBeOld && then !== null ? agedTo(was, evidenceAtMs, then.hostClass.policy.maxEvidenceAgeMs, atMs) : was,
    said: agedTo(said, evidenceAtMs, appraisal.hostClass.policy.maxEvidenceAgeMs, atMs),
    policyClass: appraisal.hostClass.name,
    workloads: appraisal.workloads.flatMap((after, place) => {
      const allowed = then?.workloads[place]?.allowed ?? null;
      return allowed === after.allowed ? [] : [{ name: after.name, before: allowed, after: after.allowed, reason: after.reason }];
    }),
  };
};

/** Every recorded host in turn, now or as of a moment, in steps between which calls and recording go on. */
export async function* recordedHosts(standings: StandingReader, atMs: number | null): AsyncGenerator<RecordedStanding> {
  let after = '';
  for (;;) {
    const page = atMs === null ? standings.now(after, STEP) : standings.asOf(atMs, after, STEP);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < STEP) return;
    after = last.id;
    await breath();
  }
}
