import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_KEY, type Bridge } from '../shared/contract/bridge.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './shells/desktop/channels.ts';

/** The renderer's one door. Names and values are checked on the other side; nothing of Electron is handed through. */
const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  subscribe: (name, listener) => {
    const relay = (_event: unknown, emitted: unknown, payload: unknown): void => {
      if (emitted === name) listener(payload);
    };
    ipcRenderer.on(EVENT_CHANNEL, relay);
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, relay);
    };
  },
};

contextBridge.exposeInMainWorld(BRIDGE_KEY, bridge);
