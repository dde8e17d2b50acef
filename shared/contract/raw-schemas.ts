import { z } from 'zod';
import { problemSchema } from './schemas.ts';

const count = z.number().int().nonnegative();
const hostId = z.string().min(1).max(200);

/** Evidence as it was received. `quote` and `signature`: of the newest quote. */
export const RAW_KINDS = ['event-log', 'ima', 'quote', 'signature', 'ek-certificate', 'ak-public'] as const;
export const MAX_RAW_WINDOW = 8_192;

const ofEvidence = {
  id: hostId,
  what: z.enum(RAW_KINDS),
  /** Of an earlier log or list, by digest; null = the newest. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
};
export const rawAskSchema = z.strictObject({ ...ofEvidence, offset: count, limit: z.number().int().min(1).max(MAX_RAW_WINDOW) });
/** `index`: of a boot event or of an entry of the list; not looked at otherwise. */
export const fieldsAskSchema = z.strictObject({ ...ofEvidence, index: count });

/** One window of bytes. `problem` where there are none: not kept, damaged, never delivered. */
export const rawSchema = z.object({
  problem: problemSchema.nullable(),
  sha256: z.string().nullable(),
  total: count,
  offset: count,
  /** Lower-case hex of the window. */
  hex: z.string(),
});

/** Fields of a structure in the order of its bytes. What they say is what the bytes say: a claim unless something vouches for it. */
export const fieldsSchema = z.object({
  /** Bytes of the whole structure. */
  start: count,
  length: count,
  fields: z.array(z.object({ depth: count, label: z.string(), value: z.string(), start: count, length: count })),
  problem: z.string().nullable(),
});

export const keysSchema = z.object({
  ek: z
    .object({
      subject: z.string(),
      issuer: z.string(),
      serial: z.string(),
      notBefore: z.string(),
      notAfter: z.string(),
      sha256: z.string(),
      size: count,
    })
    .nullable(),
  /** Why no endorsement certificate is shown. */
  ekProblem: problemSchema.nullable(),
  ak: z.object({ name: z.string(), kind: z.string(), size: count, faults: z.array(z.string()) }).nullable(),
  akProblem: problemSchema.nullable(),
});

export type RawKind = (typeof RAW_KINDS)[number];
export type RawAsk = z.output<typeof rawAskSchema>;
export type RawWindow = z.output<typeof rawSchema>;
export type FieldsAsk = z.output<typeof fieldsAskSchema>;
export type RawFields = z.output<typeof fieldsSchema>;
export type HostKeys = z.output<typeof keysSchema>;
