import { BUILT_IN_MANIFEST, type Manifest } from '../../appraisal/manifest/manifest.ts';
import type { Observation } from '../../connectors/port.ts';
import { makeEvidence, makeKey, type HostOptions } from '../../evidence/testing/host.ts';
import type { HostMemory, HostRecord } from '../../store/records.ts';
import { recordOf } from '../observe.ts';

export const T0 = 1_800_000_000_000;
export const KEY = makeKey('ecdsa256');
const NONE: Observation['evidence'] = {
  kind: 'none',
  problem: { code: 'unreachable', message: 'The agent does not answer.', nextStep: 'Check that it runs.' },
};

export const observe = (options: HostOptions | 'unreachable' = {}, over: Partial<Observation> = {}): Observation => {
  const bundle = makeEvidence({ key: KEY, ...(options === 'unreachable' ? {} : options) });
  return {
    endpoint: 'dc',
    hostId: 'agent-1',
    address: '10.0.0.1:9002',
    observedAtMs: T0,
    reported: {
      verdict: 'trusted',
      sentence: 'Verifier says PASS.',
      lastSuccessAtMs: T0,
      attestationPeriodMs: 5000,
      evaluates: { runtimePolicy: true, measuredBoot: true, pcrPolicy: false },
    },
    identity: { akTpm2bPublic: KEY.area(), ekTpm2bPublic: Buffer.from('an endorsement key'), ekCertDer: null, registrations: 1 },
    claims: {
      name: 'web-1',
      hostClass: null,
      country: 'DE',
      subdivision: null,
      site: null,
      locationToken: null,
      labels: {},
      workloads: [],
    },
    evidence:
      options === 'unreachable'
        ? NONE
        : {
            kind: 'evidence',
            nonce: bundle.nonce,
            quote: bundle.quote,
            pcrs: bundle.pcrs,
            claimedSelection: null,
            eventLog: bundle.eventLog,
            ima: bundle.ima,
            geo: null,
            geoProblem: null,
            requestedAtMs: T0 - 50,
            receivedAtMs: T0,
          },
    reference: {
      measuredBoot: null,
      runtime: { source: { provenance: 'a test', sha256: '0', obtainedAtMs: T0 }, digests: new Map(), excludes: ['/'], notJudged: [] },
    },
    demo: false,
    ...over,
  };
};

/** What the store would remember of this record. */
export const remembered = (record: HostRecord, over: Partial<HostMemory> = {}): HostMemory => ({
  verdict: record.verdict,
  verified: record.verified,
  reason: record.reason,
  brokenLink: record.brokenLink,
  evidenceAtMs: record.evidenceAtMs,
  changedAtMs: record.seenAtMs,
  akName: record.akName,
  akPinnedAtMs: record.seenAtMs,
  ekSha256: record.ekSha256,
  clock: record.clock,
  detail: record.detail,
  standing: record.standing,
  pulse: { evidenceAtMs: record.evidenceAtMs, quotedAtMs: record.quotedAtMs, seenAtMs: record.seenAtMs },
  kept: {
    eventLog: record.blobs?.eventLog?.sha256 ?? null,
    ima: record.blobs?.ima?.sha256 ?? null,
    imaPieces: { stretches: [], pieces: [] },
  },
  ...over,
});
export const record = (observation: Observation, memory: HostMemory | null = null, manifest: Manifest = BUILT_IN_MANIFEST): HostRecord =>
  recordOf(observation, memory, manifest);
