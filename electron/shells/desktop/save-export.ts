import { copyFile } from 'node:fs/promises';
import { type BrowserWindow, dialog, shell } from 'electron';
import { z } from 'zod';
import type { Wire } from '../../../shared/contract/contract.ts';
import type { ExportSaved } from '../../../shared/contract/export-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { EngineHost } from '../../engine/host.ts';
import { findExportFile } from '../export-file.ts';

/** The one call that the window answers itself: only it has dialogs. */
export const SAVE_EXPORT = 'exports.save';
const inputSchema = z.strictObject({ id: z.number().int().nonnegative() });

const save = async (window: BrowserWindow, engine: EngineHost, folder: string, id: number): Promise<ExportSaved> => {
  const found = await findExportFile(engine, folder, id);
  if (found === null) return { state: 'refused', message: 'This export is not there any more.', nextStep: 'Look at the list again.' };
  const { canceled, filePath } = await dialog.showSaveDialog(window, { title: 'Save export', defaultPath: found.name });
  if (canceled || filePath === '') return { state: 'left' };
  try {
    await copyFile(found.file, filePath);
    return { state: 'saved', file: visibleText(filePath, 1_000) };
  } catch (error) {
    const why = visibleText(error instanceof Error ? error.message : String(error), 300);
    shell.showItemInFolder(found.file);
    return {
      state: 'refused',
      message: `It could not be saved there: ${why}.`,
      nextStep: 'Choose another place, or take it from the folder that is shown.',
    };
  }
};

/** Copies an export to where a person says. The dialog asks before it writes over a file. */
export const saveExport = async (window: BrowserWindow, engine: EngineHost, folder: string, input: unknown): Promise<Wire> => {
  const asked = inputSchema.safeParse(input);
  if (!asked.success) return { ok: false, error: { code: 'bad-input', message: z.prettifyError(asked.error) } };
  return { ok: true, data: await save(window, engine, folder, asked.data.id) };
};
