import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Claims } from '../port.ts';
import { nvIndexSchema } from './schemas.ts';

/**
 * What an administrator wrote into a host's metadata at enrolment. A convention of ours on top of Keylime's free-form field:
 * {"name","hostClass","country","subdivision","site","locationToken","labels":{"role":"db"},"workloads":[{"name","image","encrypted"}],"geoTag":{"nvIndex":"0x1500010"}}.
 * Claims only: nothing here is proven. A field of the wrong type is ignored, not an error.
 */
const text = (maxLength: number) =>
  z
    .string()
    .max(4096)
    .transform((value) => visibleText(value, maxLength))
    .nullable()
    .catch(null);

const claimsSchema = z.object({
  name: text(120),
  hostClass: text(120),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .catch(null),
  subdivision: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/)
    .nullable()
    .catch(null),
  site: text(120),
  locationToken: z.string().max(8192).nullable().catch(null),
  labels: z.record(z.string(), z.unknown()).catch({}),
  workloads: z.unknown().optional(),
  geoTag: z
    .object({ nvIndex: nvIndexSchema.nullable().catch(null) })
    .nullable()
    .catch(null),
});

const MAX_WORKLOADS = 1000;
const workloadSchema = z.object({
  name: z.string().min(1).max(256),
  image: z.string().max(1024).nullable().catch(null),
  encrypted: z.boolean().nullable().catch(null),
});

/** A geo tag that the host is said to hold. `nvIndex` is null where the metadata names none that can be read. */
export type AnnouncedGeoTag = { readonly nvIndex: number | null };

export type MetaData = { readonly claims: Claims; readonly geoTag: AnnouncedGeoTag | null };

const NOTHING: MetaData = {
  claims: { name: null, hostClass: null, country: null, subdivision: null, site: null, locationToken: null, labels: {}, workloads: [] },
  geoTag: null,
};

const MAX_LABELS = 50;
const labelsOf = (written: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(written)
      .slice(0, MAX_LABELS)
      .flatMap(([name, value]) => (typeof value === 'string' ? [[visibleText(name, 100), visibleText(value, 200)]] : [])),
  );

export const parseMetaData = (raw: string | null | undefined): MetaData => {
  if (raw === null || raw === undefined || raw === '') return NOTHING;
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    return NOTHING;
  }
  const checked = claimsSchema.safeParse(parsed);
  if (!checked.success) return NOTHING;
  const { geoTag, workloads, labels, ...rest } = checked.data;
  const written: readonly unknown[] = Array.isArray(workloads)
    ? workloads
    : workloads === undefined || workloads === null
      ? []
      : [workloads];
  const named = written.slice(0, MAX_WORKLOADS).flatMap((entry) => {
    const workload = workloadSchema.safeParse(entry);
    if (!workload.success) return [];
    const { name, image, encrypted } = workload.data;
    return [{ name: visibleText(name, 200), image: image === null ? null : visibleText(image, 400), encrypted }];
  });
  // What was named and cannot be read is not the same as nothing: a rule that never saw it cannot have been kept.
  const workloadsUnread = written.length - named.length;
  return { claims: { ...rest, labels: labelsOf(labels), workloads: named, ...(workloadsUnread > 0 && { workloadsUnread }) }, geoTag };
};
