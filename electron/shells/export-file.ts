import { stat } from 'node:fs/promises';
import path from 'node:path';
import { wireSchema } from '../../shared/contract/contract.ts';
import { keptExportSchema } from '../../shared/contract/export-schemas.ts';
import type { EngineHost } from '../engine/host.ts';
import { EXPORT_NAME, mediaTypeOf } from '../engine/exports/kept.ts';

export type ExportFile = { readonly file: string; readonly name: string; readonly mediaType: string; readonly bytes: number };

/**
 * The file of an export by its number, or null. The engine says its name, and the name is one that Plumbline makes: whatever number is asked
 * for, no path comes from outside.
 */
export const findExportFile = async (engine: EngineHost, folder: string, id: number): Promise<ExportFile | null> => {
  const wire = wireSchema.parse(await engine.call('exports.get', { id }));
  const kept = wire.ok ? keptExportSchema.safeParse(wire.data) : null;
  if (kept?.success !== true || !EXPORT_NAME.test(kept.data.name)) return null;
  const { name, format } = kept.data;
  const file = path.join(folder, name);
  try {
    const { size } = await stat(file);
    return { file, name, mediaType: mediaTypeOf(format), bytes: size };
  } catch {
    return null;
  }
};
