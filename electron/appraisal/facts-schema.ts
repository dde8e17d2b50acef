import { z } from 'zod';
import { CHECK_CODES, CHECK_OUTCOMES } from '../../shared/model/check.ts';
import { ASSURANCES, LINK_VERDICTS, LINKS, REPORTED_VERDICTS } from '../../shared/model/verdict.ts';
import { CAUSES } from './chain/link.ts';
import { HASHES, SCHEMES } from './manifest/schema.ts';

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const record = <T extends z.ZodRawShape>(shape: T) => z.object(shape).readonly();
const words = list(z.string());

const brokenSchema = record({
  index: z.number().int(),
  link: z.enum(LINKS),
  reason: z.string(),
  expected: words,
  /** Of a measured file; absent where a rule could not name it. */
  path: z.string().optional(),
  /** What was measured, where it was held against a reference. */
  digest: z.string().optional(),
});

const judgementSchema = record({
  link: z.enum(LINKS),
  verdict: z.enum(LINK_VERDICTS),
  cause: z.enum(CAUSES),
  reason: z.string(),
  basis: words,
  notEvaluated: words,
  brokenEvents: list(brokenSchema),
  brokenIma: list(brokenSchema),
  nextStep: z.string().nullable(),
});

const tallySchema = record({
  link: z.enum(['runtime', 'container-engine', 'orchestrator']),
  counted: z.number().int(),
  judged: z.number().int(),
  violations: z.number().int(),
  broken: list(brokenSchema),
  /** Broken entries beyond those listed. */
  more: z.number().int(),
  notEvaluated: words,
});

/** What was measured by IMA, held against the reference values; a manifest's exclusions are applied to it. */
const runtimeSchema = record({
  hasReference: z.boolean(),
  /** Parts of the reference by which its owner may accept more, and which are not judged. */
  notJudged: words,
  basis: words,
  tallies: list(tallySchema),
});

export const locationClaimSchema = record({
  assurance: z.enum(ASSURANCES),
  /** Whose word it is: "the tag in the TPM", "the endpoint", "a person". */
  source: z.string(),
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
export type LocationClaim = z.output<typeof locationClaimSchema>;

const placementSchema = record({
  name: z.string(),
  image: z.string().nullable(),
  /** null = nobody said. */
  encrypted: z.boolean().nullable(),
});
export type Placement = z.output<typeof placementSchema>;

const checkSchema = record({ code: z.enum(CHECK_CODES), outcome: z.enum(CHECK_OUTCOMES), message: z.string() });

/** What rules about the quote go by. */
const quoteSchema = record({
  scheme: z.enum(SCHEMES),
  hash: z.enum([...HASHES, 'sm3']),
  /** Registers of the SHA-256 bank that the quote covers. */
  pcrs: list(z.number().int()),
  safeClock: z.boolean(),
  /** Outcome of `ek-chain`, and of `ek-revocation`. */
  endorsement: z.enum(CHECK_OUTCOMES),
});

/**
 * Everything that is known of a host at one moment and that no manifest changes: evidence held against reference values, and claims. A
 * manifest turns it into a verdict (`decide`), so that any manifest can be tried on what is recorded, without the evidence itself.
 */
export const hostFactsSchema = record({
  version: z.literal(1),
  host: record({
    id: z.string(),
    name: z.string(),
    endpoint: z.string(),
    address: z.string().nullable(),
    /** What the endpoint calls it; a claim. */
    hostClass: z.string().nullable(),
    labels: z.record(z.string(), z.string()).readonly(),
    /** SHA-256 of the endorsement key, hex; null where the endpoint gives none. */
    ekSha256: z.string().nullable(),
    demo: z.boolean(),
  }),
  reported: z.enum(REPORTED_VERDICTS),
  /** Why there is no evidence; null where there is. */
  missing: record({ message: z.string(), nextStep: z.string() }).nullable(),
  quote: quoteSchema.nullable(),
  /** Links without runtime, container engine and orchestrator where `runtime` holds them, and without workloads. */
  links: list(judgementSchema),
  runtime: runtimeSchema.nullable(),
  /** From the event log, where it is proven; null = not shown. */
  secureBootOn: z.boolean().nullable(),
  /** Kernel command lines, each whole and covered by its measured digest; null = none was measured, or not all of them so. */
  commandLines: words.nullable(),
  /** Checks that failed. */
  failures: list(checkSchema),
  locations: list(locationClaimSchema),
  /** A signed location token that the endpoint hands on; a manifest's issuers decide whether it counts. */
  locationToken: z.string().nullable(),
  /** The serial number that its geo tag carries, where it does: one tag is one host's. */
  tagSerial: z.string().nullable(),
  /** Why the host's own tag does not count, although one is announced. `forged`: it is not this host's. */
  tagProblem: record({ forged: z.boolean(), message: z.string() }).nullable(),
  workloads: list(placementSchema),
  /** How many further workloads the endpoint names that could not be read: no rule can have looked at them. */
  workloadsUnread: z.number().int().nonnegative().default(0),
});
export type HostFacts = z.output<typeof hostFactsSchema>;
export type RuntimeFacts = z.output<typeof runtimeSchema>;
export type RuntimeTally = z.output<typeof tallySchema>;
