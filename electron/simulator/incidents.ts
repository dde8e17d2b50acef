import type { Link, Verdict } from '../../shared/model/verdict.ts';
import type { Seeded } from './seeded.ts';

/** What can be wrong with a simulated host. Every incident has one expected answer. */
export const INCIDENT_NAMES = [
  'boot-loader-changed',
  'secure-boot-off',
  'unknown-binary',
  'log-forged',
  'quote-replayed',
  'ak-swapped',
  'firmware-changed',
  'kernel-changed',
  'container-engine-changed',
  'workload-abroad',
  'ima-tampered',
  'host-gone',
  'host-slow',
  'clock-rolled-back',
  'reboot',
] as const;
export type IncidentName = (typeof INCIDENT_NAMES)[number];

export type Incident = {
  readonly name: IncidentName;
  readonly sentence: string;
  readonly verdict: Verdict;
  readonly brokenLink: Link | null;
  /** A word that a good explanation contains. */
  readonly reason: string;
  /** 1: a single first sweep shows it. 2: only a later sweep can. */
  readonly detectableFromSweep: 1 | 2;
  /** What the simulated endpoint reports; null = PASS, the endpoint does not notice. */
  readonly reportedEvent: string | null;
};

const incident = (
  name: IncidentName,
  brokenLink: Link | null,
  verdict: Verdict,
  detectableFromSweep: 1 | 2,
  reason: string,
  reportedEvent: string | null,
  sentence: string,
): Incident => ({ name, brokenLink, verdict, detectableFromSweep, reason, reportedEvent, sentence });

const CATALOGUE: readonly Incident[] = [
  incident(
    'boot-loader-changed',
    'boot-loader',
    'failed',
    1,
    'boot loader',
    'measured_boot.policy_example',
    'The boot loader (PCR 4) is not the approved one.',
  ),
  incident(
    'secure-boot-off',
    'secure-boot',
    'failed',
    1,
    'secure boot',
    null,
    'Secure boot is switched off. The endpoint evaluated the boot only once, at enrolment, and still says PASS.',
  ),
  incident(
    'unknown-binary',
    'runtime',
    'failed',
    1,
    '/tmp/.x/loader',
    'ima.validation.ima-ng.not_in_allowlist',
    'A program that no policy knows ran from /tmp/.x.',
  ),
  incident(
    'log-forged',
    'boot-loader',
    'failed',
    1,
    'PCR 4',
    'measured_boot.invalid_pcr_4',
    'The event log shows the approved boot loader, but PCR 4 holds another: the log was edited.',
  ),
  incident(
    'quote-replayed',
    'hardware',
    'failed',
    1,
    'nonce',
    'qoute_validation.invalid_quote',
    'The host answers with an old quote; its nonce is not the one asked with.',
  ),
  incident(
    'ak-swapped',
    'hardware',
    'failed',
    1,
    'signed',
    'qoute_validation.invalid_quote',
    'Quotes are signed by a key other than the attestation key enrolled at the registrar.',
  ),
  incident(
    'firmware-changed',
    'firmware',
    'failed',
    1,
    'firmware',
    null,
    'The platform firmware (PCR 0) is not the approved one. The endpoint evaluated the boot only once and still says PASS.',
  ),
  incident('kernel-changed', 'kernel', 'failed', 1, 'kernel', 'measured_boot.policy_example', 'The kernel image is not the approved one.'),
  incident(
    'container-engine-changed',
    'container-engine',
    'failed',
    1,
    'runc',
    'ima.validation.ima-ng.runtime_policy_hash',
    'The container runtime runc is not the approved one.',
  ),
  incident(
    'workload-abroad',
    'workloads',
    'failed',
    1,
    'payments-ledger',
    null,
    'The workload payments-ledger may run only in DE, FR or IE, and runs abroad. The endpoint has no opinion on places.',
  ),
  incident(
    'ima-tampered',
    'runtime',
    'failed',
    1,
    'hash',
    'ima.pcr_mismatch',
    'An entry of the IMA list was renamed after it was measured.',
  ),
  incident(
    'host-gone',
    null,
    'stale',
    1,
    'refused',
    'internal.verifier.not_reachable',
    'The host no longer answers. Stale where it was trusted before, inconclusive on a first sweep.',
  ),
  incident('host-slow', null, 'trusted', 1, 'slow', null, 'The host takes two seconds to answer; nothing is wrong with it.'),
  incident(
    'clock-rolled-back',
    'hardware',
    'failed',
    2,
    'reset count',
    'qoute_validation.invalid_quote',
    'From its second quote on the TPM counts fewer resets than before: state was rolled back or cloned.',
  ),
  incident('reboot', null, 'trusted', 1, 'reboot', null, 'An ordinary reboot.'),
];

