import type { Link, ReportedVerdict, Verdict } from '../../shared/model/verdict.ts';
import type { Observation } from '../connectors/port.ts';
import type { FindingDraft, HostMemory } from '../store/records.ts';

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

type Situation = {
  readonly observation: Observation;
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly brokenLink: Link | null;
  readonly memory: HostMemory | null;
  readonly disagreement: boolean;
  readonly rebooted: boolean;
};

type AboutVerdict = Pick<Situation, 'name' | 'verdict' | 'reason' | 'brokenLink' | 'disagreement'> & { readonly reported: ReportedVerdict };

const state = (kind: FindingDraft['kind'], severity: FindingDraft['severity'], title: string, detail: string): FindingDraft => ({
  kind,
  severity,
  title,
  detail,
  momentary: false,
});

/** What a person must look at because of the verdict. */
export const verdictFindings = ({ name, verdict, reason, brokenLink, disagreement, reported }: AboutVerdict): FindingDraft[] => {
  const drafts: FindingDraft[] = [];
  if (verdict === 'failed')
    drafts.push(state('host-failed', 'critical', `${brokenLink === null ? 'Failed' : BROKE[brokenLink]}: ${name}`, reason));
  if (verdict === 'stale') drafts.push(state('host-stale', 'warning', `Stale: ${name}`, reason));
  if (verdict === 'inconclusive') drafts.push(state('host-inconclusive', 'warning', `Cannot be judged: ${name}`, reason));
  if (disagreement) {
    const detail = `The endpoint says ${reported}, our verification says ${verdict}. ${reason}`;
    drafts.push(state('disagreement', 'critical', `Endpoint and evidence disagree: ${name}`, detail));
  }
  return drafts;
};

/** What a person must look at now. States last until they no longer hold; moments are recorded once. */
export const findingsOf = (situation: Situation): FindingDraft[] => {
  const { observation, name, verdict, memory, rebooted } = situation;
  const { reported } = observation;
  const drafts = verdictFindings({ ...situation, reported: reported.verdict });
  const { runtimePolicy, measuredBoot, pcrPolicy } = reported.evaluates;
  if (reported.verdict === 'trusted' && !runtimePolicy && !measuredBoot && !pcrPolicy) {
    const detail = 'The endpoint passes this host, but it holds nothing against a reference value.';
    drafts.push(state('reported-without-policy', 'warning', `Reported as trusted without any policy: ${name}`, detail));
  }
  if (rebooted)
    drafts.push({
      kind: 'reboot',
      severity: 'info',
      title: `Rebooted: ${name}`,
      detail: 'The TPM reset counter went up since the last quote.',
      momentary: true,
    });
  if (verdict === 'trusted' && memory !== null && memory.verdict === 'failed') {
    drafts.push({
      kind: 'recovered',
      severity: 'info',
      title: `Trusted again: ${name}`,
      detail: `Before: ${memory.reason}`,
      momentary: true,
    });
  }
  return drafts;
};
