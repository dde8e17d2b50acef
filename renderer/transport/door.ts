import { BRIDGE_KEY, type Bridge } from '../../shared/contract/contract.ts';
import { webBridge } from './web.ts';

const isBridge = (value: unknown): value is Bridge =>
  typeof value === 'object' &&
  value !== null &&
  'call' in value &&
  typeof value.call === 'function' &&
  'subscribe' in value &&
  typeof value.subscribe === 'function';

const found: unknown = Reflect.get(window, BRIDGE_KEY);

/** The desktop's window has dialogs of the system; a browser has links. */
export const isDesktop = isBridge(found);

/** Chosen once: the desktop's bridge where there is one, otherwise HTTP and a WebSocket to the page's own origin. */
export const door: Bridge = isBridge(found) ? found : webBridge();
