import { REPORTED_VERDICTS } from '../../../shared/model/verdict.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import type { Redecision } from '../../store/redecide.ts';
import type { StandingReader } from '../../store/standing-reader.ts';
import { verdictFindings } from '../findings/drafts.ts';
import { decidedBreaks, decidedColumns, decidedDetail } from '../judged-record.ts';
import { readKeptDetail } from '../kept-detail.ts';
import { judgeStanding, readStanding } from '../standing.ts';

/** What a manifest makes of a recorded host, ready to be written; null where nothing was kept to decide by. */
export const redecisionOf = (
  id: string,
  standings: StandingReader,
  manifest: Manifest,
  version: number,
  atMs: number,
): Redecision | null => {
  const recorded = standings.one(id);
  const standing = readStanding(recorded?.standing ?? null, recorded?.pulse ?? null);
  const kept = recorded === null ? null : readKeptDetail(recorded.detail, recorded.pulse);
  if (recorded === null || standing === null || kept === null) return null;
  const judged = judgeStanding(standing, manifest);
  const columns = decidedColumns(judged);
  const { name, reported: said } = recorded;
  const reported = REPORTED_VERDICTS.find((verdict) => verdict === said) ?? 'unknown';
  const detail = { ...kept.detail, ...decidedDetail(name, reported, kept.detail.checks, judged) };
  const { doubtSinceMs, heldSinceMs } = judged.appraisal;
  return {
    ...columns,
    id,
    atMs,
    detail: JSON.stringify({ ...kept, ...decidedBreaks(judged), detail, doubtSinceMs, heldSinceMs }),
    findings: verdictFindings({ name, reported, judged }),
    manifest: version,
  };
};
