import { type BrowserWindow, ipcMain } from 'electron';
import type { Wire } from '../../../shared/contract/contract.ts';
import type { ShownEngine } from '../leave-demo.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';
import { isOwnUrl } from './policy.ts';
import { SAVE_EXPORT, saveExport } from './save-export.ts';

const REFUSED: Wire = { ok: false, error: { code: 'unavailable', message: 'This page may not call the engine.' } };

/** Ties the window to the engine. Only the main frame of our own window, showing our own page, is answered. */
export const connectWindow = (window: BrowserWindow, engine: ShownEngine): void => {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown): Promise<Wire> | Wire => {
    const frame = event.senderFrame;
    if (!frame || frame !== window.webContents.mainFrame || !isOwnUrl(frame.url)) return REFUSED;
    return name === SAVE_EXPORT ? saveExport(window, engine, engine.exportsFolder(), input) : engine.call(name, input);
  });
  engine.onEvent((name, payload) => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, name, payload);
  });
};
