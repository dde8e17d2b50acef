import { z } from 'zod';
import { preferenceShape, type Preferences, preferencesSchema } from '../../../shared/contract/preference-schemas.ts';

const noticedSchema = z.object({
  of: z.string(),
  seenSeq: z.number().nullable(),
  seenAtMs: z.number(),
  bySystem: z.unknown(),
  quiet: z.unknown(),
});

const parsed = (text: string | null): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
};

/**
 * What earlier versions kept for an origin, which a data folder that keeps nothing yet takes over. It stays where it was: on the desktop the demo
 * and the data have one origin and two folders. `dataFolder`: what was seen of another one is not of this.
 */
export const fromBefore = (storage: Pick<Storage, 'getItem'>, dataFolder: string | null): Preferences => {
  const noticed = noticedSchema.safeParse(parsed(storage.getItem('plumbline.notices'))).data;
  const before: Readonly<Record<string, unknown>> = {
    theme: storage.getItem('plumbline.theme'),
    contrast: storage.getItem('plumbline.contrast'),
    zone: storage.getItem('plumbline.zone'),
    keys: parsed(storage.getItem('plumbline.keys')),
    bySystem: noticed?.bySystem,
    quiet: noticed?.quiet,
    seen: noticed?.of === dataFolder ? { seq: noticed.seenSeq, atMs: noticed.seenAtMs } : undefined,
  };
  const fitting = Object.entries(preferenceShape).flatMap(([name, schema]) => {
    const read = schema.safeParse(before[name]);
    return read.success ? [[name, read.data] as const] : [];
  });
  return preferencesSchema.parse(Object.fromEntries(fitting));
};
