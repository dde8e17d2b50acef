import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { Claims } from '../port.ts';
import { nvIndexSchema } from './schemas.ts';

/**
 * What an administrator wrote into a host's metadata at enrolment. A convention of ours on top of Keylime's free-form field:
 * {"name","hostClass","country","subdivision","site","workloads":[{"name","image"}],"geoTag":{"nvIndex":"0x1500010"}}.
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
  workloads: z.array(z.unknown()).max(1000).catch([]),
  geoTag: z
    .object({ nvIndex: nvIndexSchema.nullable().catch(null) })
    .nullable()
    .catch(null),
});

const workloadSchema = z.object({ name: z.string().min(1).max(256), image: z.string().max(1024).nullable().catch(null) });

/** A geo tag that the host is said to hold. `nvIndex` is null where the metadata names none that can be read. */
export type AnnouncedGeoTag = { readonly nvIndex: number | null };

export type MetaData = { readonly claims: Claims; readonly geoTag: AnnouncedGeoTag | null };

const NOTHING: MetaData = {
  claims: { name: null, hostClass: null, country: null, subdivision: null, site: null, workloads: [] },
  geoTag: null,
};

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
  const { geoTag, workloads, ...rest } = checked.data;
  const named = workloads.flatMap((entry) => {
    const workload = workloadSchema.safeParse(entry);
    return workload.success
      ? [{ name: visibleText(workload.data.name, 200), image: workload.data.image === null ? null : visibleText(workload.data.image, 400) }]
      : [];
  });
  return { claims: { ...rest, workloads: named }, geoTag };
};
