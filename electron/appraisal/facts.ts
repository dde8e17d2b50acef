import type { ReferenceValues } from '../../shared/model/reference-values.ts';
import type { Problem } from '../../shared/model/result.ts';
import type { ReportedVerdict } from '../../shared/model/verdict.ts';
import type { EvidenceResult } from '../evidence/types.ts';
import { byFirmware } from './chain/boot-log.ts';
import { judgeHardware, type PinnedIdentity } from './chain/hardware.ts';
import { judgeMeasuredBoot } from './chain/measured-boot.ts';
import { judgeRuntime } from './chain/runtime.ts';
import type { HostFacts, LocationClaim, Placement } from './facts-schema.ts';
import { type GeoTag, readGeoTag } from './geo-tag.ts';

export type FactsInput = {
  readonly host: HostFacts['host'];
  /** Verified evidence, or why there is none. */
  readonly evidence: { readonly kind: 'verified'; readonly result: EvidenceResult } | { readonly kind: 'none'; readonly problem: Problem };
  readonly reported: ReportedVerdict;
  /** Why there is no geo tag although one is announced; null where none is announced or it came. */
  readonly geoProblem?: string | null;
  readonly claims: {
    readonly country: string | null;
    readonly subdivision: string | null;
    readonly site: string | null;
    readonly locationToken: string | null;
    readonly workloads: readonly Placement[];
    readonly workloadsUnread?: number;
  };
  readonly identity: PinnedIdentity;
  readonly reference: ReferenceValues;
  /** How many IMA entries the last quote of this boot covered, where it left some uncovered; null where it did not. */
  readonly heldImaAt?: number | null;
};

const MAX_COMMAND_LINES = 8;

/** Whether the firmware measured that secure boot is on, by the one event of PCR 7 whose data its digest covers. Null = not shown. */
const secureBootOn = ({ eventLog, provenLogPcrs }: EvidenceResult): boolean | null => {
  if (!provenLogPcrs.includes(7)) return null;
  const said = (byFirmware(eventLog?.events ?? [], 7) ?? []).filter(
    (event) => event.claimedType === 'EV_EFI_VARIABLE_DRIVER_CONFIG' && event.data === 'verified' && event.variable?.name === 'SecureBoot',
  );
  const [only] = said;
  return only === undefined || said.length > 1 ? null : only.variable?.valueHex === '01';
};

/**
 * Every command line that was measured for a kernel, in registers that replay to the quote. Null = none, or not all of them whole and covered
 * by their digests: what cannot be read may hold what is forbidden.
 */
const commandLinesOf = ({ eventLog, provenLogPcrs }: EvidenceResult): readonly string[] | null => {
  const measured = (eventLog?.events ?? []).filter(
    ({ meaning, pcr }) => meaning.kind === 'kernel-command-line' && provenLogPcrs.includes(pcr),
  );
  const lines = measured.flatMap(({ data, meaning: { commandLine, facts } }) =>
    data === 'verified' &&
    typeof commandLine === 'string' &&
    facts.some((fact) => fact.label === 'command line' && fact.basis === 'verified')
      ? [commandLine]
      : [],
  );
  return lines.length === 0 || lines.length < measured.length || lines.length > MAX_COMMAND_LINES ? null : lines;
};

const NO_PLACE = { country: null, subdivision: null, site: null, latitude: null, longitude: null } as const;

const locationsOf = (tag: GeoTag | null, claims: FactsInput['claims']): readonly LocationClaim[] => {
  const { country, subdivision, site } = claims;
  const reported = [country, subdivision, site].some((said) => said !== null);
  return [
    ...(tag === null ? [] : [{ ...tag.position, assurance: 'tpm-certified' as const, source: 'The tag in the TPM' }]),
    ...(reported ? [{ ...NO_PLACE, country, subdivision, site, assurance: 'reported' as const, source: 'The endpoint' }] : []),
  ];
};

