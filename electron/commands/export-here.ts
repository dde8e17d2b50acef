import { exportInThread } from '../engine/exports/thread.ts';
import { createExportCommand } from './export.ts';
import { EXPORT_WORKER } from './layout.ts';

/** The export of a data folder, in a thread of its own, so that a signal is heard meanwhile. */
export const exportCommand = createExportCommand(exportInThread(EXPORT_WORKER));
