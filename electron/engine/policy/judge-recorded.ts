import { agedTo, type Said } from '../../appraisal/what-if.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { chainVerdicts } from '../../appraisal/decide/decide.ts';
import type { RecordedStanding, StandingReader } from '../../store/standing-reader.ts';
import { breath } from '../breath.ts';
import { judgeStanding, readStanding } from '../standing.ts';

/** Hosts judged before others get their turn: some milliseconds. */
const STEP = 20;

export type Saying = {
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
  const before = appraisal.workloads.length === 0 ? [] : judgeStanding(standing, inForce).appraisal.workloads;
  return {
    said: agedTo(said, recorded.evidenceAtMs, appraisal.hostClass.policy.maxEvidenceAgeMs, atMs),
    policyClass: appraisal.hostClass.name,
    workloads: appraisal.workloads.flatMap((after, place) => {
      const then = before[place];
      const allowed = then?.allowed ?? null;
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
