import { REPORTED_VERDICTS } from '../../../shared/model/verdict.ts';
import type { Manifest } from '../../appraisal/manifest/manifest.ts';
import { grownStale } from '../../store/expire.ts';
import { settledByDecision } from '../../store/finding-settler.ts';
import type { FindingDraft, HostRecord, Pulse } from '../../store/records.ts';
import type { Redecision } from '../../store/redecide.ts';
import type { StandingReader } from '../../store/standing-reader.ts';
import { verdictFindings } from '../findings/drafts.ts';
import { decidedBreaks, decidedColumns, decidedDetail } from '../judged-record.ts';
import { readKeptDetail } from '../kept-detail.ts';
import { judgeStanding, readStanding } from '../standing.ts';

type Decided = Omit<Redecision, 'id' | 'atMs' | 'detail' | 'manifest'>;

/**
 * Deciding anew brings no evidence: trust that rests on evidence too old for this manifest is stale, in the words of the clock, so that what
 * was stale stays the same staleness.
 */
const aged = (name: string, receivedAtMs: number, { findings, ...columns }: Decided): Decided => {
  const { reason, finding } = grownStale(name, receivedAtMs);
  return {
    ...columns,
    verdict: 'stale',
    verified: 'stale',
    disagreement: false,
    reason,
    chain: columns.chain.map((link) => (link === 'trusted' ? 'inconclusive' : link)),
    findings: [...findings.filter(({ kind }) => kind === 'location-contradiction'), finding],
  };
};

/** `pulse`: the times of the last confirmation; null for a record that is not written yet. */
type Recorded = Omit<NonNullable<ReturnType<StandingReader['one']>>, 'pulse'> & { readonly pulse: Pulse | null };
type Decision = Decided & { readonly detail: string };

const decisionOf = (recorded: Recorded, manifest: Manifest, atMs: number): Decision | null => {
  const standing = readStanding(recorded.standing, recorded.pulse);
  const kept = readKeptDetail(recorded.detail, recorded.pulse);
  if (standing === null || kept === null) return null;
  const judged = judgeStanding(standing, manifest);
  const { name, reported: said } = recorded;
  const reported = REPORTED_VERDICTS.find((verdict) => verdict === said) ?? 'unknown';
  const detail = { ...kept.detail, ...decidedDetail(name, reported, kept.detail.checks, judged) };
  const { doubtSinceMs, heldSinceMs } = judged.appraisal;
  const decided = { ...decidedColumns(judged), findings: verdictFindings({ name, reported, judged }) };
  const { receivedAtMs } = standing.now;
  const isOld = judged.verdict === 'trusted' && (receivedAtMs === null || atMs - receivedAtMs > decided.maxAgeMs);
  return {
    ...(isOld ? aged(name, receivedAtMs ?? 0, decided) : decided),
    detail: JSON.stringify({ ...kept, ...decidedBreaks(judged), detail, doubtSinceMs, heldSinceMs }),
  };
};

/** What a manifest makes of a recorded host, ready to be written; null where nothing was kept to decide by. */
export const redecisionOf = (
  id: string,
  standings: StandingReader,
  manifest: Manifest,
  version: number,
  atMs: number,
): Redecision | null => {
  const recorded = standings.one(id);
  const decision = recorded === null ? null : decisionOf(recorded, manifest, atMs);
  return decision === null ? null : { ...decision, id, atMs, manifest: version };
};

/** What another manifest makes of a record that is not written yet; nothing of what the one before made of it is left. */
export const decidedAnew = (found: HostRecord, manifest: Manifest, version: number): HostRecord => {
  const decision = decisionOf({ ...found, pulse: null }, manifest, found.seenAtMs);
  if (decision === null) return found;
  const stays = ({ kind }: FindingDraft): boolean =>
    !settledByDecision(false).includes(kind) && (kind !== 'recovered' || decision.verdict === 'trusted');
  return { ...found, ...decision, steady: null, decidedBy: version, findings: [...found.findings.filter(stays), ...decision.findings] };
};
