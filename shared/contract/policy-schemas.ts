import { z } from 'zod';
import { linkSchema, linkVerdictSchema, tallySchema, verdictSchema } from './schemas.ts';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();

export const manifestProblemSchema = z.object({
  line: count,
  column: count,
  message: z.string(),
  suggestion: z.string().nullable(),
});

export const manifestVersionSchema = z.object({
  number: count,
  sha256: z.string(),
  name: z.string(),
  author: z.string(),
  reason: z.string(),
  proposedAtMs: timeMs,
  approvedBy: z.string().nullable(),
  state: z.enum(['proposed', 'active', 'replaced', 'withdrawn']),
  activeFromMs: timeMs.nullable(),
  activeToMs: timeMs.nullable(),
});

export const policySchema = z.object({
  /** Number of the version in force; 0 = the built-in defaults. */
  number: count,
  name: z.string(),
  /** Null for the built-in defaults. */
  text: z.string().nullable(),
  approvals: z.union([z.literal(1), z.literal(2)]),
  /** Set while recorded hosts are being decided again after an activation. */
  applying: z.object({ done: count, total: count }).nullable(),
  /** Something about the manifest that a person should know: a file that waits for approval. */
  notice: z.string().nullable(),
});

const saidSchema = z.object({
  verdict: verdictSchema,
  brokenLink: linkSchema.nullable(),
  reason: z.string(),
  chain: z.array(linkVerdictSchema).nullable(),
});

export const whatIfSchema = z.object({
  id: count,
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  done: count,
  total: count,
  /** The moment whose evidence is judged; null = now. */
  atMs: timeMs.nullable(),
  before: tallySchema,
  after: tallySchema,
  /** Hosts of which nothing was kept that could be decided by. They are counted in no tally. */
  unknown: count,
  /** Hosts that fail under this manifest and do not now. */
  newlyFailed: count,
  changed: count,
  rows: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      before: saidSchema,
      after: saidSchema,
      policyClass: z.string().nullable(),
      /** Workloads that would be judged otherwise; null = no rule, or it cannot be judged. */
      workloads: z.array(z.object({ name: z.string(), before: z.boolean().nullable(), after: z.boolean().nullable(), reason: z.string() })),
    }),
  ),
});

export const activationSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('active'), number: count }),
  z.object({ state: z.literal('proposed'), number: count }),
  z.object({ state: z.literal('withdrawn'), number: count }),
  z.object({ state: z.literal('invalid'), problems: z.array(manifestProblemSchema) }),
  /** It would newly fail more of the fleet than the active manifest allows unasked. */
  z.object({ state: z.literal('ask-again'), newlyFailed: count, hosts: count, askAboveShare: z.number() }),
  z.object({ state: z.literal('refused'), message: z.string(), nextStep: z.string() }),
]);

/** Lines of one version held against another, unchanged stretches left out but for some context. */
export const textDiffSchema = z.array(
  z.object({ kind: z.enum(['same', 'added', 'removed', 'gap']), text: z.string(), from: count.nullable(), to: count.nullable() }),
);

export type Policy = z.output<typeof policySchema>;
export type ManifestVersion = z.output<typeof manifestVersionSchema>;
export type WhatIf = z.output<typeof whatIfSchema>;
export type Activation = z.output<typeof activationSchema>;
export type TextDiff = z.output<typeof textDiffSchema>;
