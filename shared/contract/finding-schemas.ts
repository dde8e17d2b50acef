import { z } from 'zod';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();

export const FINDING_KINDS = [
  'host-failed',
  'disagreement',
  'host-stale',
  'host-inconclusive',
  'endpoint-silent',
  'reboot',
  'recovered',
  'reported-without-policy',
  'endpoint-frozen',
  'location-contradiction',
  'impossible-move',
  'tag-copied',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
/** Only evidence makes a finding `resolved`. `acknowledged` and `waived` are what people say of one that still holds. */
export const FINDING_STATES = ['open', 'acknowledged', 'waived', 'resolved'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** Text of people and hosts is made visible on the way out. */
export const findingSchema = z.object({
  id: count,
  hostId: z.string().nullable(),
  hostName: z.string().nullable(),
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  detail: z.string(),
  openedAtMs: timeMs,
  resolvedAtMs: timeMs.nullable(),
  state: z.enum(FINDING_STATES),
  /** What broke, the same on every host where it is the same; empty where an earlier version recorded it. */
  cause: z.string(),
  /** Since when it has this cause. */
  causeSinceMs: timeMs,
  assigned: z.string().nullable(),
  acknowledged: z.object({ by: z.string(), atMs: timeMs }).nullable(),
  /** Set while it is waived, and on one that was resolved while it was. */
  waiver: z.object({ by: z.string(), atMs: timeMs, untilMs: timeMs, reason: z.string() }).nullable(),
});

/** Findings that hold now, by what people say of them. A waived one is counted beside the open ones, never instead. */
export const findingCountsSchema = z.object({ open: count, acknowledged: count, waived: count });

export const findingsPageSchema = z.object({
  total: count,
  rows: z.array(findingSchema),
  /** Of all findings, whatever was asked for. */
  counts: findingCountsSchema,
});

export const FINDING_SORTS = ['newest', 'oldest', 'severity'] as const;
export const causeSchema = z.string().min(1).max(200);

export const findingQuerySchema = z.strictObject({
  /** These and no others, by their numbers, such as those that a person ticked. */
  ids: z.array(z.number().int().positive()).min(1).max(500).optional(),
  /** Only what still holds: open, acknowledged and waived. */
  openOnly: z.boolean().optional(),
  states: z.array(z.enum(FINDING_STATES)).max(4).optional(),
  kinds: z.array(z.enum(FINDING_KINDS)).max(FINDING_KINDS.length).optional(),
  severities: z.array(z.enum(SEVERITIES)).max(3).optional(),
  hostId: z.string().min(1).max(200).optional(),
  cause: causeSchema.optional(),
  /** Free text over title, detail and who it is assigned to; every word must occur. */
  text: z.string().max(200).optional(),
  /** A person, by the whole name; null = nobody. */
  assigned: z.string().max(200).nullable().optional(),
  /** Waived ones whose waiver runs out within so many days. */
  waiverEndsWithinDays: z.number().int().min(1).max(366).optional(),
  /** Of the endpoint with this name, or of one of its hosts. */
  endpoint: z.string().min(1).max(200).optional(),
  /** Began within so many days. */
  openedWithinDays: z.number().int().min(1).max(36_500).optional(),
  /** Began earlier than so many days ago. */
  openedBeforeDays: z.number().int().min(1).max(36_500).optional(),
});

/** Findings that hold now and have the same cause. */
export const findingClusterSchema = z.object({
  cause: z.string(),
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(SEVERITIES),
  /** Without the name of a host. */
  title: z.string(),
  /** "38 hosts within 2 hours: Boot loader changed." */
  sentence: z.string(),
  /** Detail of the newest of them. */
  detail: z.string(),
  findings: count,
  hosts: count,
  firstAtMs: timeMs,
  lastAtMs: timeMs,
  counts: findingCountsSchema,
});

export const findingNoteSchema = z.object({ id: count, atMs: timeMs, who: z.string(), text: z.string() });
export const findingStepSchema = z.object({ id: count, atMs: timeMs, who: z.string(), kind: z.string(), detail: z.string() });

export const findingDetailSchema = z.object({
  finding: findingSchema,
  /** The cluster it belongs to; null where it is resolved. */
  cluster: findingClusterSchema.nullable(),
  /** Oldest first; of very many, the newest. */
  notes: z.array(findingNoteSchema),
  journal: z.array(findingStepSchema),
});

/** Some findings by number, or every one of a cluster that still holds. */
export const findingTargetSchema = z.union([
  z.strictObject({ ids: z.array(z.number().int().positive()).min(1).max(500) }),
  z.strictObject({ cause: causeSchema }),
]);

export const findingChangeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), changed: count }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

/** One change of where a host is said to be, and on whose word. */
export const hostLocationSchema = z.object({
  fromMs: timeMs,
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  assurance: z.string(),
  source: z.string().nullable(),
});

export type Finding = z.output<typeof findingSchema>;
export type FindingCounts = z.output<typeof findingCountsSchema>;
export type FindingQuery = z.output<typeof findingQuerySchema>;
export type FindingSort = (typeof FINDING_SORTS)[number];
export type FindingCluster = z.output<typeof findingClusterSchema>;
export type FindingTarget = z.output<typeof findingTargetSchema>;
export type FindingChange = z.output<typeof findingChangeSchema>;
export type FindingNote = z.output<typeof findingNoteSchema>;
export type FindingStep = z.output<typeof findingStepSchema>;
export type HostLocation = z.output<typeof hostLocationSchema>;