const tagOf = ({ geoTag }: EvidenceResult): GeoTag | null => (geoTag === null ? null : readGeoTag(geoTag));

const tagProblemOf = (result: EvidenceResult | null, geoProblem: string | null): HostFacts['tagProblem'] => {
  const checks = result?.checks.filter((check) => check.code.startsWith('geo-')) ?? [];
  const forged = checks.find((check) => check.outcome === 'fail');
  if (forged) return { forged: true, message: forged.message };
  // Of a tag that did not come, no check passes. One that came and cannot be used is no reason to believe somebody else.
  const open = checks.some((check) => check.outcome === 'pass') && checks.find((check) => check.outcome === 'not-evaluated');
  if (open) return { forged: false, message: open.message };
  if (result !== null && result.geoTag !== null && tagOf(result) === null)
    return { forged: false, message: "The host's own geo tag holds no place that can be read." };
  return geoProblem === null ? null : { forged: false, message: geoProblem };
};

/** What is known of a host before anything is held against reference values: by this, a query can choose what it is held against. */
export const factsBeforeReference = ({
  host,
  evidence,
  claims,
  reported,
  geoProblem,
}: Pick<FactsInput, 'host' | 'evidence' | 'claims' | 'reported' | 'geoProblem'>): HostFacts => ({
  version: 1,
  locationToken: claims.locationToken,
  tagSerial: null,
  host,
  reported,
  workloads: claims.workloads,
  workloadsUnread: claims.workloadsUnread ?? 0,
  missing: null,
  quote: null,
  links: [],
  runtime: null,
  secureBootOn: null,
  commandLines: null,
  failures: [],
  locations: locationsOf(evidence.kind === 'verified' ? tagOf(evidence.result) : null, claims),
  tagProblem: tagProblemOf(evidence.kind === 'verified' ? evidence.result : null, geoProblem ?? null),
});

/**
 * Evidence held against reference values, and claims: all that is known of a host and that no manifest changes. Pure. Links that cannot
 * be judged are inconclusive; nothing is trusted that was not evaluated.
 */
export const factsOf = (input: FactsInput): HostFacts => {
  const { evidence, claims, reference } = input;
  const { locationToken, workloads, workloadsUnread = 0 } = claims;
  const common = { version: 1 as const, host: input.host, reported: input.reported, workloads, workloadsUnread, locationToken };
  if (evidence.kind === 'none')
    return {
      ...common,
      missing: { message: evidence.problem.message, nextStep: evidence.problem.nextStep },
      quote: null,
      links: [],
      runtime: null,
      secureBootOn: null,
      commandLines: null,
      failures: [],
      locations: locationsOf(null, claims),
      tagSerial: null,
      tagProblem: tagProblemOf(null, input.geoProblem ?? null),
    };
  const { result } = evidence;
  const { quote, checks } = result;
  const runtime = judgeRuntime(result, reference.runtime, input.heldImaAt ?? null);
  const tag = tagOf(result);
  const endorsement = checks.find((check) => check.code === 'ek-chain')?.outcome ?? 'not-evaluated';
  return {
    ...common,
    missing: null,
    quote:
      quote === null
        ? null
        : { scheme: quote.schemeName, hash: quote.hash, pcrs: quote.selection.sha256 ?? [], safeClock: quote.clock.safe, endorsement },
    links: [
      judgeHardware(result, input.identity),
      ...judgeMeasuredBoot(result, reference.measuredBoot),
      ...('links' in runtime ? runtime.links : []),
    ],
    runtime: 'counted' in runtime ? runtime.counted : null,
    secureBootOn: secureBootOn(result),
    commandLines: commandLinesOf(result),
    failures: checks.filter((check) => check.outcome === 'fail'),
    locations: locationsOf(tag, claims),
    tagSerial: tag?.serial ?? null,
    tagProblem: tagProblemOf(result, input.geoProblem ?? null),
  };
};
