/** Names of the two IPC channels; the preload is bundled with them. */
export const CALL_CHANNEL = 'plumbline:call';
export const EVENT_CHANNEL = 'plumbline:event';
