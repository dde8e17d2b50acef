import { z } from 'zod';
import { REFERENCE_ORIGINS, REFERENCE_STATES, referenceItemSchema } from '../model/reference-set.ts';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();

/** A set without its items, of which there can be very many. */
export const referenceSetSchema = z.object({
  id: count,
  name: z.string(),
  scope: z.string().nullable(),
  provenance: z.object({ how: z.enum(REFERENCE_ORIGINS), words: z.string(), sha256: z.string() }),
  /** "2 boot chains, 310 files". */
  contents: z.string(),
  fromMs: timeMs,
  toMs: timeMs.nullable(),
  state: z.enum(REFERENCE_STATES),
  author: z.string(),
  reason: z.string(),
  proposedAtMs: timeMs,
  approvedBy: z.string().nullable(),
  decidedAtMs: timeMs.nullable(),
  withdrawnBy: z.string().nullable(),
  replaces: count.nullable(),
});

const refused = z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() });
const hostWords = z.object({ id: z.string(), words: z.array(z.string()) });

export const referenceProposalSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('proposed'),
    id: count,
    contents: z.string(),
    /** First items, or what changed, in words. */
    words: z.array(z.string()),
    /** What could not be taken over. */
    left: z.array(z.string()),
    /** Hosts of a captured group that have something else. */
    deviating: z.array(hostWords),
    /** Hosts that failed by the same change as the promoted one, itself included. */
    cluster: z.array(z.string()),
  }),
  refused,
]);

export const referenceDecisionSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('approved'), id: count }),
  z.object({ state: z.literal('withdrawn'), id: count }),
  refused,
]);

export const referenceDifferenceSchema = z.object({
  /** The set that it is held against. */
  to: count,
  added: count,
  removed: count,
  total: count,
  /** What was added first, then what was left out. */
  rows: z.array(z.object({ sign: z.enum(['added', 'removed']), item: referenceItemSchema })),
});

export const referenceReachSchema = z.object({
  /** Hosts that were looked at; `whole`: these are all there are. */
  hosts: count,
  whole: z.boolean(),
  /** Those that its scope means, as their last evidence and endpoint tell. */
  meant: count,
  /** Those whose last judgement names it among its sources, and how many of them are trusted. */
  judged: count,
  trusted: count,
});

export const referenceLintSchema = z.object({
  /** Hosts whose evidence was looked at. */
  hosts: count,
  remarks: z.array(z.object({ set: count, kind: z.enum(['unused', 'conflict', 'expired', 'expires-soon']), message: z.string() })),
});

export type ReferenceProposal = z.output<typeof referenceProposalSchema>;
export type ReferenceDifference = z.output<typeof referenceDifferenceSchema>;
export type ReferenceReach = z.output<typeof referenceReachSchema>;
export type ReferenceLint = z.output<typeof referenceLintSchema>;
export type ReferenceSetRow = z.output<typeof referenceSetSchema>;
export type ReferenceDecision = z.output<typeof referenceDecisionSchema>;
