import type { HostRecord } from '../records.ts';

const T0 = 1_800_000_000_000;
const TRUSTED = ['trusted', 'trusted', 'trusted', 'trusted', 'trusted', 'trusted', 'not-required', 'not-required', 'not-required'] as const;

/** A trusted host as it is recorded, but for what a test says otherwise. */
export const hostRecord = (over: Partial<HostRecord> = {}): HostRecord => ({
  id: 'dc/1',
  agentId: '1',
  endpoint: 'dc',
  name: 'ber1-web-1',
  hostClass: 'rack server',
  address: '10.0.0.1:9002',
  verdict: 'trusted',
  verified: 'trusted',
  reported: 'trusted',
  disagreement: false,
  brokenLink: null,
  reason: 'Every link is true.',
  chain: TRUSTED,
  location: { country: 'DE', subdivision: 'DE-BE', site: 'ber1', assurance: 'reported', source: 'The endpoint' },
  silent: false,
  evidenceAtMs: T0,
  seenAtMs: T0,
  demo: false,
  detail: '{}',
  standing: '{}',
  decisive: '',
  decidedBy: 0,
  policyClass: null,
  coverage: { covered: 6, required: 6 },
  maxAgeMs: 600_000,
  akName: '000b'.padEnd(68, 'a'),
  ekSha256: 'e'.repeat(64),
  tagSerial: null,
  clock: null,
  quotedAtMs: null,
  quote: null,
  steady: null,
  blobs: null,
  findings: [],
  ...over,
});
