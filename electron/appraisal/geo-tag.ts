import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Position } from './position.ts';

const tagSchema = z.object({
  country: z.string().regex(/^[A-Z]{2}$/),
  subdivision: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/)
    .optional(),
  site: z.string().max(100).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  serial: z.string().min(1).max(100).optional(),
});

const MAX_TAG_BYTES = 2048;

export type GeoTag = {
  readonly position: Position /** One tag is one host's, where it says which it is. */;
  readonly serial: string | null;
};

/** Reads the text of a geo tag (JSON, then filling). Null where it says nothing that can be used; what it says is what its owner wrote. */
export const readGeoTag = (bytes: Uint8Array): GeoTag | null => {
  if (bytes.length > MAX_TAG_BYTES) return null;
  // An NV index has a fixed size; what the text does not fill is zero or ones.
  const end = bytes.findIndex((byte) => byte === 0 || byte === 0xff);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(end === -1 ? bytes : bytes.subarray(0, end));
    const parsed = tagSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { country, subdivision = null, site, latitude = null, longitude = null, serial } = parsed.data;
    const position = { country, subdivision, site: site === undefined ? null : visibleText(site, 100), latitude, longitude };
    return { position, serial: serial === undefined ? null : visibleText(serial, 100) };
  } catch {
    return null;
  }
};
