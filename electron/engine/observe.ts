import { createHash } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Problem } from '../../shared/model/result.ts';
import type { Before } from '../appraisal/decide/decide.ts';
import { type FactsInput, factsBeforeReference, factsOf } from '../appraisal/facts.ts';
import { createJudging, type Judging } from '../appraisal/reference-values/effective.ts';
import type { Manifest } from '../appraisal/manifest/manifest.ts';
import type { Observation } from '../connectors/port.ts';
import { akNameOf, REQUIRED_SELECTION, type VerifyOptions, verifyEvidence } from '../evidence/index.ts';
import type { EndorsementTrust, EvidenceInput, EvidenceResult } from '../evidence/types.ts';
import type { HostMemory, HostRecord, StoredClock } from '../store/records.ts';
import { rawQuoteOf, steadyDigest } from './confirmation.ts';
import { blobOf, certificateBlobOf, listBlobOf } from './evidence-blobs.ts';
import { findingsOf } from './findings/drafts.ts';
import { decidedBreaks, decidedColumns, decidedDetail } from './judged-record.ts';
import { type KeptDetail, readKeptDetail, seenNow } from './kept-detail.ts';
import { pcrRows } from './pcr-rows.ts';
import { toRuntimeReferenceBlob } from './runtime-reference-blob.ts';
import { decisiveDigest, judgeStanding, readStanding, standingAfter } from './standing.ts';

const ENDPOINT_ALONE = createJudging([]);
const MAX_KEPT_CHAINS = 50;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const ekSha256Of = ({ identity }: Observation): string | null =>
  identity.ekTpm2bPublic === null ? null : sha256(identity.ekTpm2bPublic);

export const hostKey = (observation: Observation): string => `${observation.endpoint}/${observation.hostId}`;

const UNJUDGED_BANK: Problem = {
  code: 'bank-unsupported',
  message: 'The host quotes no SHA-256 registers, and this version judges only those.',
  nextStep: 'Set tpm_hash_alg = "sha256" in the agent\'s configuration.',
};

/** `endorsement`: what endorsement certificates are judged by, at the time of the observation. */
export type ObserveOptions = VerifyOptions & { readonly endorsement?: Omit<EndorsementTrust, 'atMs'> };

const verify = (
  observation: Observation,
  memory: HostMemory | null,
  akName: string | null,
  options: ObserveOptions,
): FactsInput['evidence'] => {
  const { evidence, identity } = observation;
  if (evidence.kind === 'none') return evidence;
  if (evidence.claimedSelection !== null && evidence.claimedSelection.sha256 === undefined) return { kind: 'none', problem: UNJUDGED_BANK };
  // A renewed key has its own clock offsets, so an old clock says nothing about it (TPM 2.0 Part 1 §36.7).
  const clock = memory?.akName === akName ? memory?.clock : null;
  const input: EvidenceInput = {
    host: observation.hostId,
    nonce: evidence.nonce,
    quote: evidence.quote,
    pcrs: evidence.pcrs,
    requiredSelection: REQUIRED_SELECTION,
    ...(identity.akTpm2bPublic && { akTpm2bPublic: identity.akTpm2bPublic }),
    ...(identity.ekTpm2bPublic && { ekTpm2bPublic: identity.ekTpm2bPublic }),
    ...(identity.ekCertDer && { ekCertDer: identity.ekCertDer }),
    ...(options.endorsement && { endorsement: { ...options.endorsement, atMs: observation.observedAtMs } }),
    ...(evidence.eventLog && { eventLog: evidence.eventLog }),
    ...(evidence.ima && { ima: evidence.ima }),
    ...(evidence.geo && { geo: evidence.geo }),
    ...(evidence.claimedSelection && { claimedSelection: evidence.claimedSelection }),
    ...(akName !== null && { enrolment: { akName, source: 'the registrar, which activated a credential for it' } }),
    ...(clock && {
      previous: {
        resetCount: clock.resetCount,
        restartCount: clock.restartCount,
        clockMs: BigInt(clock.clockMs),
        safe: clock.safe,
        firmwareVersion: BigInt(clock.firmwareVersion),
      },
    }),
  };
  return { kind: 'verified', result: verifyEvidence(input, options) };
};

