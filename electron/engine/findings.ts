import type { Link, Verdict } from '../../shared/model/verdict.ts';
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
  readonly outcome: { readonly verdict: Verdict; readonly reason: string };
  readonly brokenLink: Link | null;
  readonly memory: HostMemory | null;
  readonly disagreement: boolean;
  readonly rebooted: boolean;
};

/** What a person must look at now. States last until they no longer hold; moments are recorded once. */
export const findingsOf = (situation: Situation): FindingDraft[] => {
  const { observation, name, outcome, brokenLink, memory, disagreement, rebooted } = situation;
  const { reported } = observation;
  const drafts: FindingDraft[] = [];
  const state = (kind: FindingDraft['kind'], severity: FindingDraft['severity'], title: string, detail: string): void => {
    drafts.push({ kind, severity, title, detail, momentary: false });
  };
  if (outcome.verdict === 'failed')
    state('host-failed', 'critical', `${brokenLink === null ? 'Failed' : BROKE[brokenLink]}: ${name}`, outcome.reason);
  if (outcome.verdict === 'stale') state('host-stale', 'warning', `Stale: ${name}`, outcome.reason);
  if (outcome.verdict === 'inconclusive') state('host-inconclusive', 'warning', `Cannot be judged: ${name}`, outcome.reason);
  if (disagreement) {
    const detail = `The endpoint says ${reported.verdict}, our verification says ${outcome.verdict}. ${outcome.reason}`;
    state('disagreement', 'critical', `Endpoint and evidence disagree: ${name}`, detail);
  }
  const { runtimePolicy, measuredBoot, pcrPolicy } = reported.evaluates;
  if (reported.verdict === 'trusted' && !runtimePolicy && !measuredBoot && !pcrPolicy) {
    state(
      'reported-without-policy',
      'warning',
      `Reported as trusted without any policy: ${name}`,
      'The endpoint passes this host, but it holds nothing against a reference value.',
    );
  }
  if (rebooted)
    drafts.push({
      kind: 'reboot',
      severity: 'info',
      title: `Rebooted: ${name}`,
      detail: 'The TPM reset counter went up since the last quote.',
      momentary: true,
    });
  if (outcome.verdict === 'trusted' && memory !== null && memory.verdict === 'failed') {
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
