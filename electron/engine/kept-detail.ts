import { z } from 'zod';
import { hostDetailSchema } from '../../shared/contract/schemas.ts';
import { linkSchema } from '../../shared/contract/schemas.ts';
import { ASSURANCES } from '../../shared/model/verdict.ts';
import type { Pulse } from '../store/records.ts';
import type { Judged } from './standing.ts';

const digest = z.string().nullable();
const chainSchema = z.object({ shim: digest, bootLoader: digest, kernel: digest, initrd: digest, kernelCommandLine: digest });

const brokenSchema = z.object({ index: z.number().int(), link: linkSchema, reason: z.string(), expected: z.array(z.string()) });

/** Where a host was when it was last seen somewhere, and on whose word. */
const seenPlaceSchema = z.object({
  atMs: z.number().int(),
  resetCount: z.number().int().nullable(),
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  assurance: z.enum(ASSURANCES),
  source: z.string().nullable(),
});
export type SeenPlace = z.output<typeof seenPlaceSchema>;

/** What is kept of the last appraisal of a host, as JSON: everything the host page shows that is not a column of its row. */
export const keptDetailSchema = z.object({
  detail: hostDetailSchema.omit({ row: true }),
  brokenEvents: z.array(brokenSchema),
  brokenIma: z.array(brokenSchema),
  /** Boot chains that the host was held against, as far as they fit: a change of one can then be told from its neighbours. */
  knownChains: z.array(chainSchema).max(50).default([]),
  provenIma: z.number().int().nullable(),
  /** Since when the host is in doubt, and since when a mismatch that may be a race is held; null where neither. */
  doubtSinceMs: z.number().int().nullable(),
  heldSinceMs: z.number().int().nullable(),
  /** Absent where an earlier version wrote it. */
  seen: seenPlaceSchema.nullable().default(null),
  /** True where the last observation itself showed the place. */
  seenLast: z.boolean().default(false),
});
export type KeptDetail = z.output<typeof keptDetailSchema>;

/** Reads what this engine wrote earlier, with the times that every confirmation changes. Null for a shape of another version. */
export const readKeptDetail = (text: string, pulse: Pulse | null): KeptDetail | null => {
  try {
    const parsed = keptDetailSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    if (pulse === null) return parsed.data;
    const { detail, seen, ...rest } = parsed.data;
    const clocks = {
      ...detail.clocks,
      quotedAtMs: pulse.quotedAtMs ?? detail.clocks.quotedAtMs,
      receivedAtMs: pulse.evidenceAtMs ?? detail.clocks.receivedAtMs,
    };
    const seenAgain = seen !== null && rest.seenLast ? { ...seen, atMs: pulse.seenAtMs } : seen;
    return { ...rest, detail: { ...detail, clocks }, seen: seenAgain };
  } catch {
    return null;
  }
};

/** Where the host is seen to be; null where this observation does not tell. */
export const seenNow = ({ appraisal, silent }: Judged, atMs: number, resetCount: number | null): SeenPlace | null => {
  const { contradiction: _contradiction, ...place } = appraisal.location;
  return silent || (place.country === null && place.latitude === null) ? null : { ...place, atMs, resetCount };
};
