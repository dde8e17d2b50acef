import type { Problem } from '../../../shared/model/result.ts';
import type { Link, ReportedVerdict } from '../../../shared/model/verdict.ts';
import { impossibleMove } from '../../appraisal/decide/place.ts';
import type { Observation, Reported } from '../../connectors/port.ts';
import type { FindingDraft, HostMemory } from '../../store/records.ts';
import type { SeenPlace } from '../kept-detail.ts';
import { utc } from '../sentences.ts';
import type { Judged } from '../standing.ts';
import { brokenCause, contradictionCause, whatBroke, wordsCause } from './cause.ts';

const BROKE: Readonly<Record<Link, string>> = {
  hardware: 'Hardware trust broken',
  firmware: 'Firmware changed',
  'secure-boot': 'Secure boot broken',
  'boot-loader': 'Boot loader changed',
  kernel: 'Kernel changed',
  runtime: 'Unapproved program',
  'container-engine': 'Container engine changed',
  orchestrator: 'Orchestrator changed',
  workloads: 'Workload in a forbidden place',
};

type Said = Pick<FindingDraft, 'kind' | 'severity' | 'cause' | 'what' | 'detail'>;
const lasting = (name: string, said: Said): FindingDraft => ({ ...said, title: `${said.what}: ${name}`, momentary: false });
const moment = (name: string, said: Said): FindingDraft => ({ ...said, title: `${said.what}: ${name}`, momentary: true });

type AboutVerdict = {
  readonly name: string;
  readonly reported: ReportedVerdict;
  readonly judged: Judged;
};

/** What a person must look at because of what a manifest decided. */
export const verdictFindings = ({ name, reported, judged }: AboutVerdict): FindingDraft[] => {
  const { verdict, reason, disagreement, appraisal, facts, silent } = judged;
  const broke = whatBroke(judged);
  const drafts: FindingDraft[] = [];
  const add = (said: Said): void => {
    drafts.push(lasting(name, said));
  };
  if (verdict === 'failed') {
    const what = appraisal.brokenLink === null ? 'Failed' : BROKE[appraisal.brokenLink];
    add({ kind: 'host-failed', severity: 'critical', cause: brokenCause('host-failed', broke), what, detail: reason });
  }
  if (verdict === 'stale') {
    const cause = wordsCause('host-stale', facts.missing?.nextStep ?? '');
    add({ kind: 'host-stale', severity: 'warning', cause, what: 'Stale', detail: reason });
  }
  if (verdict === 'inconclusive') {
    // The next step names the kind of obstacle without the address of a host.
    const cause =
      facts.missing === null ? brokenCause('host-inconclusive', broke) : wordsCause('host-inconclusive', facts.missing.nextStep);
    add({ kind: 'host-inconclusive', severity: 'warning', cause, what: 'Cannot be judged', detail: reason });
  }
  if (disagreement) {
    const cause = `${brokenCause('disagreement', broke)}/${reported}`;
    const detail = `The endpoint says ${reported}, our verification says ${verdict}. ${reason}`;
    add({ kind: 'disagreement', severity: 'critical', cause, what: 'Endpoint and evidence disagree', detail });
  }
  const { contradiction } = appraisal.location;
  if (contradiction !== null && !silent) {
    const cause = contradictionCause(contradiction, facts);
    add({ kind: 'location-contradiction', severity: 'warning', cause, what: 'Words about its place disagree', detail: contradiction });
  }
  return drafts;
};

const HOUR_MS = 3_600_000;

/**
 * Whether the endpoint still says trusted on the strength of a success long past, while we reached the host after that success had grown
 * old: the endpoint has stopped looking, or never looks again.
 */
export const isFrozen = (reported: Reported, evidenceAtMs: number | null): boolean => {
  const { verdict, lastSuccessAtMs, attestationPeriodMs } = reported;
  if (verdict !== 'trusted' || lastSuccessAtMs === null || evidenceAtMs === null) return false;
  return evidenceAtMs - lastSuccessAtMs > Math.max(10 * (attestationPeriodMs ?? 0), HOUR_MS);
};

