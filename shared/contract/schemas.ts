import { z } from 'zod';
import { ASSURANCES, LINK_VERDICTS, LINKS, REPORTED_VERDICTS, VERDICTS } from '../model/verdict.ts';
import { CHECK_CODES, CHECK_OUTCOMES } from '../model/check.ts';
import { type Finding, findingCountsSchema, findingSchema } from './finding-schemas.ts';

/** All times are Unix milliseconds UTC. All text that came from hosts or endpoints is already made visible (hostile-text.ts). */
const timeMs = z.number().int();
const count = z.number().int().nonnegative();

export const verdictSchema = z.enum(VERDICTS);
export const linkSchema = z.enum(LINKS);
export const linkVerdictSchema = z.enum(LINK_VERDICTS);
export const reportedSchema = z.enum(REPORTED_VERDICTS);

export const problemSchema = z.object({ code: z.string(), message: z.string(), nextStep: z.string() });

export const locationSchema = z.object({
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  assurance: z.enum(ASSURANCES),
});

export const checkSchema = z.object({ code: z.enum(CHECK_CODES), outcome: z.enum(CHECK_OUTCOMES), message: z.string() });

/** One link of the chain of trust with its reason. `believable` is false above the first break: it can no longer be believed. */
export const chainLinkSchema = z.object({
  link: linkSchema,
  verdict: linkVerdictSchema,
  reason: z.string(),
  /** What this link rests on, in words: check codes, PCRs, reference values. */
  basis: z.array(z.string()),
  /** What was not evaluated for this link, in words; empty when everything known was. */
  notEvaluated: z.array(z.string()),
  believable: z.boolean(),
});

export const hostRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  hostClass: z.string().nullable(),
  verdict: verdictSchema,
  reported: reportedSchema,
  disagreement: z.boolean(),
  brokenLink: linkSchema.nullable(),
  reason: z.string(),
  /** Verdict of each link in the order of LINKS, for the chain glyph. */
  chain: z.array(linkVerdictSchema),
  location: locationSchema,
  /** When the newest verified evidence was received; null = never. */
  evidenceAtMs: timeMs.nullable(),
  /** Since when this verdict holds. */
  changedAtMs: timeMs,
  lastSeenAtMs: timeMs,
  demo: z.boolean(),
});

export const endpointStatusSchema = z.object({
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  state: z.enum(['never-asked', 'asking', 'answering', 'silent']),
  problem: problemSchema.nullable(),
  hosts: count,
  lastSweepAtMs: timeMs.nullable(),
  lastSuccessAtMs: timeMs.nullable(),
  lastDurationMs: count.nullable(),
  nextSweepAtMs: timeMs.nullable(),
  intervalMs: count,
  demo: z.boolean(),
});

export const tallySchema = z.object({ inventory: count, trusted: count, failed: count, stale: count, inconclusive: count });

export const overviewSchema = z.object({
  nowMs: timeMs,
  tally: tallySchema,
  disagreements: count,
  /** Fleet tally over time, oldest first; recorded only, never interpolated. */
  trend: z.array(tallySchema.extend({ atMs: timeMs })),
  freshness: z.object({
    newestEvidenceAtMs: timeMs.nullable(),
    oldestTrustedEvidenceAtMs: timeMs.nullable(),
    maxAgeMs: count,
    /** Hosts by age of their newest evidence: up to `upToMs`, in ascending order; upToMs null = older or never. */
    ages: z.array(z.object({ upToMs: count.nullable(), hosts: count })),
  }),
  links: z.array(
    z.object({ link: linkSchema, trusted: count, failed: count, inconclusive: count, notRequired: count, firstBroken: count }),
  ),
  places: z.array(
    z.object({ country: z.string().nullable(), hosts: count, failed: count, inconclusive: count, stale: count, trusted: count }),
  ),
  findings: z.array(findingSchema),
  /** Findings that hold now, whatever people say of them. */
  openFindings: count,
  findingCounts: findingCountsSchema,
  endpoints: z.array(endpointStatusSchema),
  manifest: z.object({ name: z.string(), builtIn: z.boolean() }),
});

export const HOST_SORTS = [
  'verdict',
  'name',
  'hostClass',
  'reported',
  'brokenLink',
  'country',
  'evidenceAtMs',
  'changedAtMs',
  'endpoint',
] as const;

export const hostQuerySchema = z.strictObject({
  /** These and no others, such as those that a person ticked. */
  ids: z.array(z.string().min(1).max(200)).min(1).max(500).optional(),
  verdicts: z.array(verdictSchema).max(4).optional(),
  /** Hosts whose chain first breaks at this link. */
  brokenLink: linkSchema.optional(),
  /** ISO 3166-1 alpha-2; the user-assigned code ZZ asks for hosts whose country is not known. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  endpoint: z.string().max(200).optional(),
  disagreement: z.boolean().optional(),
  /** Hosts whose newest evidence is older than this many milliseconds, or absent. */
  evidenceOlderThanMs: count.optional(),
  /** Free text over name, id, class, site, endpoint, reason; every word must occur. */
  text: z.string().max(200).optional(),
});

export const hostsPageSchema = z.object({
  /** Hosts that match the query, and hosts in all. */
  total: count,
  inventory: count,
  offset: count,
  rows: z.array(hostRowSchema),
});

export const spanSchema = z.object({
  fromMs: timeMs,
  /** Last time this was confirmed. */
  toMs: timeMs,
  verdict: verdictSchema,
  reported: reportedSchema,
  brokenLink: linkSchema.nullable(),
  reason: z.string(),
  confirmations: count,
});

export const pcrRowSchema = z.object({
  bank: z.string(),
  index: count,
  value: z.string(),
  /** In the signed quote: the value is proven by the TPM. Otherwise it is only claimed. */
  quoted: z.boolean(),
  /** Value that the event log or IMA list replays to; null where none extends it. */
  replayed: z.string().nullable(),
  meaning: z.string(),
});