/** The clock to compare the next quote with: only that of a quote whose every hardware check held. */
const acceptedClock = (result: EvidenceResult, holds: boolean, memory: HostMemory | null, atMs: number): StoredClock | null => {
  if (!result.quote || !holds) return null;
  const { clock } = result.quote;
  const seenBefore = memory?.clock?.resetCount === clock.resetCount ? memory.clock.countSeenAtMs : atMs;
  return {
    resetCount: clock.resetCount,
    restartCount: clock.restartCount,
    clockMs: clock.clockMs.toString(),
    safe: clock.safe,
    firmwareVersion: clock.firmwareVersion.toString(),
    countSeenAtMs: seenBefore,
  };
};

/** Where the last quote of the same boot stopped covering the IMA list, if it stopped short of its end. */
const heldTail = (before: KeptDetail | null, result: EvidenceResult | null): number | null => {
  if (before === null || before.provenIma === null || before.detail.ima <= before.provenIma) return null;
  return before.detail.clocks.resetCount === result?.quote?.clock.resetCount ? before.provenIma : null;
};

/**
 * Verifies and appraises one observation against what is remembered, and makes the record to remember. Pure but for hashing.
 * `sharedWith`: another host that answers with the same TPM at this time. `decidedBy`: the number of the manifest's version.
 * `judging`: adds reference values of our own to the endpoint's.
 */