export const incidentNamed = (name: IncidentName): Incident => {
  const found = CATALOGUE.find((entry) => entry.name === name);
  if (found === undefined) throw new RangeError(`no incident ${name}`);
  return found;
};

export const isIncidentName = (text: string): text is IncidentName => INCIDENT_NAMES.some((name) => name === text);

/** An incident on one host, from `afterMs` after the fleet's first start. */
export type Assignment = { readonly incident: Incident; readonly afterMs: number };

/** Shown by a single first sweep, with verdict failed. */
const TAMPERS = CATALOGUE.filter((entry) => entry.detectableFromSweep === 1 && entry.verdict === 'failed');

/** Fixed story of the demo fleet: what is wrong from the start, and what happens while one watches. */
const DEMO: readonly { readonly name: IncidentName; readonly afterMs: number }[] = [
  { name: 'boot-loader-changed', afterMs: 0 },
  { name: 'secure-boot-off', afterMs: 0 },
  { name: 'log-forged', afterMs: 0 },
  { name: 'workload-abroad', afterMs: 0 },
  { name: 'ak-swapped', afterMs: 0 },
  { name: 'container-engine-changed', afterMs: 0 },
  { name: 'host-slow', afterMs: 0 },
  { name: 'reboot', afterMs: 40_000 },
  { name: 'unknown-binary', afterMs: 75_000 },
  { name: 'clock-rolled-back', afterMs: 120_000 },
  { name: 'host-gone', afterMs: 160_000 },
];

const shuffled = (seeded: Seeded, hosts: number): readonly number[] =>
  Array.from({ length: hosts }, (_, index) => index)
    .map((index) => ({ index, order: seeded.bytes(`incident order ${index}`, 8).toString('hex') }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map((entry) => entry.index);

export type IncidentPlan = {
  readonly hosts: number;
  readonly tamper: number;
  readonly demo: boolean;
  readonly named: readonly { readonly name: IncidentName; readonly index: number }[];
};

/** Which host has which incident: repeatable by seed, one incident per host. Named ones win. */
export const assignIncidents = (seeded: Seeded, plan: IncidentPlan): ReadonlyMap<number, Assignment> => {
  const assigned = new Map<number, Assignment>();
  for (const { name, index } of plan.named) assigned.set(index, { incident: incidentNamed(name), afterMs: 0 });
  const free = shuffled(seeded, plan.hosts).filter((index) => !assigned.has(index));
  for (let at = 0; at < plan.tamper; at += 1) {
    const index = free.shift();
    const tamper = TAMPERS[at % TAMPERS.length];
    if (index === undefined || tamper === undefined) break;
    assigned.set(index, { incident: tamper, afterMs: 0 });
  }
  if (plan.demo) {
    // At most a fifth of a small fleet: the picture stays "mostly well".
    for (const entry of DEMO.slice(0, Math.max(1, Math.ceil(plan.hosts * 0.22)))) {
      const index = free.shift();
      if (index === undefined) break;
      assigned.set(index, { incident: incidentNamed(entry.name), afterMs: entry.afterMs });
    }
  }
  return assigned;
};
