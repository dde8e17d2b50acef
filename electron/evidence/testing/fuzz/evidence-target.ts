import { CHECK_CODES } from '../../../../shared/model/check.ts';
import { verifyEvidence } from '../../index.ts';
import type { EvidenceInput, EvidenceResult } from '../../types.ts';
import { GEO_INDEX, makeEvidence, makeKey } from '../host.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { joinSections, mutateEventLog, mutateList, mutateSections, splitSections } from './mutate-structure.ts';
import type { Target } from './target.ts';

/**
 * A whole host, one part of it changed. The promises are those of verification itself: what was not signed, or not measured, is never
 * proven, whatever else the input says.
 */
let honest: ReturnType<typeof makeEvidence> | null = null;
const host = (): ReturnType<typeof makeEvidence> => {
  honest ??= makeEvidence({ key: makeKey('ecdsa256') });
  return honest;
};

const sectionsOf = (input: EvidenceInput): readonly Uint8Array[] => [
  input.quote.attest,
  input.quote.signature,
  input.akTpm2bPublic ?? Buffer.alloc(0),
  input.eventLog ?? Buffer.alloc(0),
  input.ima ?? Buffer.alloc(0),
  input.geo?.attest ?? Buffer.alloc(0),
  input.geo?.signature ?? Buffer.alloc(0),
];

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;

/** Digests of the events of proven PCRs, or of proven files, in order: what a quote pins. */
const provenEvents = (result: EvidenceResult, pcrs: readonly number[]): string =>
  (result.eventLog?.events ?? [])
    .filter((event) => pcrs.includes(event.pcr) && event.claimedType !== 'EV_NO_ACTION')
    .map((event) => `${event.pcr}:${event.digests.sha256 ?? ''}`)
    .sort()
    .join();

const provenFiles = (result: EvidenceResult): readonly string[] => {
  const files: string[] = [];
  for (const entry of result.ima?.entries ?? []) if (entry.proven) files.push(`${entry.path}=${entry.fileAlg}:${entry.fileDigest}`);
  return files;
};

let reference: EvidenceResult | null = null;

const brokenPromise = (input: EvidenceInput, result: EvidenceResult): string | undefined => {
  reference ??= verifyEvidence(host());
  const pass = (code: string): boolean => result.checks.some((check) => check.code === code && check.outcome === 'pass');
  if (result.checks.length !== CHECK_CODES.length) return 'a check is missing';
  if (result.checks.some((check) => check.message.includes('fault in the verifier'))) return 'a fault in the verifier';
  if (result.verdict === 'pass' && result.checks.some((check) => check.outcome === 'fail')) return 'passed with a failed check';
  if (!same(input.quote.attest, host().quote.attest) && pass('signature')) return 'a changed quote is signed';
  if (!same(input.akTpm2bPublic, host().akTpm2bPublic) && pass('ak-binding')) return 'another key is bound';
  if (!same(input.geo?.attest, host().geo?.attest) && pass('geo-signer')) return 'a changed geo tag is signed';
  if (result.geoTag !== null && !same(result.geoTag, Buffer.from('{"country":"DE"}'))) return 'another geo tag is certified';
  const pcrs = result.provenLogPcrs;
  if (pcrs.length > 0 && provenEvents(result, pcrs) !== provenEvents(reference, pcrs)) return 'a log with other digests is proven';
  const wanted = provenFiles(reference);
  const unexpected = provenFiles(result).some((file, index) => file !== wanted[index]);
  return unexpected ? 'an IMA entry that was never measured is proven' : undefined;
};

export const evidenceTarget: Target = {
  name: 'evidence',
  mutate: mutateSections([mutateBytes, mutateBytes, mutateBytes, mutateEventLog, mutateList, mutateBytes, mutateBytes]),
  seeds: () => [joinSections(sectionsOf(host()))],
  corpus: [],
  run: (bytes) => {
    const [attest, signature, akTpm2bPublic, eventLog, ima, geoAttest, geoSignature] = splitSections(bytes, 7);
    const none = Buffer.alloc(0);
    const input: EvidenceInput = {
      ...host(),
      akTpm2bPublic: akTpm2bPublic ?? none,
      quote: { attest: attest ?? none, signature: signature ?? none },
      eventLog: eventLog ?? none,
      ima: ima ?? none,
      geo: { attest: geoAttest ?? none, signature: geoSignature ?? none, nvIndex: GEO_INDEX },
    };
    const result = verifyEvidence(input);
    const shape = result.checks.map((check) => check.outcome[0]).join('');
    return { shape, output: result, broken: brokenPromise(input, result) };
  },
};