export const recordOf = (
  observation: Observation,
  memory: HostMemory | null,
  manifest: Manifest,
  sharedWith: string | null = null,
  options: ObserveOptions = {},
  decidedBy = 0,
  judging: Judging = ENDPOINT_ALONE,
): HostRecord => {
  const { identity, evidence, claims, reported } = observation;
  const named = identity.akTpm2bPublic === null ? null : akNameOf(identity.akTpm2bPublic);
  const akName = named?.ok ? named.value : null;
  const ekSha256 = ekSha256Of(observation);
  const verified = verify(observation, memory, akName, options);
  const result = verified.kind === 'verified' ? verified.result : null;
  const name = claims.name ?? observation.hostId;
  const remembered = memory === null ? null : readKeptDetail(memory.detail, memory.pulse);
  const said = {
    host: {
      id: hostKey(observation),
      name: visibleText(name, 200),
      endpoint: observation.endpoint,
      address: observation.address,
      hostClass: claims.hostClass,
      labels: claims.labels,
      ekSha256,
      demo: observation.demo,
    },
    evidence: verified,
    reported: reported.verdict,
    geoProblem: evidence.kind === 'evidence' ? evidence.geoProblem : null,
    claims,
  };
  const { reference, sources } = judging(observation.reference, factsBeforeReference(said), observation.observedAtMs);
  const facts = factsOf({
    ...said,
    identity: {
      previousAkName: memory?.akName ?? null,
      akName,
      previousEkSha256: memory?.ekSha256 ?? null,
      ekSha256,
      sharedWith: ekSha256 === null ? null : sharedWith,
    },
    reference,
    heldImaAt: heldTail(remembered, result),
  });
  const before: Before = {
    atMs: observation.observedAtMs,
    verdict: memory?.verdict ?? null,
    doubtSinceMs: remembered?.doubtSinceMs ?? null,
    heldSinceMs: remembered?.heldSinceMs ?? null,
  };
  const receivedAtMs = evidence.kind === 'evidence' ? evidence.receivedAtMs : null;
  const standing = standingAfter(
    facts,
    before,
    receivedAtMs,
    readStanding(result === null ? (memory?.standing ?? null) : null, memory?.pulse ?? null),
  );
  const judged = judgeStanding(standing, manifest);
  const { appraisal } = judged;
  const kept = judged.ofLast ? remembered : null;
  const checks = kept?.detail.checks ?? [...(result?.checks ?? [])];
  // By the evidence alone: a manifest that asks for more does not make an authentic quote less so.
  const quoteHolds = facts.links.some((link) => link.link === 'hardware' && link.verdict === 'trusted');
  const clock = result === null ? null : acceptedClock(result, quoteHolds, memory, observation.observedAtMs);
  const detail: KeptDetail['detail'] = {
    ...decidedDetail(name, reported.verdict, checks, judged),
    checks,
    reportedSentence: reported.sentence,
    clocks: {
      bootedAtMs: clock?.countSeenAtMs ?? memory?.clock?.countSeenAtMs ?? null,
      measuredEvents: result?.eventLog?.events.length ?? kept?.detail.clocks.measuredEvents ?? 0,
      quotedAtMs: evidence.kind === 'evidence' ? evidence.requestedAtMs : (kept?.detail.clocks.quotedAtMs ?? null),
      receivedAtMs: receivedAtMs ?? memory?.evidenceAtMs ?? null,
      resetCount: result?.quote?.clock.resetCount ?? memory?.clock?.resetCount ?? null,
      restartCount: result?.quote?.clock.restartCount ?? memory?.clock?.restartCount ?? null,
      clockSafe: result?.quote?.clock.safe ?? null,
    },
    identity: {
      akName,
      akPinnedAtMs: memory?.akPinnedAtMs ?? null,
      ekSha256,
      signatureScheme: result?.quote?.scheme ?? null,
      address: observation.address,
    },
    pcrs: result && evidence.kind === 'evidence' ? pcrRows(evidence.pcrs, result) : (kept?.detail.pcrs ?? []),
    references: sources.map((source) => ({ ...source })),
    events: result?.eventLog?.events.length ?? kept?.detail.events ?? 0,
    ima: result?.ima?.entryCount ?? kept?.detail.ima ?? 0,
    evidenceProblem: evidence.kind === 'none' ? { ...evidence.problem } : null,
  };
  const seen = seenNow(judged, observation.observedAtMs, result?.quote?.clock.resetCount ?? null);
  const toKeep: KeptDetail = {
    detail,
    ...decidedBreaks(judged),
    knownChains: result === null ? (kept?.knownChains ?? []) : (reference.measuredBoot?.bootChains.slice(0, MAX_KEPT_CHAINS) ?? []),
    provenIma: result?.ima?.provenCount ?? kept?.provenIma ?? null,
    doubtSinceMs: appraisal.doubtSinceMs,
    heldSinceMs: appraisal.heldSinceMs,
    seen: seen ?? remembered?.seen ?? null,
    seenLast: seen !== null,
  };
  const decided = decidedColumns(judged);
  const record = {
    id: hostKey(observation),
    agentId: observation.hostId,
    endpoint: observation.endpoint,
    name: visibleText(name, 200),
    hostClass: claims.hostClass,
    address: observation.address,
    labels: judged.facts.host.labels,
    ...decided,
    reported: reported.verdict,
    evidenceAtMs: receivedAtMs,
    seenAtMs: observation.observedAtMs,
    demo: observation.demo,
    detail: JSON.stringify(toKeep),
    standing: JSON.stringify(standing),
    decisive: decisiveDigest(standing),
    decidedBy,
    // An exchanged TPM is not pinned over the one that was enrolled, nor is a key whose quote did not hold.
    akName: quoteHolds || memory === null ? akName : null,
    ekSha256: memory?.ekSha256 ?? ekSha256,
    tagSerial: facts.tagSerial,
    clock,
    quotedAtMs: evidence.kind === 'evidence' ? evidence.requestedAtMs : null,
    quote: rawQuoteOf(observation),
    blobs:
      evidence.kind === 'none'
        ? null
        : {
            eventLog: blobOf('event-log', evidence.eventLog, memory?.kept.eventLog ?? null),
            ima: listBlobOf(evidence.ima, memory?.kept ?? null),
            runtimeReference: reference.runtime === null ? null : toRuntimeReferenceBlob(reference.runtime),
            ekCertificate: certificateBlobOf(identity.ekCertDer),
          },
    findings: findingsOf({
      observation,
      name: visibleText(name, 200),
      reported: reported.verdict,
      judged,
      memory,
      evidenceAtMs: receivedAtMs ?? memory?.evidenceAtMs ?? null,
      seen: { before: remembered?.seen ?? null, now: seen },
      maxSpeedKmh: manifest.maxSpeedKmh,
      rebooted: result?.checks.some((check) => check.code === 'reboot-detected' && check.outcome === 'notice') ?? false,
    }),
  };
  return { ...record, steady: steadyDigest(record) };
};