/** The fleet as it was known at a moment, and one window of its hosts. */
export const fleetAsOfSchema = z.object({
  atMs: timeMs,
  tally: tallySchema,
  disagreements: count,
  /** What held then, and how many of it were endpoints that did not answer. */
  findings: count,
  silentEndpoints: count,
  /** What was in force then; null = the built-in defaults. */
  manifest: z.object({ number: count, name: z.string() }).nullable(),
  hosts: hostsPageSchema,
});

export const hostDetailSchema = z.object({
  row: hostRowSchema,
  sentence: z.string(),
  nextStep: z.string().nullable(),
  chain: z.array(chainLinkSchema),
  checks: z.array(checkSchema),
  reportedSentence: z.string(),
  verifiedSentence: z.string(),
  disagreementSentence: z.string().nullable(),
  /** Four clocks. booted: at the latest, the first quote with this reset counter; quoted: when we asked with our nonce; received: last byte here. */
  clocks: z.object({
    bootedAtMs: timeMs.nullable(),
    measuredEvents: count,
    quotedAtMs: timeMs.nullable(),
    receivedAtMs: timeMs.nullable(),
    resetCount: z.number().int().nullable(),
    restartCount: z.number().int().nullable(),
    clockSafe: z.boolean().nullable(),
  }),
  identity: z.object({
    akName: z.string().nullable(),
    akPinnedAtMs: timeMs.nullable(),
    ekSha256: z.string().nullable(),
    signatureScheme: z.string().nullable(),
    address: z.string().nullable(),
  }),
  pcrs: z.array(pcrRowSchema),
  workloads: z.array(
    z.object({ name: z.string(), image: z.string().nullable(), ruled: z.boolean(), allowed: z.boolean().nullable(), reason: z.string() }),
  ),
  /** The class of the manifest that applied, and why; null name = its defaults. */
  policyClass: z.object({ name: z.string().nullable(), why: z.string() }),
  /** How many of the links that the manifest requires were held against a reference. */
  coverage: z.object({ covered: count, required: count }),
  /** Whose word the location is, and what speaks against it. */
  locationSource: z.object({ source: z.string().nullable(), contradiction: z.string().nullable() }),
  references: z.array(
    z.object({ kind: z.enum(['measured-boot', 'runtime']), provenance: z.string(), sha256: z.string(), obtainedAtMs: timeMs }),
  ),
  events: count,
  ima: count,
  evidenceProblem: problemSchema.nullable(),
});

export const eventRowSchema = z.object({
  index: count,
  pcr: z.number().int(),
  claimedType: z.string(),
  digest: z.string(),
  bank: z.string(),
  /** verified: digest covers the data. mismatch: it should and does not. not-covered: the description is a claim. */
  data: z.enum(['verified', 'mismatch', 'not-covered']),
  /** Whether the log as a whole replays to the quoted value of this event's PCR; null = PCR not quoted. */
  replayProven: z.boolean().nullable(),
  summary: z.string(),
  /** Set when this event broke a link: why, in one sentence. */
  broke: z.object({ link: linkSchema, reason: z.string(), expected: z.array(z.string()) }).nullable(),
});

export const imaRowSchema = z.object({
  index: count,
  template: z.string(),
  fileDigest: z.string(),
  path: z.string(),
  /** allowed / unknown-path / changed: against the runtime reference; excluded: the reference does not judge it; no-reference. */
  judged: z.enum(['allowed', 'unknown-path', 'changed', 'excluded', 'violation', 'no-reference']),
  proven: z.boolean(),
  broke: z.object({ link: linkSchema, reason: z.string(), expected: z.array(z.string()) }).nullable(),
});

export const appInfoSchema = z.object({
  name: z.literal('Plumbline'),
  version: z.string(),
  shell: z.enum(['desktop', 'console']),
  runtime: z.string(),
  startedAtMs: timeMs,
  user: z.string(),
  dataFolder: z.string(),
  /**
   * Set when any endpoint says of itself that it is a simulator, or the data folder holds such hosts. `leavesTo`: the data folder that
   * `demo.leave` opens; null where only another start leaves it.
   */
  demo: z.object({ hosts: count, leavesTo: z.string().nullable() }).nullable(),
  /** Nothing can be changed from here: calls that write are not registered. */
  readOnly: z.boolean(),
  /** An evidence pack is shown, as of its cut-off, and no data folder. `pinned`: it was checked with a key from elsewhere. */
  pack: z.object({ name: z.string(), cutOffMs: timeMs, pinned: z.boolean() }).nullable(),
});

export const demoLeftSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
]);

export { findingSchema, type Finding };
export type EndpointStatus = z.output<typeof endpointStatusSchema>;
export type Overview = z.output<typeof overviewSchema>;
export type HostRow = z.output<typeof hostRowSchema>;
export type HostQuery = z.output<typeof hostQuerySchema>;
export type HostSort = (typeof HOST_SORTS)[number];
export type FleetAsOf = z.output<typeof fleetAsOfSchema>;
export type HostsPage = z.output<typeof hostsPageSchema>;
export type HostDetail = z.output<typeof hostDetailSchema>;
export type ChainLink = z.output<typeof chainLinkSchema>;
export type HostSpan = z.output<typeof spanSchema>;
export type PcrRow = z.output<typeof pcrRowSchema>;
export type EventRow = z.output<typeof eventRowSchema>;
export type ImaRow = z.output<typeof imaRowSchema>;
export type Location = z.output<typeof locationSchema>;
export type AppInfo = z.output<typeof appInfoSchema>;
export type Tally = z.output<typeof tallySchema>;
