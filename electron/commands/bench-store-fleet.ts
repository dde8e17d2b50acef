import { LINKS } from '../../shared/model/verdict.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const TOGETHER = 500;
const COUNTRIES = ['DE', 'FR', 'IE', 'US', 'SG', 'NL', 'SE', 'JP', null] as const;
const SITES = ['ber1', 'fra2', 'ams3', 'dub1', 'sin1', 'nyc2'] as const;
const ROLES = ['web', 'db', 'gpu', 'edge', 'cache', 'build'] as const;
const ENDPOINTS = ['dc-a', 'dc-b', 'dc-c', 'dc-d'] as const;

/** The same numbers every time, so that two runs measure the same fleet. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const TRUSTED: HostRecord['chain'] = LINKS.map((_, index) => (index < 6 ? 'trusted' : 'not-required'));
const brokenAt = (at: number): HostRecord['chain'] =>
  TRUSTED.map((verdict, index) => (index === at ? 'failed' : index > at && verdict === 'trusted' ? 'inconclusive' : verdict));

const REASON = 'Every required link was verified against its hardware root.';

const hostOf = (index: number, random: () => number): HostRecord => {
  const pick = <T>(values: readonly T[], otherwise: T): T => values[Math.floor(random() * values.length)] ?? otherwise;
  const endpoint = pick(ENDPOINTS, 'dc-a');
  const site = pick(SITES, 'ber1');
  const role = pick(ROLES, 'web');
  const agentId = `${(index * 2_654_435_761).toString(16).padStart(12, '0')}-4c1e-4b7a-9f00-${String(index).padStart(12, '0')}`;
  return {
    id: `${endpoint}/${agentId}`,
    agentId,
    endpoint,
    name: `${site}-${role}-${index}`,
    hostClass: `${role} server`,
    address: '10.0.0.1:9002',
    labels: { role },
    verdict: 'trusted',
    verified: 'trusted',
    reported: 'trusted',
    disagreement: false,
    brokenLink: null,
    reason: REASON,
    chain: TRUSTED,
    location: { country: pick(COUNTRIES, null), subdivision: null, site, assurance: 'reported', source: 'The endpoint' },
    silent: false,
    evidenceAtMs: 0,
    seenAtMs: 0,
    demo: false,
    detail: '{}',
    standing: '{}',
    decisive: '',
    decidedBy: 0,
    policyClass: pick([null, null, 'production'], null),
    coverage: { covered: 6, required: 6 },
    maxAgeMs: 900_000,
    akName: null,
    ekSha256: null,
    tagSerial: null,
    clock: null,
    quotedAtMs: null,
    quote: null,
    steady: null,
    blobs: null,
    findings: [],
  };
};

const failing = (host: HostRecord, random: () => number): HostRecord => {
  const at = Math.floor(random() * 6);
  const link = LINKS[at] ?? 'kernel';
  const cause = Math.floor(random() * 200);
  const reason = `The ${link} changed: it measures ${cause.toString(16).padStart(8, '0')} instead of what was approved.`;
  return {
    ...host,
    verdict: 'failed',
    verified: 'failed',
    reported: random() < 0.2 ? 'trusted' : 'failed',
    disagreement: random() < 0.2,
    brokenLink: link,
    reason,
    chain: brokenAt(at),
    findings: [
      {
        kind: 'host-failed',
        severity: 'critical',
        cause: `host-failed/${link}/${cause}`,
        what: `The ${link} changed`,
        title: `Failed: ${host.name}`,
        detail: reason,
        momentary: false,
      },
    ],
  };
};

const nowAndThenBroken = (host: HostRecord, random: () => number): HostRecord => {
  const draw = random();
  if (draw < 0.03) return failing(host, random);
  return draw < 0.05
    ? { ...host, verdict: 'inconclusive', verified: 'inconclusive', reported: 'pending', reason: 'No event log came.' }
    : host;
};

/** A fleet of which all was seen within the last five minutes; a few hosts are broken. */
export const writeFleet = (store: Store, hosts: number, nowMs: number): void => {
  const random = seeded(7);
  for (let at = 0; at < hosts; at += TOGETHER)
    store.write.recordHosts(
      Array.from({ length: Math.min(TOGETHER, hosts - at) }, (_, index) => {
        const host = hostOf(at + index, random);
        const atMs = Math.floor(nowMs - random() * 299_000);
        return { ...nowAndThenBroken(host, random), seenAtMs: atMs, evidenceAtMs: atMs };
      }),
    );
};
