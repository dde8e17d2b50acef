import { agedTo, type Said } from '../../appraisal/what-if.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { chainVerdicts } from '../../appraisal/decide/decide.ts';
import type { RecordedStanding, StandingReader } from '../../store/standing-reader.ts';
import { breath } from '../breath.ts';
import { judgeStanding, readStanding } from '../standing.ts';

/** Hosts judged before others get their turn: some milliseconds. */
const STEP = 20;

/** What another manifest says of a recorded standing at a moment; null where nothing was kept to decide by. */
export const sayOf = (
  recorded: RecordedStanding,
  manifest: Manifest,
  atMs: number,
): { readonly said: Said; readonly policyClass: string | null } | null => {
  const standing = readStanding(recorded.standing);
  if (standing === null) return null;
  const { appraisal, verdict, reason } = judgeStanding(standing, manifest);
  const said = { verdict, reason, brokenLink: verdict === 'failed' ? appraisal.brokenLink : null, chain: chainVerdicts(appraisal.chain) };
  return {
    said: agedTo(said, recorded.evidenceAtMs, appraisal.hostClass.policy.maxEvidenceAgeMs, atMs),
    policyClass: appraisal.hostClass.name,
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