type Situation = AboutVerdict & {
  readonly observation: Observation;
  readonly memory: HostMemory | null;
  readonly evidenceAtMs: number | null;
  readonly rebooted: boolean;
  /** Where it was seen before, and where now; null where that is not known. */
  readonly seen: { readonly before: SeenPlace | null; readonly now: SeenPlace | null };
  readonly maxSpeedKmh: number;
};

/** Told once for each move. What people write into a manifest moves no machine. */
const moveOf = ({ before, now }: Situation['seen'], maxSpeedKmh: number): { detail: string; cause: string } | null => {
  if (before === null || now === null || before.assurance === 'declared' || now.assurance === 'declared') return null;
  const move = impossibleMove(before, now, maxSpeedKmh);
  if (move === null) return null;
  const words = before.source === now.source ? `By the word of: ${now.source}.` : `Before, by: ${before.source}; now, by: ${now.source}.`;
  return { detail: `${move} ${words}`, cause: wordsCause('impossible-move', before.country ?? '', now.country ?? '') };
};

/** What a person must look at now. States last until they no longer hold; moments are recorded once. */
export const findingsOf = (situation: Situation): FindingDraft[] => {
  const { observation, name, judged, memory, rebooted, evidenceAtMs } = situation;
  const { reported, endpoint } = observation;
  const drafts = verdictFindings(situation);
  const { runtimePolicy, measuredBoot, pcrPolicy } = reported.evaluates;
  if (reported.verdict === 'trusted' && !runtimePolicy && !measuredBoot && !pcrPolicy)
    drafts.push(
      lasting(name, {
        kind: 'reported-without-policy',
        severity: 'warning',
        cause: wordsCause('reported-without-policy', endpoint),
        what: 'Reported as trusted without any policy',
        detail: 'The endpoint passes this host, but it holds nothing against a reference value.',
      }),
    );
  if (isFrozen(reported, evidenceAtMs))
    drafts.push(
      lasting(name, {
        kind: 'endpoint-frozen',
        severity: 'warning',
        cause: wordsCause('endpoint-frozen', endpoint),
        what: 'The endpoint has stopped looking',
        detail: `The endpoint still says trusted, but its own last success was at ${utc(reported.lastSuccessAtMs ?? 0)}; we have reached the host since.`,
      }),
    );
  const move = moveOf(situation.seen, situation.maxSpeedKmh);
  if (move !== null) drafts.push(moment(name, { kind: 'impossible-move', severity: 'critical', what: 'Moved as no machine can', ...move }));
  if (rebooted)
    drafts.push(
      moment(name, {
        kind: 'reboot',
        severity: 'info',
        cause: 'reboot',
        what: 'Rebooted',
        detail: 'The TPM reset counter went up since the last quote.',
      }),
    );
  if (judged.verdict === 'trusted' && memory !== null && memory.verdict === 'failed')
    drafts.push(
      moment(name, { kind: 'recovered', severity: 'info', cause: 'recovered', what: 'Trusted again', detail: `Before: ${memory.reason}` }),
    );
  return drafts;
};

/** An endpoint that gives no answer. */
export const silentEndpoint = (name: string, { code, message, nextStep }: Problem): FindingDraft =>
  lasting(name, {
    kind: 'endpoint-silent',
    severity: 'warning',
    cause: wordsCause('endpoint-silent', code),
    what: 'No answer',
    detail: `${message} ${nextStep}`,
  });

/** Two hosts hold the tag that belongs to one. Which of them is the copy, the tag cannot say. */
export const copiedTag = (name: string, serial: string, other: string): FindingDraft =>
  lasting(name, {
    kind: 'tag-copied',
    severity: 'critical',
    cause: wordsCause('tag-copied', serial),
    what: 'The geo tag is on another host too',
    detail: `The tag with the serial number ${serial} is also that of ${other}; one tag belongs to one host, so at least one is a copy.`,
  });
