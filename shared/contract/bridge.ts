/** What the desktop preload puts on `window.plumbline`: the renderer's one door. */
export type Bridge = {
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  readonly subscribe: (name: string, listener: (payload: unknown) => void) => () => void;
};
export const BRIDGE_KEY = 'plumbline';
