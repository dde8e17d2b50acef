import { z } from 'zod';
import { problemSchema, verdictSchema } from './schemas.ts';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();
const hostId = z.string().min(1).max(200);

/**
 * What a host is held against: the reference values it is judged by; the newest trusted evidence of an earlier boot; the newest trusted evidence
 * before what is shown; another host of its class.
 */
export const DIFFERENCE_WITH = ['reference', 'previous-boot', 'last-trusted', 'peer'] as const;
export const DIFFERENCE_LOGS = ['boot-events', 'programs'] as const;
/** `not-judged`: no reference value speaks of it, so it is neither equal nor different. */
export const DIFFERENCE_STATES = ['same', 'changed', 'added', 'removed', 'moved', 'not-judged'] as const;

/** Stretches that can be unfolded at a time. */
export const MAX_UNFOLDED = 200;
/** Places of changes that are named, for going from one to the next; all are counted. */
export const MAX_NAMED_CHANGES = 2_000;

export const differenceAskSchema = z.strictObject({
  id: hostId,
  with: z.enum(DIFFERENCE_WITH),
  /** For `peer`: which host; null = the nearest that is trusted. */
  peer: hostId.nullable(),
  log: z.enum(DIFFERENCE_LOGS),
  /** Stretches that are unfolded, each by its `start`, or every one. */
  unfolded: z.union([z.literal('all'), z.array(count).max(MAX_UNFOLDED)]),
  /** An event or entry of the host's own log whose row is asked for; null = none. */
  at: count.nullable(),
});

/** One of the two that are compared. */
export const differenceSideSchema = z.object({
  /** "this boot", "the previous boot that was trusted": as a part of a sentence. */
  words: z.string(),
  /** Where a reference value comes from; null for a host. */
  provenance: z.string().nullable(),
  hostId: z.string().nullable(),
  hostName: z.string().nullable(),
  verdict: verdictSchema.nullable(),
  /** When the evidence came, or the reference value was obtained. */
  atMs: timeMs.nullable(),
  /** SHA-256 of the log, the list or the reference value, hex. */
  sha256: z.string().nullable(),
});

/**
 * One measurement of one side. `claimed` is what the log says of it, which nothing but `data` vouches for; `digest` is what was measured, and
 * proven where `proven` is true.
 */
export const differenceCellSchema = z.object({
  /** Index in its log; null for a reference value. */
  index: count.nullable(),
  claimed: z.string(),
  claimedType: z.string().nullable(),
  digest: z.string(),
  /** Further values that count as well, of a reference. */
  alternatives: count,
  bank: z.string().nullable(),
  data: z.enum(['verified', 'mismatch', 'not-covered']).nullable(),
  /** Whether a quoted value covers the digest; null = not known. */
  proven: z.boolean().nullable(),
});

const tallySchema = z.object({ same: count, changed: count, added: count, removed: count, moved: count, notJudged: count });

export const differenceRowSchema = z.discriminatedUnion('kind', [
  /** A stretch without a change. */
  z.object({
    kind: z.literal('fold'),
    start: count,
    length: count,
    notJudged: count,
    isOpen: z.boolean(),
    from: z.string(),
    to: z.string(),
  }),
  z.object({
    kind: z.literal('pair'),
    state: z.enum(DIFFERENCE_STATES),
    pcr: z.number().int(),
    a: differenceCellSchema.nullable(),
    b: differenceCellSchema.nullable(),
    /** Why it is a change, in one sentence; null where it is none. */
    reason: z.string().nullable(),
    details: z.array(z.string()),
  }),
]);

export const differenceCauseSchema = z.object({
  cause: z.string(),
  judgement: z.enum(['likely-benign', 'look', 'not-benign']),
  reasons: z.array(z.string()),
});

/** Whether there is something to compare with, and if not, why. */
export const differenceOfferSchema = z.object({
  with: z.enum(DIFFERENCE_WITH),
  available: z.boolean(),
  words: z.string(),
});

export const differenceSchema = z.object({
  a: differenceSideSchema.nullable(),
  b: differenceSideSchema,
  /** Why nothing could be compared; then there are no rows. */
  problem: problemSchema.nullable(),
  offers: z.array(differenceOfferSchema),
  identical: z.boolean(),
  tally: tallySchema,
  /** The first divergence: its row, and why. */
  first: z.object({ row: count, reason: z.string() }).nullable(),
  /** Rows of changes, ascending, at most MAX_NAMED_CHANGES. */
  changeRows: z.array(count),
  /** Row of what was asked for; null where it is folded away or not there. */
  atRow: count.nullable(),
  causes: z.array(differenceCauseSchema),
  /** What could not be compared, and what the comparison does not say; each a sentence. */
  notes: z.array(z.string()),
  /** Findings that hold and have the same cause; `hosts` counts the others. */
  cluster: z.object({ cause: z.string(), title: z.string(), others: count }).nullable(),
  total: count,
  rows: z.array(differenceRowSchema),
});

/** Hosts of the same class, nearest first: those that are trusted, by how few of the registers differ. */
export const peersSchema = z.object({
  hostClass: z.string().nullable(),
  rows: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      verdict: verdictSchema,
      site: z.string().nullable(),
      /** Registers quoted by both that differ; null where they cannot be compared. */
      differing: count.nullable(),
    }),
  ),
});

export type DifferenceWith = (typeof DIFFERENCE_WITH)[number];
export type DifferenceLog = (typeof DIFFERENCE_LOGS)[number];
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];
export type DifferenceAsk = z.output<typeof differenceAskSchema>;
export type DifferenceSide = z.output<typeof differenceSideSchema>;
export type DifferenceCell = z.output<typeof differenceCellSchema>;
export type DifferenceRow = z.output<typeof differenceRowSchema>;
export type DifferencePair = Extract<DifferenceRow, { kind: 'pair' }>;
export type DifferenceTally = z.output<typeof tallySchema>;
export type Difference = z.output<typeof differenceSchema>;
export type DifferenceOffer = z.output<typeof differenceOfferSchema>;
export type Peers = z.output<typeof peersSchema>;
